import { baseField } from '../columns/event-data.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import type { Head } from '../columns/batch.ts';
import { ABSENT } from '../columns/value-ref.ts';
import { formatInstant } from '../../shared/model/time.ts';

/** Fields that every event has, by the names that rules, chips and columns use. */
export const SYSTEM_FIELDS = ['Channel', 'Provider_Name', 'EventID', 'Computer', 'Level', 'RecordID', 'File'] as const;
export type SystemField = (typeof SYSTEM_FIELDS)[number];

/** Names for the event's time, as a column and to sort by. */
const TIME_NAMES: ReadonlySet<string> = new Set(['time', 'TimeCreated', 'SystemTime']);

/** Other names by which the same parts of the System section are known. */
const ALIASES: ReadonlyMap<string, SystemField> = new Map([
  ['Provider', 'Provider_Name'],
  ['EventRecordID', 'RecordID'],
]);

export function isTimeField(field: string): boolean {
  return TIME_NAMES.has(field);
}

/** The system field of a name, aliases included; undefined where it is a data field. */
export function systemField(field: string): SystemField | undefined {
  return ALIASES.get(field) ?? SYSTEM_FIELDS.find((name) => name === field);
}

/**
 * One field over all events of a table, as whole numbers ("codes"): two events have equal codes exactly where they
 * have equal texts. So counting and sorting touch a text once, however many events share it.
 */
export interface FieldCodes {
  /** The event's code, ABSENT where it has no such field. */
  code(event: number): number;
  /** The text of a code other than ABSENT. */
  text(code: number): string;
}

/** What a field reader needs of the case. */
export interface FieldSource {
  readonly table: EventTable;
  /** Display name of a source. */
  fileOf(source: number): string;
}

/** Makes the reader of a field: a part of the System section, or else the data field of that name. */
export function fieldCodes(from: FieldSource, field: string): FieldCodes {
  const { table } = from;
  if (isTimeField(field)) return timeCodes(table);
  const system = systemField(field);
  switch (system) {
    case undefined:
      return dataCodes(table, field);
    case 'Channel':
      return headCodes(table, (head) => head.channel);
    case 'Provider_Name':
      return headCodes(table, (head) => head.provider);
    case 'EventID':
      return headCodes(table, (head) => head.eventId?.toString());
    case 'Level':
      return headCodes(table, (head) => head.level?.toString());
    case 'Computer':
      return { code: (event) => table.computer.data[event] as number, text: (code) => table.text(code) ?? '' };
    case 'RecordID':
      return { code: (event) => table.record.data[event] as number, text: String };
    case 'File':
      return { code: (event) => table.source.data[event] as number, text: (code) => from.fileOf(code) };
  }
}

/** A data field of one event, by occurrence name; undefined where absent. */
export function dataText(table: EventTable, event: number, field: string): string | undefined {
  const shape = table.shapeOf(event);
  const column = shape.columns[shape.fields.indexOf(field)];
  return column && table.text(column.data[table.row.data[event] as number] as number);
}

function dataCodes(table: EventTable, field: string): FieldCodes {
  const columns = table.shapes.map((shape) => shape.columns[shape.fields.indexOf(field)]);
  return {
    code(event) {
      const head = table.heads[table.head.data[event] as number] as Head;
      const column = columns[head.shape];
      return column === undefined ? ABSENT : (column.data[table.row.data[event] as number] as number);
    },
    text: (code) => table.text(code) ?? '',
  };
}

function headCodes(table: EventTable, textOf: (head: Head) => string | undefined): FieldCodes {
  const texts: string[] = [];
  const known = new Map<string, number>();
  const byHead = table.heads.map((head) => {
    const text = textOf(head);
    if (text === undefined) return ABSENT;
    const code = known.get(text) ?? texts.push(text) - 1;
    known.set(text, code);
    return code;
  });
  return {
    code: (event) => byHead[table.head.data[event] as number] ?? ABSENT,
    text: (code) => texts[code] ?? '',
  };
}

/** Times hardly repeat: the event is its own code. */
function timeCodes(table: EventTable): FieldCodes {
  return {
    code: (event) => (table.instantOf(event) === undefined ? ABSENT : event),
    text: (event) => timeText(table, event),
  };
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
