import { isObject, type JsonObject } from './fields.ts';
import type { JsonValue } from './parse-exact.ts';

/** The event within what an export put around it. */
export interface Unwrapped {
  readonly object: JsonObject;
  /** What stands beside the event and tells of it. */
  readonly about: JsonObject | undefined;
  /** The table that the export says the event is from, or ''. */
  readonly table: string;
}

/** Beside `result`, what Splunk writes that is of the export and not of the event. */
const SPLUNK_KEYS = new Set(['preview', 'offset', 'lastrow', 'result']);
const DEFENDER_CATEGORY = 'AdvancedHunting-';

/**
 * Takes an event out of the object that an export put it in: Splunk's `{"result": …}`, Elastic's
 * `{"_source": …}` and `{"_index": …, "fields": …}`,
 * Chainsaw's `{"document": {"data": …}}`, and Defender's streaming `{"category": "AdvancedHunting-…", "properties": …}`.
 */
export function unwrap(value: JsonObject): Unwrapped {
  const plain = { object: value, about: undefined, table: '' };
  if (isObject(value.result) && Object.keys(value).every((key) => SPLUNK_KEYS.has(key))) {
    return { ...plain, object: value.result };
  }
  if (isObject(value._source)) return { ...plain, object: value._source };
  if (isObject(value.fields) && '_index' in value) return { ...plain, object: value.fields };
  const { document, category, properties } = value;
  if (isObject(document) && isObject(document.data) && isObject(document.data.Event)) {
    const { document: _, ...about } = value;
    return { ...plain, object: document.data, about };
  }
  if (isObject(properties) && typeof category === 'string' && category.startsWith(DEFENDER_CATEGORY)) {
    return { ...plain, object: properties, table: category.slice(DEFENDER_CATEGORY.length) };
  }
  return plain;
}

/** Keys under which exports put a list of events. */
const LIST_KEYS = new Set(['Records', 'records', 'rows', 'Rows', 'value', 'Events', 'hits', 'results', 'Results']);

const NAME = '"(?:[^"\\\\]|\\\\.)*"';
/** Members that are no list and hold none, as stand before the list. */
const SCALARS = `(?:\\s*${NAME}\\s*:\\s*(?:${NAME}|[-+.\\w]+)\\s*,)*`;
const LIST_STARTS: readonly RegExp[] = [
  // CloudTrail; Azure's storage and event hubs; Microsoft Graph with its `@odata.…`; AWS and others.
  new RegExp(`^\\{${SCALARS}\\s*"(?:Records|records|value|Events)"\\s*:\\s*$`),
  // A search response: `{"took": …, "hits": {"total": …, "hits": [`.
  /^\{[^[\]]*"hits"\s*:\s*\{[^[\]]*"hits"\s*:\s*$/,
  // Advanced hunting's API and Splunk's: what the columns are, then the rows.
  /^\{.*"(?:[Ss]chema|fields)"\s*:.*"[Rr]esults"\s*:\s*$/s,
];

/** Where a table's rows begin in the answer of Log Analytics' API (`tables`), and of Kusto's first (`Tables`). */
const ROWS_START = /^\{\s*"tables"\s*:\s*\[\s*\{[^]*"rows"\s*:\s*$/i;

/**
 * The columns of a table whose rows are lists of values: `{"tables": [{"name": …, "columns": [{"name": "Computer"}],
 * "rows": [["ws01"]]}]}`. Undefined where it is none.
 * @param before the text from the outermost bracket up to the rows.
 */
export function tableColumns(before: string): readonly string[] | undefined {
  if (!ROWS_START.test(before)) return undefined;
  try {
    const { tables, Tables = tables } = JSON.parse(`${before}[]}]}`) as Record<string, JsonValue>;
    const table = Array.isArray(Tables) ? Tables.at(-1) : undefined;
    const columns = isObject(table) ? (table.columns ?? table.Columns) : undefined;
    if (!Array.isArray(columns)) return undefined;
    const names = columns.map((column) => (isObject(column) ? (column.name ?? column.ColumnName) : undefined));
    return names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}

/** Units before a list that are looked at. */
export const LIST_START_LIMIT = 65_536;

/** Whether a key may be one of an export's list of events; cheap, for `opensList` to be asked of few. */
export function isListKey(key: string): boolean {
  return LIST_KEYS.has(key);
}

/**
 * Whether a list of objects is an export's list of events, each an event of its own.
 * @param before the text from the outermost bracket up to the list.
 */
export function opensList(before: string): boolean {
  return LIST_STARTS.some((start) => start.test(before));
}
