import { FLAG_RECOVERED } from '../columns/batch.ts';
import { refTextSql } from '../columns/value-ref.ts';

/** `PRAGMA application_id` of a case file: "RLWR". */
export const APPLICATION_ID = 0x524c5752;
/** `PRAGMA user_version` of the schema below. */
export const SCHEMA_VERSION = 3;

/**
 * The tables of a case file. Cells that hold a value ref (see main/columns/value-ref.ts) are plain integers; the
 * views join their texts back. Times are microseconds since the epoch, UTC; NULL where the event has none.
 * The `id` of a tag is that of its event. The columns of a shape's table `s<id>` are `event` and `f0`, `f1`, … in the order of `shape_field`.
 */
export const TABLES: Readonly<Record<string, string>> = {
  meta: 'key TEXT PRIMARY KEY, value TEXT',
  value: 'id INTEGER PRIMARY KEY, text TEXT',
  head:
    'id INTEGER PRIMARY KEY, channel TEXT, provider TEXT, provider_guid TEXT, event_id INTEGER, version INTEGER,' +
    ' level INTEGER, task INTEGER, opcode INTEGER, keywords TEXT, qualifiers INTEGER, shape INTEGER',
  shape: 'id INTEGER PRIMARY KEY, channel TEXT, provider TEXT, event_id INTEGER, view TEXT',
  shape_field: 'id INTEGER PRIMARY KEY, shape INTEGER, field TEXT',
  event:
    'id INTEGER PRIMARY KEY, time_us INTEGER, flags INTEGER, head INTEGER, computer INTEGER, source INTEGER,' +
    ' record INTEGER, offset INTEGER, length INTEGER, process_id INTEGER, thread_id INTEGER,' +
    ' written_delta_us INTEGER',
  source:
    'id INTEGER PRIMARY KEY, name TEXT, path TEXT, format TEXT, bytes INTEGER, state TEXT, damaged INTEGER,' +
    ' fault_count INTEGER, faults TEXT, left_out INTEGER',
  rule_file: 'id INTEGER PRIMARY KEY, name TEXT, path TEXT, text TEXT',
  rule:
    'id INTEGER PRIMARY KEY, rule_file INTEGER, rule_id TEXT, title TEXT, level TEXT, vendor TEXT,' +
    ' enabled INTEGER',
  hit: 'rule INTEGER, event INTEGER',
  event_tag: 'id INTEGER PRIMARY KEY, tag TEXT, note TEXT',
};

/** Width of `event`. */
export const EVENT_COLUMNS = 12;

export function createTables(): string {
  return (
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};` +
    Object.entries(TABLES)
      .map(([name, columns]) => `CREATE TABLE ${name}(${columns});`)
      .join('')
  );
}

/**
 * How an older version becomes the next: `MIGRATIONS[n]` turns version n into n + 1. Pages of the large tables are read
 * as they were, so they must not be changed. A newer version than SCHEMA_VERSION is refused.
 */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE source ADD COLUMN left_out INTEGER',
  2: 'CREATE TABLE event_tag(id INTEGER PRIMARY KEY, tag TEXT, note TEXT)',
};

export function shapeTable(shape: number): string {
  return `s${shape}`;
}

/** A shape as a view is made of it. */
export interface ViewShape {
  readonly id: number;
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number | undefined;
  readonly fields: readonly string[];
}

const TIME_SQL =
  "strftime('%Y-%m-%dT%H:%M:%S', (e.time_us - ((e.time_us % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch')" +
  " || printf('.%06dZ', ((e.time_us % 1000000) + 1000000) % 1000000)";

/** Columns of the view of all events. */
export const EVENTS_VIEW_COLUMNS = [
  'event',
  'time',
  'computer',
  'channel',
  'provider',
  'event_id',
  'level',
  'record',
  'file',
  'view',
  'recovered',
  'tag',
  'note',
];
/** Columns of the view of hits. */
export const HITS_VIEW_COLUMNS = ['rule', 'level', 'rule_id', 'time', 'computer', 'channel', 'event_id', 'event'];

/** The view of all events. */
export const EVENTS_VIEW =
  'CREATE VIEW events AS SELECT e.id AS event, ' +
  `${TIME_SQL} AS time, ${refTextSql('e.computer')} AS computer, h.channel, h.provider, h.event_id, h.level,` +
  ' e.record, f.name AS file, (SELECT view FROM shape WHERE id = h.shape) AS view,' +
  ` (e.flags & ${FLAG_RECOVERED}) <> 0 AS recovered, t.tag, t.note` +
  ' FROM event e JOIN head h ON h.id = e.head LEFT JOIN source f ON f.id = e.source' +
  ' LEFT JOIN event_tag t ON t.id = e.id';

/** The view of the enabled rules' hits. */
export const HITS_VIEW =
  'CREATE VIEW hits AS SELECT r.title AS rule, r.level, r.rule_id, ' +
  `${TIME_SQL} AS time, ${refTextSql('e.computer')} AS computer, h.channel, h.event_id, e.id AS event` +
  ' FROM hit JOIN rule r ON r.id = hit.rule JOIN event e ON e.id = hit.event JOIN head h ON h.id = e.head' +
  ' WHERE r.enabled';

/** Columns that every shape's view begins with. */
const VIEW_COLUMNS = ['event', 'time', 'computer', 'record', 'file'];

/** Columns of a shape's view: those of each view, then a column for each field. */
export function shapeViewColumns({ fields }: ViewShape): string[] {
  const taken = new Set(VIEW_COLUMNS);
  return [...VIEW_COLUMNS, ...fields.map((field) => uniqueName(cleanName(field), taken))];
}

/** SQL of a shape's view: a text column for each field, under the field's own name. */
export function shapeView(shape: ViewShape, name: string): string {
  const columns = shapeViewColumns(shape)
    .slice(VIEW_COLUMNS.length)
    .map((column, i) => `${refTextSql(`s.f${i}`)} AS ${quoteName(column)}`);
  return (
    `CREATE VIEW ${quoteName(name)} AS SELECT e.id AS event, ${TIME_SQL} AS time,` +
    ` ${refTextSql('e.computer')} AS computer, e.record, f.name AS file${columns.map((sql) => `, ${sql}`).join('')}` +
    ` FROM ${shapeTable(shape.id)} s JOIN event e ON e.id = s.event LEFT JOIN source f ON f.id = e.source`
  );
}

/** Quotes an identifier. Control characters, which would end the SQL text, are not in it (see cleanName). */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function cleanName(field: string): string {
  // eslint-disable-next-line no-control-regex -- they are what must go
  return field.replace(/[\u0000-\u001f]/g, '_') || '_';
}

/** SQL names are equal in any case of ASCII letters: a second `image` becomes `image_2`. */
export function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${name}_${n}`;
  taken.add(unique.toLowerCase());
  return unique;
}
