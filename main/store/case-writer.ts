import type { SqlJsStatic, SqlValue } from 'sql.js';
import { FLAG_NO_TIME, type Head } from '../columns/batch.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { ABSENT } from '../columns/value-ref.ts';
import type { CaseContents, StoredHits } from './case-contents.ts';
import { PAGE_BYTES, PageFile } from './page-file.ts';
import { RecordWriter, textTypeBytes } from './record.ts';
import { createTables, EVENT_COLUMNS, EVENTS_VIEW, HITS_VIEW, shapeTable, shapeView } from './schema.ts';
import { SqliteFile } from './sqlite.ts';
import { putLong, TablePages } from './table-pages.ts';
import { viewNames } from './view-names.ts';

/** Rows between two looks at what has been filled. */
const SLICE_ROWS = 1024;
/** "The Database Header": size of the file in pages. */
const PAGES_AT = 28;

/** Where the file goes: pieces one after the other, and once, at the end, other bytes over the first ones. */
export interface CaseOutput {
  write(piece: Uint8Array): Promise<void>;
  overwriteStart(bytes: Uint8Array): Promise<void>;
}

/**
 * Writes a case as an SQLite file. SQLite itself makes everything but the rows of the large tables: schema, views,
 * ledger, rules. Those rows are put behind as pages, straight from the columns, a piece at a time.
 *
 * What the table has now is written; it may grow meanwhile, but not lose events.
 * @param rest called between pieces of work, so that other work on the thread can go on.
 */
export async function writeCase(
  sqlite: SqlJsStatic,
  contents: CaseContents,
  hits: readonly StoredHits[],
  output: CaseOutput,
  rest: () => Promise<unknown>,
): Promise<void> {
  const fills = largeTables(contents.table, hits);
  const { image, roots } = smallTables(sqlite, contents);
  await output.write(image);
  const file = new PageFile(image.length / PAGE_BYTES);
  for (const { name, rows, fill } of fills) {
    const pages = new TablePages(file);
    for (let row = 0; row < rows;) {
      for (const end = Math.min(rows, row + SLICE_ROWS); row < end; row++) fill(row, pages);
      if (!file.hasPieces) continue;
      for (const piece of file.take()) await output.write(piece);
      await rest();
    }
    image.set(pages.end(), ((roots.get(name) as number) - 1) * PAGE_BYTES);
  }
  for (const piece of file.take(true)) await output.write(piece);
  putLong(image, PAGES_AT, file.pages);
  await output.overwriteStart(image);
}

/** A database whose large tables are empty, and the pages where these begin. */
function smallTables(
  sqlite: SqlJsStatic,
  { table, sources, ruleFiles, rules, tags }: CaseContents,
): { image: Uint8Array; roots: ReadonlyMap<string, number> } {
  const db = new SqliteFile(sqlite);
  try {
    db.transaction(() => {
      db.exec(createTables());
      db.insert('meta', [
        ['product', 'Rulewright'],
        ['events', String(table.count)],
      ]);
      addShapes(db, table.shapes);
      db.insert('head', table.heads.map(headCells));
      db.insert(
        'source',
        sources.map((of) => [
          ...[of.source, of.name, of.path, of.format, of.bytes, of.state, of.damaged, of.faultCount],
          JSON.stringify(of.faults),
          of.leftOut,
        ]),
      );
      db.insert(
        'rule_file',
        ruleFiles.map(({ name, path, text }, i) => [i, name, path, text]),
      );
      db.insert(
        'rule',
        rules.map((of) => [of.rule, of.file, of.id, of.title, of.level, of.vendor, of.enabled ? 1 : 0]),
      );
      db.insert(
        'event_tag',
        tags.map(({ event, tag, note }) => [event, tag, note]),
      );
      addViews(db, table.shapes);
    });
    const roots = new Map<string, number>();
    for (const [name, page] of db.rows("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")) {
      roots.set(String(name), Number(page));
    }
    return { image: db.image(), roots };
  } finally {
    db.close();
  }
}

function addShapes(db: SqliteFile, shapes: readonly ShapeTable[]): void {
  const names = viewNames(shapes);
  const fields: SqlValue[][] = [];
  shapes.forEach((shape) => {
    const columns = shape.fields.map((_, column) => `, f${column} INTEGER`).join('');
    db.exec(`CREATE TABLE ${shapeTable(shape.id)}(event INTEGER PRIMARY KEY${columns})`);
    for (const field of shape.fields) fields.push([fields.length, shape.id, field]);
  });
  db.insert(
    'shape',
    shapes.map((shape, i) => [shape.id, shape.channel, shape.provider, shape.eventId ?? null, names[i] as string]),
  );
  db.insert('shape_field', fields);
}

/** Each CREATE reads the whole schema again, so that a thousand views would take seconds; a view is but a row of it. */
function addViews(db: SqliteFile, shapes: readonly ShapeTable[]): void {
  const names = viewNames(shapes);
  const views = shapes.map((shape, i): [string, string] => [names[i] as string, shapeView(shape, names[i] as string)]);
  views.push(['events', EVENTS_VIEW], ['hits', HITS_VIEW]);
  db.exec('PRAGMA writable_schema = ON');
  db.insert(
    'sqlite_schema',
    views.map(([name, sql]) => ['view', name, name, 0, sql]),
  );
  db.exec('PRAGMA writable_schema = OFF');
}

function headCells(head: Head, id: number): SqlValue[] {
  const { channel, provider, providerGuid, eventId, version, level, task, opcode, keywords, qualifiers, shape } = head;
  const cells = [
    id,
    channel,
    provider,
    providerGuid,
    eventId,
    version,
    level,
    task,
    opcode,
    keywords,
    qualifiers,
    shape,
  ];
  return cells.map((cell) => cell ?? null);
}

/** A table and its rows as they are now. */
interface LargeTable {
  readonly name: string;
  readonly rows: number;
  /** Adds row number `row`, from 0. */
  readonly fill: (row: number, pages: TablePages) => void;
}

function largeTables(table: EventTable, hits: readonly StoredHits[]): LargeTable[] {
  const record = new RecordWriter();
  return [
    valueRows(table, record),
    eventRows(table, record),
    ...table.shapes.map((shape) => shapeRows(shape, record)),
    hitRows(hits, record),
  ];
}

function valueRows({ dictionary }: EventTable, record: RecordWriter): LargeTable {
  return {
    name: 'value',
    rows: dictionary.size,
    fill: (id, pages) => {
      const start = dictionary.start(id);
      const end = dictionary.end(id);
      record.start(1 + textTypeBytes(end - start));
      record.null();
      record.text(dictionary.bytes, start, end);
      pages.add(id, record);
    },
  };
}

function eventRows(table: EventTable, record: RecordWriter): LargeTable {
  return {
    name: 'event',
    rows: table.count,
    fill: (event, pages) => {
      const flags = table.flags.data[event] as number;
      record.start(EVENT_COLUMNS);
      record.null();
      if ((flags & FLAG_NO_TIME) === 0) record.number(table.timeUs.data[event] as number);
      else record.null();
      record.int(flags);
      record.int(table.head.data[event] as number);
      putRef(record, table.computer.data[event] as number);
      record.int(table.source.data[event] as number);
      record.number(table.record.data[event] as number);
      record.number(table.offset.data[event] as number);
      record.int(table.length.data[event] as number);
      putRef(record, table.processId.data[event] as number);
      putRef(record, table.threadId.data[event] as number);
      record.number(table.writtenDeltaUs.data[event] as number);
      pages.add(event, record);
    },
  };
}

function shapeRows({ id, columns, events, count }: ShapeTable, record: RecordWriter): LargeTable {
  // The shape may get further fields while the file is written.
  const width = columns.length;
  return {
    name: shapeTable(id),
    rows: count,
    fill: (row, pages) => {
      record.start(width + 1);
      record.null();
      for (let i = 0; i < width; i++) putRef(record, (columns[i] as ShapeTable['events']).data[row] as number);
      pages.add(events.data[row] as number, record);
    },
  };
}

function hitRows(hits: readonly StoredHits[], record: RecordWriter): LargeTable {
  let rule = 0;
  let at = 0;
  return {
    name: 'hit',
    rows: hits.reduce((sum, { events }) => sum + events.length, 0),
    fill: (row, pages) => {
      for (; at === (hits[rule] as StoredHits).events.length; at = 0) rule++;
      const of = hits[rule] as StoredHits;
      record.start(2);
      record.int(of.rule);
      record.int(of.events[at++] as number);
      pages.add(row + 1, record);
    },
  };
}

function putRef(record: RecordWriter, ref: number): void {
  if (ref === ABSENT) record.null();
  else record.int(ref);
}
