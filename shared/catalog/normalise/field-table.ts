import { parse } from 'yaml';
import { z } from 'zod';
import { VENDORS, type Vendor } from '../../model/rule.ts';

const names = z.string().optional();

/** Schema of rules/mappings/canonical-fields.yaml. */
const fieldFile = z.strictObject({
  version: z.literal(1),
  fields: z.array(
    z.strictObject({
      field: z.string(),
      kind: z.string(),
      role: z.literal('scope').optional(),
      name: z.string().optional(),
      sigma: names,
      elastic: names,
      splunk: names,
      kusto: names,
      note: z.string().optional(),
    }),
  ),
});

/** A field as the catalog names it. */
export interface CanonicalField {
  readonly name: string;
  /** What its values are: `path`, `name`, `text`, `hash`, `ip`, `int`, … */
  readonly kind: string;
  /** Its tests say which events a rule reads. */
  readonly isScope: boolean;
  /** For a path: the field of its last part. */
  readonly lastPart: string | undefined;
  /** The first name without context that Sigma has for it: Windows events have it under the same. */
  readonly sigmaName: string | undefined;
}

/** The mapping of native to canonical fields; immutable. */
export interface FieldTable {
  /**
   * The canonical field of a native one; undefined where the table has none.
   * @param context lower-cased words that the query says of its logs, with its event ids.
   */
  lookup(vendor: Vendor, native: string, context: ReadonlySet<string>): CanonicalField | undefined;
  get(name: string): CanonicalField | undefined;
  readonly fields: readonly CanonicalField[];
}

interface Entry {
  readonly field: CanonicalField;
  /** Undefined: holds in any context. */
  readonly context: { readonly isNegated: boolean; readonly words: readonly string[] } | undefined;
}

type Names = ReadonlyMap<string, readonly Entry[]>;

/** Reads canonical-fields.yaml. Throws with the place of the fault: it is a broken installation. */
export function readFieldTable(text: string): FieldTable {
  const { fields } = fieldFile.parse(parse(text));
  const canonical = new Map<string, CanonicalField>();
  const byVendor = Object.fromEntries(VENDORS.map((vendor) => [vendor, new Map<string, Entry[]>()])) as Record<
    Vendor,
    Map<string, Entry[]>
  >;
  for (const written of fields) {
    const { field: name, kind, role, name: lastPart } = written;
    if (canonical.has(name)) throw new Error(`The field ${name} stands twice`);
    const field = { name, kind, isScope: role === 'scope', lastPart, sigmaName: plainName(written.sigma) };
    canonical.set(name, field);
    for (const vendor of VENDORS) {
      for (const one of (written[vendor] ?? '').split(',')) {
        if (one.trim() !== '') addName(byVendor[vendor], one.trim(), field);
      }
    }
  }
  for (const { name, lastPart } of canonical.values()) {
    if (lastPart !== undefined && !canonical.has(lastPart)) throw new Error(`${name}: there is no field ${lastPart}`);
  }
  return {
    fields: [...canonical.values()],
    get: (name) => canonical.get(name),
    lookup: (vendor, native, context) => {
      for (const [names, name] of candidates(byVendor, vendor, native)) {
        const found = fitting(names.get(name), context);
        if (found) return found;
      }
      return undefined;
    },
  };
}

function plainName(names: string | undefined): string | undefined {
  const all = (names ?? '').split(',').map((name) => name.trim());
  return all.find((name) => name !== '' && !name.includes('['));
}

function addName(names: Map<string, Entry[]>, written: string, field: CanonicalField): void {
  const match = /^([^[\]]+?)(?:\[(!?)([^[\]]+)\])?$/.exec(written);
  if (!match) throw new Error(`${field.name}: "${written}" is no name with an optional context`);
  const [, name = '', negation, words] = match;
  const context =
    words === undefined ? undefined : { isNegated: negation === '!', words: words.toLowerCase().split('|') };
  const known = names.get(name);
  if (known) known.push({ field, context });
  else names.set(name, [{ field, context }]);
}

/** Where to look a native name up: under its vendor, without a view's suffix, and as the Windows field that it is. */
function* candidates(byVendor: Record<Vendor, Names>, vendor: Vendor, native: string): Generator<[Names, string]> {
  const own = byVendor[vendor];
  yield [own, native];
  switch (vendor) {
    case 'sigma':
      return;
    case 'elastic': {
      const base = native.replace(/\.(?:text|caseless|keyword)$/, '');
      if (base !== native) yield [own, base];
      const windows = /^winlog\.(?:event_data|user_data)\.(.+)$/.exec(base)?.[1];
      if (windows !== undefined) yield [byVendor.sigma, windows];
      return;
    }
    case 'splunk':
      yield [byVendor.sigma, native];
      return;
    case 'kusto': {
      const plain = native.replace(/^(?:EventData|AdditionalFields|ParsedFields)\./, '');
      if (plain !== native) yield [own, plain];
      yield [byVendor.sigma, plain];
    }
  }
}

function fitting(entries: readonly Entry[] | undefined, context: ReadonlySet<string>): CanonicalField | undefined {
  if (!entries) return undefined;
  const byContext = entries.find(
    (entry) => entry.context && entry.context.words.some((word) => context.has(word)) !== entry.context.isNegated,
  );
  return (byContext ?? entries.find((entry) => !entry.context))?.field;
}
