import { baseField } from '../../columns/event-data.ts';
import type { EventTable, ShapeTable } from '../../columns/event-table.ts';
import type { GrowingInts } from '../../columns/growing.ts';
import {
  ABSENT,
  INLINE_LIMIT,
  LOWEST_REF,
  decimalRef,
  inlineNumber,
  inlineRefOfText,
  isInline,
} from '../../columns/value-ref.ts';
import { derivedText, type FieldPart, type FieldResolver } from '../../match/fields.ts';
import { formatInstant } from '../../../shared/model/time.ts';

/** Fields that every event has, by the names that rules, chips and columns use. */
export const SYSTEM_FIELDS = ['Channel', 'Provider_Name', 'EventID', 'Computer', 'Level', 'RecordID', 'File'] as const;

/** The file of an event and the level of its most severe hit: fields that the case knows, not the event. */
export const FILE_FIELD = 'File';
export const SEVERITY_FIELD = 'Severity';

/** Names by which a view is sorted by time. */
const TIME_NAMES: ReadonlySet<string> = new Set(['time', 'TimeCreated', 'SystemTime']);

export function isTimeField(field: string): boolean {
  return TIME_NAMES.has(field);
}

/**
 * One field over all events of a table, as whole numbers ("codes"): two events have equal codes exactly where they
 * have equal texts. So counting and sorting touch a text once, however many events share it.
 * Good for as long as no events are added.
 */
export interface FieldCodes {
  /** The event's code, ABSENT where it has no such field. Of a field that repeats in an event: its first value. */
  code(event: number): number;
  /** Writes the codes of events[from, to) to the same places of `out`: faster than one by one. */
  fill(events: Int32Array, from: number, to: number, out: Int32Array): void;
  /** The text of a code other than ABSENT. */
  text(code: number): string;
}

/** What a field reader needs of the case. */
export interface FieldSource {
  readonly table: EventTable;
  /** Finds fields as the matcher does. */
  readonly resolver: FieldResolver;
  /** Display name of a source. */
  fileOf(source: number): string;
}

type PartReader = (event: number, row: number) => number;

/** Makes the reader of a field; names mean what they mean in rules. */
export function fieldCodes(from: FieldSource, field: string): FieldCodes {
  const { table } = from;
  const texts = new TextCodes(table);
  const byShape: (ShapeReaders | undefined)[] = [];
  const readersOf = (shape: ShapeTable): ShapeReaders => {
    const known = byShape[shape.id];
    if (known) return known;
    const { parts } = from.resolver.resolve(shape, field, '');
    const readers = parts.flatMap((part) => partReaders(from, shape, part, texts));
    return (byShape[shape.id] = { readers, column: onlyColumn(shape, parts) });
  };
  const code = (event: number): number => {
    const row = table.row.data[event] as number;
    for (const read of readersOf(table.shapeOf(event)).readers) {
      const found = read(event, row);
      if (found !== ABSENT) return found;
    }
    return ABSENT;
  };
  return {
    code,
    fill(events, first, end, out) {
      const heads = table.head.data;
      const rows = table.row.data;
      const shapeOfHead = Int32Array.from(table.heads, ({ shape }) => shape);
      const columns = table.shapes.map((shape) => readersOf(shape).column?.data);
      for (let i = first; i < end; i++) {
        const event = events[i] as number;
        const column = columns[shapeOfHead[heads[event] as number] as number];
        out[i] = column ? (column[rows[event] as number] as number) : code(event);
      }
    },
    text: (of) => texts.text(of),
  };
}

/** How a field is read of a shape's events. */
interface ShapeReaders {
  /** The first to give a value counts. */
  readonly readers: readonly PartReader[];
  /** The column that has all there is of it, where one has. */
  readonly column: GrowingInts | undefined;
}

function onlyColumn(shape: ShapeTable, parts: readonly FieldPart[]): GrowingInts | undefined {
  const [part] = parts;
  if (parts.length !== 1 || part?.kind !== 'columns' || part.columns.length !== 1) return undefined;
  return shape.columns[part.columns[0] as number];
}

/** Codes of texts: a value ref where the dictionary has the text, else a number below all refs. */
class TextCodes {
  readonly #own: string[] = [];
  readonly #known = new Map<string, number>();

  constructor(private readonly table: EventTable) {}

  code(text: string | undefined): number {
    if (text === undefined) return ABSENT;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const ref = inlineRefOfText(text) ?? this.table.dictionary.idOfText(text);
    const code = ref ?? LOWEST_REF - this.#own.push(text);
    this.#known.set(text, code);
    return code;
  }

  text(code: number): string {
    return (code < LOWEST_REF ? this.#own[LOWEST_REF - code - 1] : this.table.text(code)) ?? '';
  }
}

/** Readers of one part of a field's resolution, the first to give a value counts. */
function partReaders(from: FieldSource, shape: ShapeTable, part: FieldPart, texts: TextCodes): PartReader[] {
  const { table } = from;
  switch (part.kind) {
    case 'columns':
      return part.columns.map((number) => {
        const column = shape.columns[number] as GrowingInts;
        return (_, row) => column.data[row] as number;
      });
    case 'derived':
      return [
        (_, row) => {
          const parts = part.columns.map((column) => table.text(shape.columns[column]?.data[row] ?? ABSENT));
          return texts.code(derivedText(part.source, parts));
        },
      ];
    case 'head':
      return [perNumber(table.head, (head) => texts.code(part.read(table.heads[head] as EventTable['heads'][number])))];
    case 'spine': {
      const column = table[part.column];
      return [(event) => column.data[event] as number];
    }
    case 'record':
      return [(event) => numberCode(table.record.data[event] as number, texts)];
    case 'file':
      return [perNumber(table.source, (source) => texts.code(from.fileOf(source)))];
    case 'time':
      return [(event) => texts.code(timeText(table, event) || undefined)];
  }
}

/** A reader of what hangs on a small number of the event's, worked out once a number. */
function perNumber(column: GrowingInts, codeOf: (number: number) => number): PartReader {
  const known: (number | undefined)[] = [];
  return (event) => {
    const number = column.data[event] as number;
    return (known[number] ??= codeOf(number));
  };
}

function numberCode(value: number, texts: TextCodes): number {
  const isInline = Number.isInteger(value) && value >= 0 && value < INLINE_LIMIT;
  return isInline ? decimalRef(value) : texts.code(String(value));
}

/** The number that a code itself says, as refs of whole numbers do; else undefined, though its text may be one. */
export function numberOfCode(code: number): number | undefined {
  return code >= LOWEST_REF && isInline(code) ? inlineNumber(code) : undefined;
}

/** The first value of a field in an event, as rules would find it; undefined where absent. */
export function fieldText(codes: FieldCodes, event: number): string | undefined {
  const code = codes.code(event);
  return code === ABSENT ? undefined : codes.text(code);
}

/** The event's time as ISO 8601 with all its digits; '' where it has none. */
export function timeText(table: EventTable, event: number): string {
  const instant = table.instantOf(event);
  return instant ? formatInstant(instant) : '';
}

/** Names of a shape's data fields without occurrence numbers, and the columns of each. */
export function baseFields(shape: ShapeTable): Map<string, number[]> {
  const fields = new Map<string, number[]>();
  shape.fields.forEach((name, column) => {
    const base = baseField(name);
    const columns = fields.get(base);
    if (columns) columns.push(column);
    else fields.set(base, [column]);
  });
  return fields;
}
