import { parse } from 'csv-parse/sync';
import { DELIMITERS, type CsvMapping } from '../../../shared/model/csv-mapping.ts';
import { isRoleName } from '../events/flat-roles.ts';
import { readTime } from '../events/event-time.ts';

/** How a table is written. */
export interface CsvLayout {
  readonly delimiter: string;
  /** Units before the header: a line `sep=;`, which Excel writes, or `#TYPE …`, which PowerShell does. */
  readonly start: number;
  readonly columns: readonly CsvColumn[];
  /** What the user said of tables with this header. */
  readonly mapping?: CsvMapping;
}

export interface CsvColumn {
  /** As in the header, but for the zone that Microsoft's portals put behind a time's name. */
  readonly name: string;
  /** Whether its values are times in UTC, by its header. */
  readonly isUtc: boolean;
  /** Whether its values look like times, though its name is no usual one. */
  readonly isTimeByContent: boolean;
}

/** Records looked at. */
const SAMPLE = 40;
/** Share of the records that must have as many fields as the header, and of a column's values that must be times. */
const MOST = 0.8;
const LONGEST_NAME = 120;
const COLUMN_LIMIT = 10_000;
const ZONE_SUFFIX = / \[(UTC|Local Time)\]$/;

/**
 * Tells whether a text is a table with a header, and how it is written. The delimiter is the one by which most records
 * have as many fields as the header, of these the one that gives most fields.
 * @param isWhole whether the text is all there is; else its last line may be cut.
 * @param mappings what the user said of tables: one with this header tells the delimiter too.
 */
export function csvLayout(text: string, isWhole: boolean, mappings: readonly CsvMapping[] = []): CsvLayout | undefined {
  const sep = /^sep=(.)\r?\n/.exec(text);
  const start = (sep ?? /^#TYPE .*\r?\n/.exec(text))?.[0].length ?? 0;
  const lastLine = isWhole ? text.length : text.lastIndexOf('\n') + 1;
  const body = text.slice(start, lastLine);
  for (const mapping of mappings) {
    const { columns } = sampleRecords(body, mapping.delimiter);
    if (isSame(columns, mapping.header)) return { delimiter: mapping.delimiter, start, columns, mapping };
  }
  let best: { delimiter: string; records: readonly (readonly string[])[] } | undefined;
  for (const delimiter of sep ? [sep[1] as string] : DELIMITERS) {
    const records = sample(body, delimiter);
    if (!isTable(records, isWhole)) continue;
    if (!best || (records[0]?.length ?? 0) > (best.records[0]?.length ?? 0)) best = { delimiter, records };
  }
  if (!best) return undefined;
  const [header = [], ...rows] = best.records;
  const columns = header.map((name, i) => columnOf(name, i, rows));
  if (hasUnnamedLast(best.records)) columns.push(UNNAMED);
  return { delimiter: best.delimiter, start, columns };
}

/** A table's columns and first rows, as if it were written with a delimiter; none where it has no header. */
export function sampleRecords(
  text: string,
  delimiter: string,
): { readonly columns: readonly CsvColumn[]; readonly rows: readonly (readonly string[])[] } {
  const [header = [], ...rows] = sample(text, delimiter);
  return { columns: header.map((name, i) => columnOf(name, i, rows)), rows };
}

function isSame(columns: readonly CsvColumn[], header: readonly string[]): boolean {
  return columns.length === header.length && columns.every(({ name }, i) => name === header[i]);
}

/** The first records that can be read, also where one among them is broken: what comes before counts. */
function sample(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  const take = (record: unknown): null => {
    records.push(record as string[]);
    return null;
  };
  try {
    const options = { delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, to: SAMPLE };
    parse(text, { ...options, on_record: take });
  } catch {
    // A quote that is open at the text's end, as where a record is cut.
  }
  return records;
}

function isTable([header, ...rows]: readonly (readonly string[])[], isWhole: boolean): boolean {
  if (!header || header.length < 2 || header.length > COLUMN_LIMIT) return false;
  // Columns without a name, or with one that was there already, are met where another column is known.
  const named = header.filter((name) => name.trim() !== '');
  if (!named.every(isName)) return false;
  const isPlain = named.length === header.length && new Set(header).size === header.length;
  if (!isPlain && (named.length < 2 || !header.some(isRoleName))) return false;
  // Without a single record, or where the first is longer than what is looked at, only the columns' names can tell.
  if (rows.length === 0) {
    const known = header.filter((name) => isRoleName(name.replace(ZONE_SUFFIX, ''))).length;
    return known >= (isWhole ? 2 : 1);
  }
  if (hasUnnamedLast([header, ...rows])) return true;
  const alike = rows.filter((row) => row.length === header.length).length;
  return alike >= rows.length * MOST || (alike >= 1 && header.some((name) => isRoleName(name)));
}

/** Event Viewer's tables have no name over their last column, which is the event's message. */
const UNNAMED_AT = 5;
const UNNAMED: CsvColumn = { name: 'Message', isUtc: false, isTimeByContent: false };

/** Whether nearly all records have one field more than the header. */
function hasUnnamedLast([header, ...rows]: readonly (readonly string[])[]): boolean {
  if (header?.length !== UNNAMED_AT || rows.length === 0) return false;
  return rows.filter((row) => row.length === header.length + 1).length >= rows.length * MOST;
}

function isName(cell: string): boolean {
  const text = cell.trim();
  return text !== '' && text.length <= LONGEST_NAME && /\p{L}/u.test(text) && !/[\n\r{}<>]/.test(text);
}

function columnOf(header: string, column: number, rows: readonly (readonly string[])[]): CsvColumn {
  const zone = ZONE_SUFFIX.exec(header);
  const name = header.replace(ZONE_SUFFIX, '').trim() || `Column ${column + 1}`;
  const values = rows.map((row) => row[column] ?? '').filter((value) => value !== '');
  // A number may be anything: only a time in words tells itself.
  const times = values.filter((value) => /\d[-/.:]\d/.test(value) && readTime(value) !== undefined).length;
  const isTimeByContent = !isRoleName(name) && times > 0 && times >= values.length * MOST;
  return { name, isUtc: zone?.[1] === 'UTC', isTimeByContent };
}
