import { ABSENT } from '../../columns/value-ref.ts';
import type { CallInput, CallOutput } from '../../../shared/ipc/contract.ts';
import { LEVELS } from '../../../shared/model/severity.ts';
import type { CaseEvents } from '../case-events.ts';
import { baseFields, fieldCodes, SYSTEM_FIELDS } from './fields.ts';
import { compareTexts } from './field-order.ts';
import type { View, ViewSource } from './views.ts';

/**
 * Counts a view's events by time. Bucket i of n covers [from + i w, from + (i + 1) w) with w = (to - from) / n;
 * events outside [from, to), or without a time, are in none. `hits` has one list of buckets a level.
 */
export function histogram(
  view: View,
  input: CallInput<'view.histogram'>,
  source: ViewSource,
): CallOutput<'view.histogram'> {
  const { fromUs, toUs, buckets } = input;
  const { table } = source.events;
  const zeros = (): number[] => new Array<number>(buckets).fill(0);
  const out = { events: zeros(), hits: LEVELS.map(zeros), draft: zeros() };
  const width = toUs - fromUs;
  if (!(width > 0)) return out;
  for (const event of view.events) {
    const us = table.timeUs.data[event] as number;
    if (us < fromUs || us >= toUs || (us === 0 && table.instantOf(event) === undefined)) continue;
    const bucket = Math.min(buckets - 1, Math.floor(((us - fromUs) / width) * buckets));
    increment(out.events, bucket);
    const rank = source.marks.rankOf(event);
    if (rank > 0) increment(out.hits[rank - 1] as number[], bucket);
    if (source.isDraftHit(event)) increment(out.draft, bucket);
  }
  return out;
}

function increment(counts: number[], at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

/** Distinct values of a field over a view; events and hosts of each. Equal counts are ordered by the value. */
export function fieldValues(
  view: View,
  input: CallInput<'view.values'>,
  events: CaseEvents,
): CallOutput<'view.values'> {
  const field = fieldCodes(events, input.field);
  const computers = events.table.computer.data;
  const counts = new Map<number, { events: number; hosts: Set<number> }>();
  let absent = 0;
  for (const event of view.events) {
    const code = field.code(event);
    if (code === ABSENT) {
      absent++;
      continue;
    }
    const host = computers[event] as number;
    const count = counts.get(code);
    if (count) {
      count.events++;
      count.hosts.add(host);
    } else {
      counts.set(code, { events: 1, hosts: new Set([host]) });
    }
  }
  const sign = input.rarestFirst ? 1 : -1;
  const codes = [...counts].sort((a, b) => sign * (a[1].events - b[1].events));
  // Texts are made for the lines that may be shown only: all those as frequent as the last one that is.
  const least = codes[Math.min(input.limit, codes.length) - 1]?.[1].events;
  const shown = codes.filter(([, count]) => least !== undefined && sign * (count.events - least) <= 0);
  const values = shown.map(([code, count]) => ({
    value: field.text(code),
    events: count.events,
    hosts: count.hosts.size,
  }));
  values.sort((a, b) => sign * (a.events - b.events) || compareTexts(a.value, b.value));
  return { distinct: counts.size, absent, values: values.slice(0, input.limit) };
}

/** Fields of a view's events, those of the System section first, then by how many events have them. */
export function viewFields(view: View, events: CaseEvents): CallOutput<'view.fields'> {
  const { table } = events;
  const byShape = new Map<number, number[]>();
  for (const event of view.events) {
    const shape = table.shapeOf(event).id;
    const rows = byShape.get(shape);
    if (rows) rows.push(table.row.data[event] as number);
    else byShape.set(shape, [table.row.data[event] as number]);
  }
  const counts = new Map<string, number>();
  for (const [id, rows] of byShape) {
    const shape = table.shapes[id];
    if (!shape) continue;
    for (const [field, columns] of baseFields(shape)) {
      const cells = columns.map((column) => shape.columns[column]?.data ?? new Int32Array());
      const count = cells.length === 1 ? presentIn(cells[0] as Int32Array, rows) : presentInAny(cells, rows);
      if (count > 0) counts.set(field, (counts.get(field) ?? 0) + count);
    }
  }
  const data = [...counts].map(([field, count]) => ({ field, events: count }));
  data.sort((a, b) => b.events - a.events || compareTexts(a.field, b.field));
  const total = view.events.length;
  return total === 0 ? [] : [...SYSTEM_FIELDS.map((field) => ({ field, events: total })), ...data];
}

function presentIn(cells: Int32Array, rows: readonly number[]): number {
  let count = 0;
  for (const row of rows) if (cells[row] !== ABSENT) count++;
  return count;
}

function presentInAny(columns: readonly Int32Array[], rows: readonly number[]): number {
  let count = 0;
  for (const row of rows) if (columns.some((cells) => cells[row] !== ABSENT)) count++;
  return count;
}
