import type { EventTable } from '../../columns/event-table.ts';
import { EVENTS_VIEW_COLUMNS, HITS_VIEW_COLUMNS, shapeViewColumns } from '../../store/schema.ts';
import { viewNames } from '../../store/view-names.ts';
import type { CallOutput } from '../../../shared/ipc/contract.ts';

/** The views that a question can be put to, as they are now. @param hits of enabled rules. */
export function sqlViews({ count, shapes }: EventTable, hits: number): CallOutput<'sql.schema'> {
  const names = viewNames(shapes);
  const ofShapes = shapes.map((shape, i) => ({
    name: names[i] as string,
    columns: shapeViewColumns(shape),
    rows: shape.count,
  }));
  return [
    { name: 'events', columns: [...EVENTS_VIEW_COLUMNS], rows: count },
    { name: 'hits', columns: [...HITS_VIEW_COLUMNS], rows: hits },
    ...ofShapes.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows),
  ];
}
