import { EventTable, type ShapeTable } from './event-table.ts';

/**
 * A table of the events of all other sources, in the same order, so with lower numbers. It has the same dictionary
 * (values that nothing uses any more stay in it), heads and shapes as the old one, which must not be used after.
 */
export function withoutSources(old: EventTable, dropped: ReadonlySet<number>): EventTable {
  const table = new EventTable();
  table.dictionary = old.dictionary;
  // In the same order, so with the same numbers.
  for (const shape of old.shapes) {
    const copy = table.shapeFor(shape.channel, shape.provider, shape.eventId);
    for (const field of shape.fields) table.columnFor(copy, field);
  }
  for (const head of old.heads) table.headFor(head);
  const numbers = keptNumbers(old, dropped);
  table.count = copySpine(old, table, numbers);
  for (const shape of old.shapes) copyRows(shape, table.shapes[shape.id] as ShapeTable, numbers, table);
  return table;
}

/** By old event, its new number; -1 for those that go. */
function keptNumbers({ source, count }: EventTable, dropped: ReadonlySet<number>): Int32Array {
  const numbers = new Int32Array(count);
  let kept = 0;
  for (let event = 0; event < count; event++) {
    numbers[event] = dropped.has(source.data[event] as number) ? -1 : kept++;
  }
  return numbers;
}

function copySpine(old: EventTable, table: EventTable, numbers: Int32Array): number {
  const count = numbers.reduce((most, number) => Math.max(most, number + 1), 0);
  const spine = ({ timeUs, flags, head, computer, source, record }: EventTable) =>
    [timeUs, flags, head, computer, source, record] as const;
  const places = ({ offset, length, processId, threadId, writtenDeltaUs }: EventTable) =>
    [offset, length, processId, threadId, writtenDeltaUs] as const;
  const from = [...spine(old), ...places(old)];
  [...spine(table), ...places(table)].forEach((to, i) => {
    to.reserve(count);
    const values = from[i]?.data as Int32Array | Float64Array;
    for (let event = 0; event < numbers.length; event++) {
      const number = numbers[event] as number;
      if (number >= 0) to.data[number] = values[event] as number;
    }
  });
  table.row.reserve(count);
  return count;
}

function copyRows(old: ShapeTable, shape: ShapeTable, numbers: Int32Array, table: EventTable): void {
  shape.events.reserve(old.count);
  for (const column of shape.columns) column.reserve(old.count);
  for (let row = 0; row < old.count; row++) {
    const event = numbers[old.events.data[row] as number] as number;
    if (event < 0) continue;
    const to = shape.count++;
    shape.events.data[to] = event;
    table.row.data[event] = to;
    shape.columns.forEach((column, i) => {
      column.data[to] = old.columns[i]?.data[row] as number;
    });
  }
}
