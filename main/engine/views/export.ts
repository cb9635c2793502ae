import { stringify } from 'csv-stringify/sync';
import { eventData } from '../../columns/event-data.ts';
import { FLAG_RECOVERED } from '../../columns/batch.ts';
import type { Result } from '../../../shared/model/fault.ts';
import { writeAtomically } from '../../store/atomic-file.ts';
import { fieldCodes, fieldText, timeText } from './fields.ts';
import { eventRows, type RowSource } from './rows.ts';
import type { View } from './views.ts';

/** Rows between two writes. */
const PIECE_ROWS = 2000;

/** Columns of a CSV before those that were asked for. */
const FIXED_COLUMNS = [
  'time',
  'level',
  'hits',
  'rule',
  'computer',
  'channel',
  'provider',
  'event_id',
  'title',
  'record',
  'file',
  'recovered',
  'tag',
  'note',
] as const;

/**
 * Writes a view's events, all of them and in its order. CSV (RFC 4180, UTF-8): the fixed columns, then the named
 * ones; a cell that a spreadsheet would take for a formula gets a leading apostrophe. JSON lines: one event an
 * object with the keys of the command line's `events`, its level, the rules that hit it, and its tag and note.
 */
export async function exportView(
  view: View,
  format: 'csv' | 'jsonl',
  columns: readonly string[],
  path: string,
  live: RowSource,
): Promise<Result<{ events: number }>> {
  // Copied, so that the case of the view is written to its end even if another is opened meanwhile.
  const source = { ...live };
  const encoder = new TextEncoder();
  const written = await writeAtomically(path, async (write) => {
    if (format === 'csv') await write(encoder.encode(csvLines([[...FIXED_COLUMNS, ...columns]])));
    for (let from = 0; from < view.events.length; from += PIECE_ROWS) {
      const events = view.events.subarray(from, from + PIECE_ROWS);
      const text = format === 'csv' ? csvLines(csvRows(events, columns, source)) : jsonLines(events, source);
      await write(encoder.encode(text));
    }
  });
  return written.ok ? { ok: true, value: { events: view.events.length } } : written;
}

function csvLines(rows: readonly (readonly string[])[]): string {
  return stringify(rows as string[][], { escape_formulas: true, record_delimiter: 'windows' });
}

function csvRows(events: Int32Array, columns: readonly string[], source: RowSource): string[][] {
  const { table } = source.events;
  // Rows shorten long cells for the grid; a file has them whole.
  const readers = columns.map((column) => fieldCodes(source.events, column));
  return eventRows(events, [], source).map((row) => [
    row.time,
    row.level ?? '',
    String(row.hits),
    row.hitTitle,
    row.computer,
    row.channel,
    row.provider,
    row.eventId === null ? '' : String(row.eventId),
    row.title,
    String(table.record.data[row.event]),
    row.file,
    row.recovered ? 'yes' : '',
    row.tag ?? '',
    row.note,
    ...readers.map((reader) => fieldText(reader, row.event) ?? ''),
  ]);
}

function jsonLines(events: Int32Array, source: RowSource): string {
  const { table } = source.events;
  const rulesOf = hitTitles(events, source);
  let lines = '';
  for (const event of events) {
    const head = table.headOf(event);
    const line = {
      file: source.events.fileOf(table.source.data[event] as number),
      recordId: table.record.data[event],
      time: timeText(table, event),
      channel: head.channel,
      provider: head.provider,
      eventId: head.eventId ?? null,
      computer: table.text(table.computer.data[event] as number) ?? '',
      data: eventData(table, event),
      recovered: ((table.flags.data[event] as number) & FLAG_RECOVERED) !== 0,
      level: source.marks.levelOf(event),
      rules: rulesOf.get(event) ?? [],
      ...(source.tags.has(event) ? source.tags.of(event) : {}),
    };
    lines += `${JSON.stringify(line)}\n`;
  }
  return lines;
}

/** Titles of the enabled rules that hit each of some events. */
function hitTitles(events: Int32Array, source: RowSource): Map<number, string[]> {
  const titles = new Map<number, string[]>();
  for (const event of events) if (source.marks.countOf(event) > 0) titles.set(event, []);
  if (titles.size === 0) return titles;
  for (const rule of source.rules.rules()) {
    if (!rule.enabled || rule.hits.count === 0) continue;
    for (const [event, list] of titles) if (rule.hits.has(event)) list.push(rule.rule.title);
  }
  return titles;
}
