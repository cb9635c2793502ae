import type { SqlJsStatic, SqlValue } from 'sql.js';
import { FLAG_NO_TIME } from '../columns/batch.ts';
import { EventTable, type ShapeTable } from '../columns/event-table.ts';
import type { GrowingDoubles, GrowingInts } from '../columns/growing.ts';
import { ABSENT, LOWEST_REF } from '../columns/value-ref.ts';
import type { Fault } from '../../shared/model/fault.ts';
import { z } from 'zod';
import { faultSchema } from '../../shared/ipc/contract.ts';
import { NOTE_LIMIT, TAGS } from '../../shared/model/tag.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import type { CaseContents } from './case-contents.ts';
import { APPLICATION_ID, EVENT_COLUMNS, MIGRATIONS, SCHEMA_VERSION, shapeTable, TABLES } from './schema.ts';
import { SqliteFile } from './sqlite.ts';
import { TableReader, type Row } from './table-reader.ts';

const faultList = z.array(faultSchema);
const storedTag = z.object({ tag: z.enum(TAGS).nullable(), note: z.string().max(NOTE_LIMIT) });

/** Thrown where the file says what cannot be; becomes a `damaged-source` fault. */
class Damaged extends Error {}

function damaged(message: string): never {
  throw new Damaged(message);
}

/** Called between pieces of work with rows read and rows in all; gives false to stop. */
export type Rest = (done: number, total: number) => Promise<boolean>;

const ROWS_BETWEEN_RESTS = 4096;
/** Of a row of `value`: its text. */
const TEXT = 1;

/**
 * Reads a case file. Nothing in it is trusted: its header, version, tables, ids and refs are checked, and whatever
 * does not hold gives `damaged-source`.
 * @param image the file's bytes; the database is a copy, and closed again.
 */
export async function readCase(sqlite: SqlJsStatic, image: Uint8Array, rest: Rest): Promise<Result<CaseContents>> {
  const header = headerFault(image);
  if (header) return fail(header);
  let db: SqliteFile | undefined;
  try {
    db = new SqliteFile(sqlite, image);
    migrate(db, versionOf(image));
    checkSchema(db);
    const read = await new Reader(db, image, rest).all();
    return read ? ok(read) : fail({ code: 'cancelled', message: 'Opening the case was cancelled' });
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'TypeError' || name === 'ReferenceError') throw error;
    return fail({ code: 'damaged-source', message: 'This case file is damaged', detail: message });
  } finally {
    close(db);
  }
}

function close(db: SqliteFile | undefined): void {
  try {
    db?.close();
  } catch {
    // A broken database may refuse to close; its memory goes with the object.
  }
}

/** SQLite file format, "The Database Header": user version at 60, application id at 68, big-endian. */
function headerFault(image: Uint8Array): Fault | undefined {
  const isSqlite = image.length >= 100 && new TextDecoder().decode(image.subarray(0, 16)) === 'SQLite format 3\0';
  if (!isSqlite || wordAt(image, 68) !== APPLICATION_ID) {
    return { code: 'damaged-source', message: 'This is not a Rulewright case file' };
  }
  const version = versionOf(image);
  if (version > SCHEMA_VERSION) {
    return {
      code: 'damaged-source',
      message: 'This case file was written by a newer version of Rulewright',
      detail: `Schema version ${version}; this program knows up to ${SCHEMA_VERSION}`,
    };
  }
  return undefined;
}

function versionOf(image: Uint8Array): number {
  return wordAt(image, 60);
}

function wordAt(image: Uint8Array, at: number): number {
  return new DataView(image.buffer, image.byteOffset, image.byteLength).getUint32(at);
}

function migrate(db: SqliteFile, from: number): void {
  for (let version = from; version < SCHEMA_VERSION; version++) {
    const sql = MIGRATIONS[version] ?? damaged(`Schema version ${version} was never published`);
    db.transaction(() => db.exec(`${sql}; PRAGMA user_version = ${version + 1}`));
  }
}

/** Our tables must be plain tables: a view, trigger or generated column under their name could run anything. */
function checkSchema(db: SqliteFile): void {
  const tables = new Map<string, string>();
  for (const [type, name, owner, sql] of db.rows('SELECT type, name, tbl_name, sql FROM sqlite_schema')) {
    const ours = String(owner) in TABLES || /^s\d+$/.test(String(owner));
    if (type === 'table') tables.set(String(name), String(sql));
    else if (ours && type !== 'index') damaged(`Unexpected ${String(type)} ${String(name)}`);
  }
  for (const [name, columns] of Object.entries(TABLES)) {
    if (tables.get(name) !== `CREATE TABLE ${name}(${columns})`) damaged(`Table ${name} is not as it was written`);
  }
  for (const [name, sql] of tables) {
    if (/^s\d+$/.test(name) && !/^CREATE TABLE s\d+\(event INTEGER PRIMARY KEY(, f\d+ INTEGER)*\)$/.test(sql)) {
      damaged(`Table ${name} is not as it was written`);
    }
  }
}

/**
 * Fills an EventTable from the database, checking each number. SQLite gives the small tables; the rows of the large ones
 * are read from their pages, which takes a seventh of the time.
 */
class Reader {
  readonly table = new EventTable();
  readonly #pages: TableReader;
  readonly #roots = new Map<string, number>();
  #done = 0;
  #total = 0;
  #rested = 0;

  constructor(
    private readonly db: SqliteFile,
    image: Uint8Array,
    private readonly rest: Rest,
  ) {
    this.#pages = new TableReader(image);
    for (const [name, page] of db.rows("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")) {
      this.#roots.set(String(name), Number(page));
    }
  }

  /** Gives undefined where it was cancelled. */
  async all(): Promise<CaseContents | undefined> {
    // Ids are dense. Counting rows instead could take forever in a file whose pages point at each other.
    const count = (name: string): number => Number(this.db.value(`SELECT max(id) FROM ${name}`) ?? -1) + 1;
    // The rows of the shapes are as many as the events.
    this.#total = count('value') + 2 * count('event');
    if (!(await this.#values())) return undefined;
    this.#shapes();
    this.#heads();
    if (!(await this.#events())) return undefined;
    if (!(await this.#rows())) return undefined;
    return { table: this.table, ...this.#ledger(), tags: this.#tags() };
  }

  /** Reads `columns` cells of each row of a large table. Gives false where it was cancelled. */
  #each(name: string, columns: number, take: (row: Row, index: number, id: number) => void): Promise<boolean> {
    const root = this.#roots.get(name) ?? damaged(`Table ${name} is missing`);
    let index = 0;
    return this.#pages.rows(
      root,
      columns,
      (id, row) => {
        take(row, index++, id);
        this.#done++;
      },
      () => {
        if (this.#done - this.#rested < ROWS_BETWEEN_RESTS) return true;
        this.#rested = this.#done;
        return this.rest(this.#done, this.#total);
      },
    );
  }

  #values(): Promise<boolean> {
    const { dictionary } = this.table;
    return this.#each('value', TEXT + 1, ({ bytes, starts, ends }, index, id) => {
      const start = starts[TEXT] as number;
      if (start < 0) damaged(`Value ${id} has no text`);
      if (id !== index || dictionary.internBytes(bytes, start, ends[TEXT] as number) !== index) {
        damaged(`Value ${id} is out of order or occurs twice`);
      }
    });
  }

  #shapes(): void {
    for (const [id, channel, provider, eventId] of this.db.rows(
      'SELECT id, channel, provider, event_id FROM shape ORDER BY id',
    )) {
      const shape = this.table.shapeFor(asText(channel), asText(provider), optionalNumber(eventId));
      if (shape.id !== id || this.table.shapes.length !== id + 1) damaged(`Shape ${String(id)} is out of order`);
    }
    for (const [shape, field] of this.db.rows('SELECT shape, field FROM shape_field ORDER BY id')) {
      const table = this.table.shapes[Number(shape)] ?? damaged(`A field is of shape ${String(shape)}`);
      const before = table.fields.length;
      if (this.table.columnFor(table, asText(field)) !== before) damaged('A field occurs twice in a shape');
    }
  }

  #heads(): void {
    for (const row of this.db.rows('SELECT * FROM head ORDER BY id')) {
      const [id, channel, provider, providerGuid, eventId, version, level, task, opcode, keywords, qualifiers] = row;
      const shape = Number(row[11]);
      if (!this.table.shapes[shape]) damaged(`Head ${String(id)} has no shape`);
      const head = this.table.headFor({
        channel: asText(channel),
        provider: asText(provider),
        providerGuid: asText(providerGuid),
        eventId: optionalNumber(eventId),
        version: optionalNumber(version),
        level: optionalNumber(level),
        task: optionalNumber(task),
        opcode: optionalNumber(opcode),
        keywords: asText(keywords),
        qualifiers: optionalNumber(qualifiers),
        shape,
      });
      if (head !== id) damaged(`Head ${String(id)} is out of order or occurs twice`);
    }
  }

  async #events(): Promise<boolean> {
    const { table } = this;
    const ints: GrowingInts[] = [table.flags, table.head, table.computer, table.source, table.length];
    ints.push(table.processId, table.threadId, table.row);
    const doubles: GrowingDoubles[] = [table.timeUs, table.record, table.offset, table.writtenDeltaUs];
    const columns = [...ints, ...doubles];
    const sources = Number(this.db.value('SELECT coalesce(max(id), -1) FROM source'));
    return this.#each('event', EVENT_COLUMNS, ({ numbers }, index, id) => {
      if (id !== index) damaged(`Event ${index} is missing`);
      if (index === table.row.data.length) for (const column of columns) column.reserve(index + 1);
      const hasTime = !Number.isNaN(numbers[1]);
      const flags = whole(numbers[2]);
      if (hasTime === ((flags & FLAG_NO_TIME) !== 0)) damaged(`The time of event ${index} contradicts its flags`);
      table.timeUs.data[index] = hasTime ? whole(numbers[1]) : 0;
      table.flags.data[index] = flags;
      const head = whole(numbers[3]);
      if (!table.heads[head]) damaged(`Event ${index} has no head`);
      table.head.data[index] = head;
      table.computer.data[index] = this.#ref(numbers[4]);
      const source = whole(numbers[5]);
      if (source < 0 || source > sources) damaged(`Event ${index} has no source`);
      table.source.data[index] = source;
      table.record.data[index] = whole(numbers[6]);
      table.offset.data[index] = whole(numbers[7]);
      table.length.data[index] = whole(numbers[8]);
      table.processId.data[index] = this.#ref(numbers[9]);
      table.threadId.data[index] = this.#ref(numbers[10]);
      table.writtenDeltaUs.data[index] = whole(numbers[11]);
      table.row.data[index] = ABSENT;
      table.count = index + 1;
    });
  }

  async #rows(): Promise<boolean> {
    for (const shape of this.table.shapes) {
      const finished = await this.#each(shapeTable(shape.id), 1 + shape.fields.length, ({ numbers }, index, event) =>
        this.#row(shape, numbers, index, event),
      );
      if (!finished) return false;
    }
    for (let event = 0; event < this.table.count; event++) {
      if (this.table.row.data[event] === ABSENT) damaged(`Event ${event} has no fields`);
    }
    return true;
  }

  /** @param event the row's id. @param cells the first stands for the id. */
  #row(shape: ShapeTable, cells: Float64Array, index: number, event: number): void {
    const { table } = this;
    if (event >= table.count || table.headOf(event).shape !== shape.id) {
      damaged(`Shape ${shape.id} has fields of event ${event}`);
    }
    if (index > 0 && event <= (shape.events.data[index - 1] as number)) damaged(`Shape ${shape.id} is out of order`);
    if (index === shape.events.data.length) {
      for (const column of [shape.events, ...shape.columns]) column.reserve(index + 1);
    }
    shape.events.data[index] = event;
    table.row.data[event] = index;
    for (let i = 0; i < shape.columns.length; i++) {
      (shape.columns[i] as GrowingInts).data[index] = this.#ref(cells[i + 1]);
    }
    shape.count = index + 1;
  }

  #ref(value: number | undefined): number {
    if (value === undefined || Number.isNaN(value)) return ABSENT;
    const ref = whole(value);
    if (ref >= this.table.dictionary.size || ref < LOWEST_REF || ref === ABSENT) damaged(`There is no value ${ref}`);
    return ref;
  }

  /** The rows of a small table; a table that says one id twice never ends. */
  *#ascending(name: string): Generator<SqlValue[]> {
    let last = -1;
    for (const row of this.db.rows(`SELECT * FROM ${name} ORDER BY id`)) {
      const id = wholeNumber(row[0]);
      if (id <= last) damaged(`Table ${name} is out of order`);
      last = id;
      yield row;
    }
  }

  #ledger(): Pick<CaseContents, 'sources' | 'ruleFiles' | 'rules'> {
    const sources = Array.from(this.#ascending('source'), (row) => ({
      source: wholeNumber(row[0]),
      name: asText(row[1]),
      path: asText(row[2]),
      format: asText(row[3]),
      bytes: wholeNumber(row[4]),
      state: asText(row[5]),
      damaged: wholeNumber(row[6]),
      faultCount: wholeNumber(row[7]),
      faults: faultList.parse(JSON.parse(asText(row[8]))),
      leftOut: optionalNumber(row[9]) ?? 0,
    }));
    const ruleFiles = Array.from(this.#ascending('rule_file'), (row) => ({
      name: asText(row[1]),
      path: asText(row[2]),
      text: asText(row[3]),
    }));
    const rules = Array.from(this.#ascending('rule'), (row) => ({
      rule: wholeNumber(row[0]),
      file: wholeNumber(row[1]),
      id: asText(row[2]),
      title: asText(row[3]),
      level: asText(row[4]),
      vendor: asText(row[5]),
      enabled: row[6] === 1,
    }));
    return { sources, ruleFiles, rules };
  }

  #tags(): CaseContents['tags'] {
    return Array.from(this.#ascending('event_tag'), ([id, tag, note]) => {
      const event = wholeNumber(id);
      if (event >= this.table.count) damaged(`A tag is of event ${event}`);
      return { event, ...storedTag.parse({ tag, note }) };
    });
  }
}

function asText(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : damaged('A text is missing');
}

function wholeNumber(value: SqlValue | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : damaged('A number is missing');
}

/** A number of a large table, which holds no others than safe integers. */
function whole(value: number | undefined): number {
  return Number.isSafeInteger(value) ? (value as number) : damaged('A number is missing');
}

function optionalNumber(value: SqlValue | undefined): number | undefined {
  return value === null ? undefined : wholeNumber(value);
}
