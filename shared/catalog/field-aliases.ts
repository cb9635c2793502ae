import { parse } from 'yaml';
import { z } from 'zod';

const alias = z
  .union([
    z.string(),
    z.array(z.string()),
    z.strictObject({
      field: z.string().optional(),
      join: z.array(z.string()).length(2).optional(),
      with: z.string().optional(),
      values: z.record(z.string(), z.string()).optional(),
      prefixes: z.record(z.string(), z.string()).optional(),
    }),
  ])
  .transform((written, context): readonly FieldSource[] => {
    if (typeof written === 'string') return [{ fields: [written] }];
    if (Array.isArray(written)) return written.map((field) => ({ fields: [field] }));
    const fields = written.join ?? (written.field === undefined ? [] : [written.field]);
    if (fields.length === 0) context.addIssue('an alias names a field or fields to join');
    const { with: separator, values, prefixes } = written;
    return [
      {
        fields,
        ...(separator === undefined ? {} : { separator }),
        ...(values ? { values } : {}),
        ...(prefixes ? { prefixes } : {}),
      },
    ];
  });

/** Where a field's value is to be had from: one event field, or two joined, then rewritten. */
export interface FieldSource {
  readonly fields: readonly string[];
  readonly separator?: string;
  /** Whole values, as the event writes them to as rules write them. */
  readonly values?: Readonly<Record<string, string>>;
  /** Beginnings of values, likewise. */
  readonly prefixes?: Readonly<Record<string, string>>;
}

/** Schema of rules/mappings/field-aliases.yaml. */
const aliasFile = z.strictObject({
  version: z.literal(1),
  sets: z.record(z.string(), z.record(z.string(), alias)),
  general: z.record(z.string(), alias),
});

export interface FieldAliases {
  /** What a field is in events under a set; undefined where the set says nothing of it. */
  ofSet(set: string, field: string): readonly FieldSource[] | undefined;
  /** Names to try in events that lack the field. */
  general(field: string): readonly FieldSource[];
  readonly sets: readonly string[];
}

/** Reads field-aliases.yaml. Throws with the place of the fault: it is a broken installation. */
export function readFieldAliases(text: string): FieldAliases {
  const { sets, general } = aliasFile.parse(parse(text));
  const setMap = new Map(Object.entries(sets).map(([name, fields]) => [name, new Map(Object.entries(fields))]));
  const generalMap = new Map(Object.entries(general));
  return {
    sets: [...setMap.keys()],
    ofSet: (set, field) => setMap.get(set)?.get(field),
    general: (field) => generalMap.get(field) ?? [],
  };
}

/** Rewrites a value as rules write it. */
export function rewriteValue(source: FieldSource, text: string): string {
  const whole = source.values && Object.hasOwn(source.values, text) ? source.values[text] : undefined;
  if (whole !== undefined) return whole;
  for (const [prefix, replacement] of Object.entries(source.prefixes ?? {})) {
    if (text.toLowerCase().startsWith(prefix.toLowerCase())) return replacement + text.slice(prefix.length);
  }
  return text;
}
