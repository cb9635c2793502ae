import type { Head } from '../columns/batch.ts';
import { baseField } from '../columns/event-data.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { ABSENT } from '../columns/value-ref.ts';
import { aliasSetNamed } from '../../shared/catalog/logsource.ts';
import { sourceValue, type FieldAliases, type FieldSource } from '../../shared/catalog/field-aliases.ts';
import { formatInstant } from '../../shared/model/time.ts';

/** The unbound search over the whole event. */
export const KEYWORD_FIELD = 'keyword';

/** One place where a field's values may be had. */
export type FieldPart =
  /** Columns of the shape; several where the field repeats. Their refs are the values. */
  | { readonly kind: 'columns'; readonly columns: readonly number[] }
  /** One or two columns, joined and rewritten. */
  | { readonly kind: 'derived'; readonly source: FieldSource; readonly columns: readonly number[] }
  /** The same for all events of a head. `isIdentity`: the same for all events of a (channel, provider, event id). */
  | { readonly kind: 'head'; readonly isIdentity: boolean; readonly read: (head: Head) => string | undefined }
  | { readonly kind: 'spine'; readonly column: 'computer' | 'processId' | 'threadId' }
  | { readonly kind: 'record' | 'file' | 'time' };

/**
 * Where a field is to be had in events of a shape. `first`: the first part that the event has a value in is taken.
 * `union`: every part counts (keyword).
 */
export interface Resolution {
  readonly mode: 'first' | 'union';
  readonly parts: readonly FieldPart[];
}

const number = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
const nonEmpty = (value: string): string | undefined => (value === '' ? undefined : value);
const head = (read: (head: Head) => string | undefined, isIdentity = false): FieldPart => ({
  kind: 'head',
  isIdentity,
  read,
});

/** Names of the System section that no data field can take. */
const HARD: ReadonlyMap<string, FieldPart> = new Map<string, FieldPart>([
  ['EventID', head((of) => number(of.eventId), true)],
  ['Channel', head((of) => nonEmpty(of.channel), true)],
  ['Provider_Name', head((of) => nonEmpty(of.provider), true)],
  ['Computer', { kind: 'spine', column: 'computer' }],
]);

/** Names of the System section that a data field of the same name goes before. */
const SOFT: ReadonlyMap<string, FieldPart> = new Map<string, FieldPart>([
  ['ComputerName', { kind: 'spine', column: 'computer' }],
  ['Provider_Guid', head((of) => nonEmpty(of.providerGuid))],
  ['Level', head((of) => number(of.level))],
  ['Task', head((of) => number(of.task))],
  ['Opcode', head((of) => number(of.opcode))],
  ['Keywords', head((of) => nonEmpty(of.keywords))],
  ['Version', head((of) => number(of.version))],
  ['Qualifiers', head((of) => number(of.qualifiers))],
  ['ProcessID', { kind: 'spine', column: 'processId' }],
  ['Execution_ProcessID', { kind: 'spine', column: 'processId' }],
  ['ThreadID', { kind: 'spine', column: 'threadId' }],
  ['Execution_ThreadID', { kind: 'spine', column: 'threadId' }],
  ['RecordID', { kind: 'record' }],
  ['EventRecordID', { kind: 'record' }],
  ['File', { kind: 'file' }],
  ['TimeCreated', { kind: 'time' }],
  ['TimeCreated_SystemTime', { kind: 'time' }],
  ['SystemTime', { kind: 'time' }],
]);

/** System parts that are columns of the shape. */
const SYSTEM_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['UserID', 'System.UserID'],
  ['Security_UserID', 'System.UserID'],
  ['ActivityID', 'System.ActivityID'],
  ['Correlation_ActivityID', 'System.ActivityID'],
  ['RelatedActivityID', 'System.RelatedActivityID'],
]);

/** A shape's columns by the ways in which a name may mean them. */
interface ShapeNames {
  readonly fields: number;
  readonly exact: Map<string, number[]>;
  /** Lower case, blanks taken out. */
  readonly loose: Map<string, number[]>;
  /** Last part of a dotted path. */
  readonly last: Map<string, number[]>;
}

const loosely = (name: string): string => name.toLowerCase().replaceAll(' ', '');

/** Finds fields in shapes; remembers each shape's names. */
export class FieldResolver {
  readonly #names = new Map<ShapeTable, ShapeNames>();

  constructor(private readonly aliases: FieldAliases) {}

  /**
   * Where a rule's field is in events of a shape. The order: Channel, EventID, Provider_Name and Computer are always
   * the System section's; else what the alias set says; else the field itself (all its occurrences), a system part,
   * the name in another case or with blanks, what an alias set for lacking fields says, the general aliases, the last
   * part of a dotted name.
   */
  resolve(shape: ShapeTable, field: string, aliasSet: string): Resolution {
    const names = this.#namesOf(shape);
    if (field === KEYWORD_FIELD) return everything(shape);
    const hard = HARD.get(field);
    if (hard) return { mode: 'first', parts: [hard] };
    const { set, isForLacking } = aliasSetNamed(aliasSet);
    const inSet = set === '' ? undefined : this.aliases.ofSet(set, field);
    const ofSet = (inSet ?? []).flatMap((source) => derive(names, source));
    if (inSet && !isForLacking) return { mode: 'first', parts: ofSet };

    const parts: FieldPart[] = [];
    const offer = (columns: readonly number[] | undefined): void => {
      const taken = new Set(parts.flatMap((part) => (part.kind === 'columns' ? part.columns : [])));
      const fresh = (columns ?? []).filter((column) => !taken.has(column));
      if (fresh.length > 0) parts.push({ kind: 'columns', columns: fresh });
    };
    offer(names.exact.get(field));
    const soft = SOFT.get(field);
    if (soft) parts.push(soft);
    const systemColumn = SYSTEM_COLUMNS.get(field);
    if (systemColumn !== undefined) offer(names.exact.get(systemColumn));
    offer(names.loose.get(loosely(field)));
    parts.push(...ofSet);
    for (const source of this.aliases.general(field)) parts.push(...derive(names, source));
    offer(names.last.get(field.toLowerCase()));
    return { mode: 'first', parts };
  }

  #namesOf(shape: ShapeTable): ShapeNames {
    const known = this.#names.get(shape);
    if (known?.fields === shape.fields.length) return known;
    const names: ShapeNames = { fields: shape.fields.length, exact: new Map(), loose: new Map(), last: new Map() };
    const add = (map: Map<string, number[]>, key: string, column: number): void => {
      const list = map.get(key);
      if (list) list.push(column);
      else map.set(key, [column]);
    };
    shape.fields.forEach((name, column) => {
      const base = baseField(name);
      add(names.exact, base, column);
      if (base !== name) add(names.exact, name, column);
      add(names.loose, loosely(base), column);
      const dot = base.lastIndexOf('.');
      if (dot >= 0 && !base.startsWith('System.')) add(names.last, base.slice(dot + 1).toLowerCase(), column);
    });
    this.#names.set(shape, names);
    return names;
  }
}

function everything(shape: ShapeTable): Resolution {
  const columns = shape.fields.map((_, column) => column);
  const parts: FieldPart[] = columns.length > 0 ? [{ kind: 'columns', columns }] : [];
  for (const name of ['Channel', 'Provider_Name', 'Computer']) parts.push(HARD.get(name) as FieldPart);
  return { mode: 'union', parts };
}

function derive(names: ShapeNames, source: FieldSource): FieldPart[] {
  const columns = source.fields.map((field) => names.exact.get(field) ?? names.loose.get(loosely(field)));
  if (columns.some((found) => found === undefined)) return [];
  if (source.fields.length === 1 && !source.values && !source.prefixes && !source.suffixes) {
    return [{ kind: 'columns', columns: columns[0] ?? [] }];
  }
  return [{ kind: 'derived', source, columns: columns.map((found) => (found as number[])[0] as number) }];
}

/** Names of sources (files), for the field `File`. */
export type SourceName = (source: number) => string;

/** One value of a field in an event, with the event's own name for it. */
export interface FieldValue {
  readonly field: string;
  readonly text: string;
}

/** The values of one part for one event, as texts. For explanations and rare parts; the matcher reads refs. */
export function partValues(
  table: EventTable,
  shape: ShapeTable,
  event: number,
  part: FieldPart,
  field: string,
  sourceName: SourceName,
): FieldValue[] {
  const row = table.row.data[event] as number;
  const cell = (column: number): string | undefined => table.text(shape.columns[column]?.data[row] ?? ABSENT);
  const one = (name: string, text: string | undefined): FieldValue[] =>
    text === undefined ? [] : [{ field: name, text }];
  switch (part.kind) {
    case 'columns':
      return part.columns.flatMap((column) => one(shape.fields[column] as string, cell(column)));
    case 'derived': {
      const text = derivedText(part.source, part.columns.map(cell));
      return one(part.source.fields.join('+'), text);
    }
    case 'head':
      return one(field, part.read(table.headOf(event)));
    case 'spine':
      return one(field, table.text(table[part.column].data[event] as number));
    case 'record':
      return one(field, String(table.record.data[event]));
    case 'file':
      return one(field, sourceName(table.source.data[event] as number));
    case 'time': {
      const instant = table.instantOf(event);
      return one(field, instant && formatInstant(instant));
    }
  }
}

/** The value of a derived part from its columns' texts; undefined where one is absent. */
export function derivedText(source: FieldSource, texts: readonly (string | undefined)[]): string | undefined {
  return texts.includes(undefined) ? undefined : sourceValue(source, texts as readonly string[]);
}

/** All values of a resolved field in an event. */
export function resolvedValues(
  table: EventTable,
  shape: ShapeTable,
  event: number,
  resolution: Resolution,
  field: string,
  sourceName: SourceName,
): FieldValue[] {
  const found: FieldValue[] = [];
  for (const part of resolution.parts) {
    found.push(...partValues(table, shape, event, part, field, sourceName));
    if (found.length > 0 && resolution.mode === 'first') break;
  }
  return found;
}
