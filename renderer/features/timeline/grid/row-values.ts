import type { EventRow } from '../../../../shared/ipc/contract.ts';
import { columnKind, isBuiltIn, type Column } from '../../../state/columns.ts';
import type { ShownClock } from '../../../ui/text/clock.ts';

/** Width of a character of the values' type, 12.5 px at 0.6 em. */
export const CHARACTER = 7.5;
/** Padding of a cell, both sides. */
export const CELL_PADDING = 16;

/** Shown columns, with the position of each `field:…` column in the rows' cells. */
export interface ShownColumn extends Column {
  readonly cell: number | null;
}

export function shownColumns(columns: readonly Column[]): readonly ShownColumn[] {
  let cell = 0;
  return columns.filter((c) => c.shown).map((c) => ({ ...c, cell: isBuiltIn(c.id) ? null : cell++ }));
}

/** Widths in pixels for a grid of some width: the summary (or else the last column) takes what is left over. */
export function columnWidths(columns: readonly ShownColumn[], width: number): readonly number[] {
  const used = columns.reduce((sum, c) => sum + c.width, 0);
  const spare = Math.max(0, width - used);
  const summary = columns.findIndex((c) => c.id === 'summary');
  const elastic = summary >= 0 ? summary : columns.length - 1;
  return columns.map((c, i) => (i === elastic ? c.width + spare : c.width));
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
