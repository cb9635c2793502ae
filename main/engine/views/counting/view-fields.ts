import { ABSENT } from '../../../columns/value-ref.ts';
import type { CallOutput } from '../../../../shared/ipc/contract.ts';
import type { CaseEvents } from '../../case-events.ts';
import { inSlices, type Pace } from '../../pace.ts';
import { baseFields, SYSTEM_FIELDS } from '../fields.ts';
import { compareTexts } from '../values/text-keys.ts';
import type { View } from '../views.ts';

/**
 * Fields of a view's events, those of the System section first, then by how many events have them. Undefined where it
 * was cancelled.
 */
export async function viewFields(
  { events: shown }: View,
  { table }: CaseEvents,
  pace: Pace,
): Promise<CallOutput<'view.fields'> | undefined> {
  const rowsByShape = await rowsOf(shown, { table }, pace);
  if (!rowsByShape) return undefined;
  const counts = new Map<string, number>();
  for (const [id, rows] of rowsByShape.entries()) {
    const shape = table.shapes[id];
    if (!shape || rows.length === 0) continue;
    for (const [field, columns] of baseFields(shape)) {
      const cells = columns.map((column) => shape.columns[column]?.data ?? new Int32Array());
      const count = await countPresent(cells, rows, pace);
      if (count === undefined) return undefined;
      if (count > 0) counts.set(field, (counts.get(field) ?? 0) + count);
    }
  }
  const data = [...counts].map(([field, count]) => ({ field, events: count }));
  data.sort((a, b) => b.events - a.events || compareTexts(a.field, b.field));
  const total = shown.length;
  return total === 0 ? [] : [...SYSTEM_FIELDS.map((field) => ({ field, events: total })), ...data];
}

/** By shape, the rows of the view's events. */
async function rowsOf(
  shown: Int32Array,
  { table }: Pick<CaseEvents, 'table'>,
  pace: Pace,
): Promise<Int32Array[] | undefined> {
  const shapeOfHead = Int32Array.from(table.heads, ({ shape }) => shape);
  const sizes = new Int32Array(table.shapes.length);
  const each = (take: (shape: number, event: number) => void): Promise<boolean> =>
    inSlices(shown.length, pace, (from, to) => {
      const heads = table.head.data;
      for (let i = from; i < to; i++) {
        const event = shown[i] as number;
        take(shapeOfHead[heads[event] as number] as number, event);
      }
    });
  if (!(await each((shape) => (sizes[shape] = (sizes[shape] as number) + 1)))) return undefined;
  const rows = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(sizes.length);
  const placed = await each((shape, event) => {
    const at = filled[shape] as number;
    filled[shape] = at + 1;
    (rows[shape] as Int32Array)[at] = table.row.data[event] as number;
  });
  return placed ? rows : undefined;
}

/** How many of the rows have a value in one of the columns. */
async function countPresent(columns: readonly Int32Array[], rows: Int32Array, pace: Pace): Promise<number | undefined> {
  const [only] = columns;
  let count = 0;
  const finished = await inSlices(rows.length, pace, (from, to) => {
    if (only && columns.length === 1) count += presentIn(only, rows, from, to);
    else for (let i = from; i < to; i++) if (columns.some((cells) => cells[rows[i] as number] !== ABSENT)) count++;
  });
  return finished ? count : undefined;
}

function presentIn(cells: Int32Array, rows: Int32Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (cells[rows[i] as number] !== ABSENT) count++;
  return count;
}
