import { FLAG_RECOVERED } from '../../columns/batch.ts';
import { ABSENT } from '../../columns/value-ref.ts';
import type { EventRow } from '../../../shared/ipc/contract.ts';
import type { EventTitles } from './event-titles.ts';
import { fieldCodes, fieldText, timeText, type FieldCodes } from './fields.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { ViewSource } from './views.ts';

/** Fields of a row's summary at most, and where the kind of event has no title: the first ones it has. */
const SUMMARY_LIMIT = 6;
const UNTITLED_SUMMARY_LIMIT = 4;
/** Characters of a value in a row; the detail has it whole. */
const SUMMARY_VALUE_LIMIT = 300;
const CELL_LIMIT = 4096;

/** What rows are made from. */
export interface RowSource extends ViewSource {
  readonly titles: EventTitles;
  readonly rules: RuleSet;
}

/** Rows of the grid for events, in the order given. @param columns fields of the cells. */
export function eventRows(events: Int32Array, columns: readonly string[], source: RowSource): EventRow[] {
  const { table } = source.events;
  const readers = columns.map((column) => fieldCodes(source.events, column));
  const known = new Map<string, FieldCodes>();
  const readerOf = (field: string): FieldCodes => {
    const reader = known.get(field) ?? fieldCodes(source.events, field);
    known.set(field, reader);
    return reader;
  };
  return Array.from(events, (event) => {
    const head = table.headOf(event);
    const title = source.titles.of(head);
    const best = source.marks.bestOf(event);
    return {
      event,
      time: timeText(table, event),
      timeUs: table.timeUs.data[event] as number,
      level: source.marks.levelOf(event),
      hits: source.marks.countOf(event),
      hitTitle: best === undefined ? '' : (source.rules.bySlot(best)?.rule.title ?? ''),
      isDraftHit: source.isDraftHit(event),
      computer: table.text(table.computer.data[event] as number) ?? '',
      channel: head.channel,
      provider: head.provider,
      eventId: head.eventId ?? null,
      title: title?.title ?? '',
      summary: summaryOf(event, title?.fields ?? [], source, readerOf),
      recovered: ((table.flags.data[event] as number) & FLAG_RECOVERED) !== 0,
      file: source.events.fileOf(table.source.data[event] as number),
      ...source.tags.of(event),
      cells: readers.map((reader) => {
        const text = fieldText(reader, event);
        return text === undefined ? null : shorten(text, CELL_LIMIT);
      }),
    };
  });
}

function summaryOf(
  event: number,
  fields: readonly string[],
  source: RowSource,
  readerOf: (field: string) => FieldCodes,
): EventRow['summary'] {
  const { table } = source.events;
  const summary: EventRow['summary'] = [];
  for (const field of fields) {
    if (summary.length === SUMMARY_LIMIT) break;
    const text = fieldText(readerOf(field), event);
    if (text !== undefined && text !== '') summary.push({ field, value: shorten(text, SUMMARY_VALUE_LIMIT) });
  }
  if (summary.length > 0) return summary;
  const shape = table.shapeOf(event);
  const row = table.row.data[event] as number;
  for (let column = 0; column < shape.fields.length && summary.length < UNTITLED_SUMMARY_LIMIT; column++) {
    const field = shape.fields[column] as string;
    const text = table.text(shape.columns[column]?.data[row] ?? ABSENT);
    if (text === undefined || text === '' || field.startsWith('System.')) continue;
    summary.push({ field, value: shorten(text, SUMMARY_VALUE_LIMIT) });
  }
  return summary;
}

function shorten(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
