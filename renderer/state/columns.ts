import { z } from 'zod';

/** A column of the event grid. Built-in ones show a part of every row; `field:…` ones show any field. */
export interface Column {
  readonly id: string;
  readonly width: number;
  readonly shown: boolean;
}

export interface ColumnKind {
  readonly label: string;
  /** Field name in filters and sorting; null where the column has none. */
  readonly field: string | null;
  readonly defaultWidth: number;
}

const BUILT_IN = {
  time: { label: 'Time', field: 'TimeCreated', defaultWidth: 232 },
  severity: { label: 'Sev', field: 'Severity', defaultWidth: 50 },
  computer: { label: 'Computer', field: 'Computer', defaultWidth: 92 },
  eventId: { label: 'Id', field: 'EventID', defaultWidth: 50 },
  title: { label: 'Title', field: null, defaultWidth: 144 },
  summary: { label: 'Event', field: null, defaultWidth: 240 },
  channel: { label: 'Channel', field: 'Channel', defaultWidth: 92 },
  provider: { label: 'Provider', field: 'Provider_Name', defaultWidth: 140 },
  file: { label: 'File', field: 'File', defaultWidth: 140 },
} as const satisfies Record<string, ColumnKind>;

export type BuiltInColumn = keyof typeof BUILT_IN;

const FIELD_PREFIX = 'field:';
export const MIN_COLUMN_WIDTH = 36;
export const MAX_COLUMN_WIDTH = 2000;

/** What the event's details show anyway; the room is better spent on the event itself. */
const HIDDEN_AT_FIRST: readonly BuiltInColumn[] = ['title', 'provider', 'file'];

/** Widths in pixels; the summary takes what is left over. */
export const DEFAULT_COLUMNS: readonly Column[] = (Object.keys(BUILT_IN) as BuiltInColumn[]).map((id) => ({
  id,
  width: BUILT_IN[id].defaultWidth,
  shown: !HIDDEN_AT_FIRST.includes(id),
}));

export function isBuiltIn(id: string): id is BuiltInColumn {
  return Object.hasOwn(BUILT_IN, id);
}

/** What a column is called and which field it stands for. */
export function columnKind(id: string): ColumnKind {
  if (isBuiltIn(id)) return BUILT_IN[id];
  const field = id.slice(FIELD_PREFIX.length);
  return { label: field, field, defaultWidth: 160 };
}

/** Shows a field as a column, before the file column; one that is there already is only shown. */
export function addFieldColumn(columns: readonly Column[], field: string): readonly Column[] {
  const known = (Object.keys(BUILT_IN) as BuiltInColumn[]).find((id) => BUILT_IN[id].field === field);
  const id = known ?? FIELD_PREFIX + field;
  if (columns.some((c) => c.id === id)) return columns.map((c) => (c.id === id ? { ...c, shown: true } : c));
  const at = columns.findIndex((c) => c.id === 'file');
  const column: Column = { id, width: columnKind(id).defaultWidth, shown: true };
  return at < 0 ? [...columns, column] : [...columns.slice(0, at), column, ...columns.slice(at)];
}

/** Hides a built-in column, takes a field column away. */
export function hideColumn(columns: readonly Column[], id: string): readonly Column[] {
  if (!isBuiltIn(id)) return columns.filter((c) => c.id !== id);
  return columns.map((c) => (c.id === id ? { ...c, shown: false } : c));
}

export function showColumn(columns: readonly Column[], id: string): readonly Column[] {
  return columns.map((c) => (c.id === id ? { ...c, shown: true } : c));
}

export function resizeColumn(columns: readonly Column[], id: string, width: number): readonly Column[] {
  const fit = Math.round(Math.min(Math.max(width, MIN_COLUMN_WIDTH), MAX_COLUMN_WIDTH));
  return columns.map((c) => (c.id === id ? { ...c, width: fit } : c));
}

/** Moves a column to stand before another, or last where `before` is null. */
export function moveColumn(columns: readonly Column[], id: string, before: string | null): readonly Column[] {
  const moving = columns.find((c) => c.id === id);
  if (!moving || id === before) return columns;
  const rest = columns.filter((c) => c.id !== id);
  const at = before === null ? rest.length : rest.findIndex((c) => c.id === before);
  if (at < 0) return columns;
  return [...rest.slice(0, at), moving, ...rest.slice(at)];
}

/** Fields that the rows must carry for the shown `field:…` columns, in order. */
export function fieldColumns(columns: readonly Column[]): readonly string[] {
  return columns.filter((c) => c.shown && !isBuiltIn(c.id)).map((c) => c.id.slice(FIELD_PREFIX.length));
}

export const columnsSchema = z
  .array(
    z.object({
      id: z.string().max(600),
      width: z.number().min(MIN_COLUMN_WIDTH).max(MAX_COLUMN_WIDTH),
      shown: z.boolean(),
    }),
  )
  .max(80);

/** Takes stored columns; unknown ones go, built-in ones that are new since then come back hidden or shown by default. */
export function restoreColumns(stored: readonly Column[]): readonly Column[] {
  const seen = new Set<string>();
  const kept = stored.filter((c) => {
    const good = (isBuiltIn(c.id) || c.id.startsWith(FIELD_PREFIX)) && !seen.has(c.id);
    seen.add(c.id);
    return good;
  });
  return [...kept, ...DEFAULT_COLUMNS.filter((c) => !seen.has(c.id))];
}
