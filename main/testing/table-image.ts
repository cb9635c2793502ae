import type { EventTable } from '../columns/event-table.ts';

/** Everything that a table holds, as bytes, to compare two by. */
export function tableImage(table: EventTable): Buffer {
  const { count, dictionary } = table;
  const columns = [
    table.flags,
    table.head,
    table.computer,
    table.source,
    table.length,
    table.processId,
    table.threadId,
    table.row,
    table.timeUs,
    table.record,
    table.offset,
    table.writtenDeltaUs,
  ].map(({ data }) => data.slice(0, count));
  const texts = Array.from({ length: dictionary.size }, (_, id) => dictionary.text(id));
  const shapes = table.shapes.map(({ columns: cells, events, ...shape }) => ({
    ...shape,
    events: [...events.data.slice(0, shape.count)],
    cells: cells.map(({ data }) => [...data.slice(0, shape.count)]),
  }));
  return Buffer.concat([
    Buffer.from(JSON.stringify([count, table.heads, texts, shapes])),
    ...columns.map((column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength)),
  ]);
}
