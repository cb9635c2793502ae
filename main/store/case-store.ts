import type { SqlJsStatic, SqlValue } from 'sql.js';
import type { Appended, EventTable, ShapeTable } from '../columns/event-table.ts';
import { FLAG_NO_TIME } from '../columns/batch.ts';
import { ABSENT } from '../columns/value-ref.ts';
import type { SourceLine } from '../../shared/ipc/contract.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import { writeAtomically } from './atomic-file.ts';
import { createTables, EVENT_COLUMNS, EVENTS_VIEW, HITS_VIEW, quoteName, shapeTable, shapeView } from './schema.ts';
import { SqliteFile } from './sqlite.ts';
import { viewNames } from './view-names.ts';

/** Size at which a case takes no more events; the engine's heap and a save need room beside it. */
export const CASE_BYTE_LIMIT = 1_600_000_000;

/** A line of the ledger as it is stored. Counts of events and times follow from the events. */
export interface StoredSource {
  readonly source: number;
  readonly name: string;
  readonly path: string;
  readonly format: string;
  readonly bytes: number;
  readonly state: string;
  readonly damaged: number;
  readonly faultCount: number;
  readonly faults: SourceLine['faults'];
}

export interface StoredRuleFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** A rule as it is stored; `file` is the position of its file in the list beside it. */
export interface StoredRule {
  readonly rule: number;
  readonly file: number;
  readonly id: string;
  readonly title: string;
  readonly level: string;
  readonly vendor: string;
  readonly enabled: boolean;
}

/** Pairs of rule and event, as two lists of equal length. */
export interface NewHits {
  readonly rules: readonly number[];
  readonly events: ArrayLike<number>;
}

/** What of the table is in the database already: everything below these numbers. */
interface Stored {
  values: number;
  heads: number;
  /** Fields of each shape's table. */
  fields: number[];
}

/**
 * The case as an SQLite database in memory, beside the EventTable that it mirrors. The table is the one that is
 * read; the database is what is saved, and what an analyst's own SQL runs on.
 */
export class CaseStore {
  #stored: Stored;

  /** @param stored how much of the table is in the database already. */
  constructor(
    private readonly db: SqliteFile,
    private readonly byteLimit: number = CASE_BYTE_LIMIT,
    stored?: Stored,
  ) {
    this.#stored = stored ?? { values: 0, heads: 0, fields: [] };
  }

  /** An empty case. */
  static create(sqlite: SqlJsStatic, byteLimit?: number): CaseStore {
    const db = new SqliteFile(sqlite);
    db.exec(createTables());
    return new CaseStore(db, byteLimit);
  }

  get bytes(): number {
    return this.db.bytes;
  }

  /**
   * Stores the newest events of the table and their hits as one transaction. On a fault nothing of it is in the
   * database; the caller takes the events out of the table too.
   */
  append(table: EventTable, appended: Appended, hits: NewHits): Result<void> {
    if (this.db.bytes >= this.byteLimit) {
      return fail({
        code: 'too-large',
        message: 'The case is as large as one can be; what was read so far stays usable',
        detail: `Limit: ${this.byteLimit} bytes`,
      });
    }
    return this.#transaction(() => {
      this.#addValues(table);
      this.#addHeads(table);
      this.#addFields(table);
      this.#addEvents(table, appended.first, appended.count);
      for (const range of appended.ranges) {
        this.#addRows(table.shapes[range.shape] as ShapeTable, range.fromRow, range.toRow);
      }
      this.#addHits(hits);
    });
  }

  /** Puts the whole ledger in place of the one that is there. */
  putSources(sources: readonly StoredSource[]): Result<void> {
    return this.#transaction(() => {
      this.db.exec('DELETE FROM source');
      this.db.insert('source', '?,?,?,?,?,?,?,?,?', 9, sources.length, (row, params, at) => {
        const source = sources[row] as StoredSource;
        params[at] = source.source;
        params[at + 1] = source.name;
        params[at + 2] = source.path;
        params[at + 3] = source.format;
        params[at + 4] = source.bytes;
        params[at + 5] = source.state;
        params[at + 6] = source.damaged;
        params[at + 7] = source.faultCount;
        params[at + 8] = JSON.stringify(source.faults);
      });
    });
  }

  /** Puts the rule set in place of the one that is there. Hits of rules that have left go too. */
  putRules(files: readonly StoredRuleFile[], rules: readonly StoredRule[]): Result<void> {
    return this.#transaction(() => {
      this.db.exec('DELETE FROM rule_file; DELETE FROM rule');
      this.db.insert('rule_file', '?,?,?,?', 4, files.length, (row, params, at) => {
        const file = files[row] as StoredRuleFile;
        params[at] = row;
        params[at + 1] = file.name;
        params[at + 2] = file.path;
        params[at + 3] = file.text;
      });
      this.db.insert('rule', '?,?,?,?,?,?,?', 7, rules.length, (row, params, at) => {
        const rule = rules[row] as StoredRule;
        params[at] = rule.rule;
        params[at + 1] = rule.file;
        params[at + 2] = rule.id;
        params[at + 3] = rule.title;
        params[at + 4] = rule.level;
        params[at + 5] = rule.vendor;
        params[at + 6] = rule.enabled ? 1 : 0;
      });
      this.db.exec('DELETE FROM hit WHERE rule NOT IN (SELECT id FROM rule)');
    });
  }

  /** Stores hits on events that are there already. */
  addHits(hits: NewHits): Result<void> {
    return this.#transaction(() => this.#addHits(hits));
  }

  /** Notes which rules are enabled: the view `hits` shows theirs only. */
  enableRules(rules: readonly number[], enabled: boolean): Result<void> {
    return this.#transaction(() => {
      for (const rule of rules) this.db.run('UPDATE rule SET enabled = ? WHERE id = ?', [enabled ? 1 : 0, rule]);
    });
  }

  /** Forgets rules and hits, as before a rule set is loaded anew. */
  clearRules(): Result<void> {
    return this.#transaction(() => this.db.exec('DELETE FROM rule_file; DELETE FROM rule; DELETE FROM hit'));
  }

  /** Makes the views, whose names and columns follow the shapes that there are now. */
  refreshViews(table: EventTable): Result<void> {
    return this.#transaction(() => {
      const shapes = table.shapes.slice(0, this.#stored.fields.length);
      const names = viewNames(shapes);
      for (const [old] of [...this.db.rows('SELECT view FROM shape WHERE view IS NOT NULL')]) {
        this.db.exec(`DROP VIEW IF EXISTS ${quoteName(String(old))}`);
      }
      shapes.forEach((shape, i) => {
        const name = names[i] as string;
        this.db.exec(`DROP VIEW IF EXISTS ${quoteName(name)}; ${shapeView(shape, name)}`);
        this.db.run('UPDATE shape SET view = ? WHERE id = ?', [name, shape.id]);
      });
      this.db.exec(`DROP VIEW IF EXISTS events; ${EVENTS_VIEW}; DROP VIEW IF EXISTS hits; ${HITS_VIEW}`);
    });
  }

  /** Writes the case file: all of it, or the file that was there stays as it is. */
  async save(path: string, table: EventTable): Promise<Result<{ bytes: number }>> {
    const views = this.refreshViews(table);
    if (!views.ok) return views;
    const meta = this.#transaction(() => {
      this.db.run("INSERT OR REPLACE INTO meta VALUES ('product', 'Rulewright'), ('events', ?)", [String(table.count)]);
    });
    if (!meta.ok) return meta;
    const image = this.db.image();
    return writeAtomically(path, (write) => write(image));
  }

  close(): void {
    this.db.close();
  }

  #transaction(work: () => void): Result<void> {
    const before = { ...this.#stored, fields: [...this.#stored.fields] };
    try {
      this.db.transaction(work);
      return ok(undefined);
    } catch (error) {
      this.#stored = before;
      // What SQLite refuses, and memory running out, are expected; the rest is a bug.
      const { name, message } = error as Error;
      if (name === 'TypeError' || name === 'ReferenceError') throw error;
      const isFull = name === 'RangeError' || /full|out of memory|too big/.test(message);
      return fail({
        code: isFull ? 'too-large' : 'storage-failed',
        message: isFull ? 'There is no memory left for more of this case' : 'The case could not be stored',
        detail: message,
      });
    }
  }

  #addValues({ dictionary }: EventTable): void {
    const first = this.#stored.values;
    const { bytes } = dictionary;
    this.db.insert('value', '?,CAST(? AS TEXT)', 2, dictionary.size - first, (row, params, at) => {
      const id = first + row;
      params[at] = id;
      params[at + 1] = bytes.subarray(dictionary.start(id), dictionary.end(id));
    });
    this.#stored.values = dictionary.size;
  }

  #addHeads(table: EventTable): void {
    const first = this.#stored.heads;
    this.db.insert('head', '?,?,?,?,?,?,?,?,?,?,?,?', 12, table.heads.length - first, (row, params, at) => {
      const head = table.heads[first + row] as EventTable['heads'][number];
      const cells = [
        first + row,
        head.channel,
        head.provider,
        head.providerGuid,
        head.eventId,
        head.version,
        head.level,
        head.task,
        head.opcode,
        head.keywords,
        head.qualifiers,
        head.shape,
      ];
      cells.forEach((cell, i) => (params[at + i] = cell ?? null));
    });
    this.#stored.heads = table.heads.length;
  }

  /** Makes tables of new shapes, and columns of new fields. */
  #addFields(table: EventTable): void {
    const { fields: known } = this.#stored;
    for (const shape of table.shapes) {
      const before = known[shape.id];
      if (before === shape.fields.length) continue;
      const added = shape.fields.slice(before ?? 0);
      const columns = added.map((_, i) => `f${(before ?? 0) + i} INTEGER`);
      if (before === undefined) {
        this.db.exec(`CREATE TABLE ${shapeTable(shape.id)}(${['event INTEGER PRIMARY KEY', ...columns].join(', ')})`);
        this.db.run('INSERT INTO shape VALUES (?, ?, ?, ?, NULL)', [
          shape.id,
          shape.channel,
          shape.provider,
          shape.eventId ?? null,
        ]);
      } else {
        for (const column of columns) this.db.exec(`ALTER TABLE ${shapeTable(shape.id)} ADD COLUMN ${column}`);
      }
      this.db.insert('shape_field(shape, field)', '?,?', 2, added.length, (row, params, at) => {
        params[at] = shape.id;
        params[at + 1] = added[row] as string;
      });
      known[shape.id] = shape.fields.length;
    }
  }

  #addEvents(table: EventTable, first: number, count: number): void {
    const cells = new Array<string>(EVENT_COLUMNS).fill('?').join();
    const cell = (ref: number): SqlValue => (ref === ABSENT ? null : ref);
    this.db.insert('event', cells, EVENT_COLUMNS, count, (row, params, at) => {
      const event = first + row;
      const flags = table.flags.data[event] as number;
      params[at] = event;
      params[at + 1] = (flags & FLAG_NO_TIME) === 0 ? (table.timeUs.data[event] as number) : null;
      params[at + 2] = flags;
      params[at + 3] = table.head.data[event] as number;
      params[at + 4] = cell(table.computer.data[event] as number);
      params[at + 5] = table.source.data[event] as number;
      params[at + 6] = table.record.data[event] as number;
      params[at + 7] = table.offset.data[event] as number;
      params[at + 8] = table.length.data[event] as number;
      params[at + 9] = cell(table.processId.data[event] as number);
      params[at + 10] = cell(table.threadId.data[event] as number);
      params[at + 11] = table.writtenDeltaUs.data[event] as number;
    });
  }

  #addRows(shape: ShapeTable, fromRow: number, toRow: number): void {
    const columns = shape.columns.map((column) => column.data);
    const width = columns.length + 1;
    const cells = new Array<string>(width).fill('?').join();
    this.db.insert(shapeTable(shape.id), cells, width, toRow - fromRow, (row, params, at) => {
      params[at] = shape.events.data[fromRow + row] as number;
      for (let i = 0; i < columns.length; i++) {
        const ref = (columns[i] as Int32Array)[fromRow + row] as number;
        params[at + 1 + i] = ref === ABSENT ? null : ref;
      }
    });
  }

  #addHits(hits: NewHits): void {
    this.db.insert('hit', '?,?', 2, hits.events.length, (row, params, at) => {
      params[at] = hits.rules[row] as number;
      params[at + 1] = hits.events[row] as number;
    });
  }
}
