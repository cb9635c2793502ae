import { stringify } from 'csv-stringify/sync';
import type { ScanHit } from '../scan/api.ts';
import { clipped, coloured, LEVEL_SYMBOLS, printable } from './text.ts';

export type HitFormat = 'table' | 'jsonl' | 'csv';

/** Turns hits to text, page by page. */
export interface HitWriter {
  /** What stands before the first hit. */
  readonly head: string;
  lines(hits: readonly ScanHit[]): string;
}

/** What the table may use of the terminal. */
export interface TableStyle {
  readonly colours: boolean;
  /** Characters in a line; undefined where lines may be as long as they need. */
  readonly width: number | undefined;
}

export function hitWriter(format: HitFormat, style: TableStyle): HitWriter {
  switch (format) {
    case 'jsonl':
      return { head: '', lines: (hits) => hits.map((hit) => `${JSON.stringify(hit)}\n`).join('') };
    case 'csv':
      return { head: csv([CSV_COLUMNS]), lines: (hits) => csv(hits.map(csvRow)) };
    case 'table':
      return {
        head: `${row(TABLE_HEAD, style)}\n`,
        lines: (hits) => hits.map((hit) => tableLine(hit, style)).join(''),
      };
  }
}

const CSV_COLUMNS = [
  'ruleId',
  'title',
  'level',
  'file',
  'recordId',
  'time',
  'computer',
  'channel',
  'eventId',
  'fields',
  'recovered',
] as const satisfies readonly (keyof ScanHit)[];

function csvRow(hit: ScanHit): string[] {
  return CSV_COLUMNS.map((column) => {
    const value = hit[column];
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  });
}

/** A cell that a spreadsheet would run as a formula gets an apostrophe in front. */
function csv(rows: readonly (readonly string[])[]): string {
  return stringify([...rows], { escape_formulas: true });
}

const TABLE_HEAD = ['  LEVEL', 'TIME (UTC)', 'COMPUTER', 'EVENT', 'RULE', 'FIELDS'];
/** Widths of all columns but the last, which takes what is left. */
const WIDTHS = [15, 28, 20, 6, 48];

function tableLine(hit: ScanHit, style: TableStyle): string {
  const fields = Object.entries(hit.fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : value.join(', ')}`)
    .join('  ');
  const cells = [
    `${LEVEL_SYMBOLS[hit.level]} ${hit.level}`,
    hit.time ?? '',
    hit.computer ?? '',
    String(hit.eventId ?? ''),
    hit.title,
    `${hit.file}#${hit.recordId}${hit.recovered ? ' (recovered)' : ''}  ${fields}`,
  ];
  const text = row(cells, style);
  const level = (cells[0] as string).padEnd(WIDTHS[0] as number);
  return `${style.colours ? coloured(hit.level, level) + text.slice(level.length) : text}\n`;
}

function row(cells: readonly string[], { width }: TableStyle): string {
  const last = cells.length - 1;
  const text = cells
    .map((cell, i) => {
      const clean = printable(cell);
      return i === last ? clean : clipped(clean, WIDTHS[i] as number).padEnd(WIDTHS[i] as number);
    })
    .join('  ');
  return width === undefined ? text : clipped(text, width);
}
