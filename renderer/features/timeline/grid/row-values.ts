import type { EventRow } from '../../../../shared/ipc/contract.ts';
import { columnKind, isBuiltIn, type Column } from '../../../state/columns.ts';
import type { ShownClock } from '../../../ui/text/clock.ts';

/** Width of a character of the values' type, 12.5 px at 0.6 em. */
export const CHARACTER = 7.5;
/** Padding of a cell, both sides. */
export const CELL_PADDING = 16;
/** What the first cell has more, for the tag. */
export const TAG_ROOM = 12;

/** Shown columns, with the position of each `field:…` column in the rows' cells. */
export interface ShownColumn extends Column {
  readonly cell: number | null;
}

export function shownColumns(columns: readonly Column[]): readonly ShownColumn[] {
  let cell = 0;
  return columns.filter((c) => c.shown).map((c) => ({ ...c, cell: isBuiltIn(c.id) ? null : cell++ }));
}

/** Widths that columns give way to where there is not room for all: of those that the user left as they were. */
const NARROW: Readonly<Record<string, number>> = { time: 172, severity: 40, computer: 82, eventId: 46 };
/** What is left of the summary at least. */
const LEAST_SUMMARY = 96;
/** A summary of this width says enough for the columns behind it to be seen too. */
const FAIR_SUMMARY = 240;
/** Below this a time is shown in part. */
const WHOLE_TIME = 219;

/**
 * Widths in pixels for a grid of some width: the summary (or else the last column) takes what is left over. Where there
 * is not room for all, the first columns shrink, then the summary; where that would say too little, it takes the room
 * of the columns behind it, which are scrolled to.
 */
export function columnWidths(columns: readonly ShownColumn[], width: number): readonly number[] {
  const used = columns.reduce((sum, c) => sum + c.width, 0);
  const spare = width - used;
  const summary = columns.findIndex((c) => c.id === 'summary');
  const elastic = summary >= 0 ? summary : columns.length - 1;
  if (spare >= 0 || width <= 0) return columns.map((c, i) => (i === elastic ? c.width + Math.max(0, spare) : c.width));
  const isPlain = (c: ShownColumn): boolean => c.width === columnKind(c.id).defaultWidth;
  const narrow = columns.map((c) => (isPlain(c) ? (NARROW[c.id] ?? c.width) : c.width));
  const before = narrow.slice(0, Math.max(0, summary)).reduce((sum, w) => sum + w, 0);
  const others = narrow.reduce((sum, w, i) => (i === summary ? sum : sum + w), 0);
  const room = width - others >= FAIR_SUMMARY ? width - others : Math.max(LEAST_SUMMARY, width - before);
  return columns.map((c, i) => (i === summary && isPlain(c) ? room : (narrow[i] as number)));
}

/**
 * A time as there is room for it: whole, or `05-01 08:15:02.123`; among events of several years rather
 * `2024-05-01 08:15:02`. @param text as the clock writes an event's time.
 */
export function fittedTime(
  text: string,
  width: number,
  spansYears: boolean,
): { readonly date: string; readonly time: string } {
  const [date = '', time = ''] = text.split(' ');
  if (width >= WHOLE_TIME) return { date, time };
  if (spansYears) return { date, time: time.replace(/\.\d+$/, '') };
  return { date: date.slice(-5), time: time.replace(/(\.\d{3})\d+$/, '$1') };
}

/** The text of a cell, and the field and value it stands for in filters. */
export interface CellValue {
  readonly text: string;
  readonly field: string | null;
  readonly value: string | null;
}

export function cellValue(row: EventRow, column: ShownColumn, clock: ShownClock): CellValue {
  const { field } = columnKind(column.id);
  const plain = (text: string): CellValue => ({ text, field, value: text });
  if (!isBuiltIn(column.id)) {
    const value = column.cell === null ? null : (row.cells[column.cell] ?? null);
    return { text: value ?? '', field, value };
  }
  switch (column.id) {
    case 'time':
      return { text: clock.eventTime(row.time, row.timeUs), field: null, value: null };
    case 'severity':
      return { text: row.level ?? '', field: null, value: null };
    case 'computer':
      return plain(row.computer);
    case 'eventId':
      return row.eventId === null ? { text: '', field, value: null } : plain(String(row.eventId));
    case 'channel':
      return plain(row.channel);
    case 'provider':
      return plain(row.provider);
    case 'file':
      return plain(row.file);
    case 'title':
      return { text: row.title, field: null, value: null };
    case 'summary':
      return { text: row.summary.map((p) => `${p.field}=${p.value}`).join(' '), field: null, value: null };
  }
}
