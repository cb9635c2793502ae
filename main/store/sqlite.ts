import initSqlJs, { type Database, type SqlJsStatic, type Statement, type SqlValue } from 'sql.js';

/**
 * SQLite as WebAssembly. The build must leave `sql.js` external (or copy its wasm beside the bundle): it finds
 * `sql-wasm.wasm` beside its own file.
 * @param wasmPath where the wasm is, if not there.
 */
export async function loadSqlite(wasmPath?: string): Promise<SqlJsStatic> {
  return initSqlJs(wasmPath === undefined ? {} : { locateFile: () => wasmPath });
}

/** Prepared statements kept; a case may have two thousand shapes with several each. */
const STATEMENT_LIMIT = 96;
/** Cells bound for one execution: past some hundred, more rows in one statement gain nothing. */
const CELLS_PER_RUN = 400;

/** A database in memory, with its prepared statements. */
export class SqliteFile {
  #statements = new Map<string, Statement>();
  #database: Database;

  /** @param bytes the image of a database file; undefined for an empty one. */
  constructor(sqlite: SqlJsStatic, bytes?: Uint8Array) {
    this.#database = new sqlite.Database(bytes);
    this.#tune();
  }

  /** Runs statements that give no rows. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** The first column of the first row; undefined where there is none. */
  value(sql: string, params: SqlValue[] = []): SqlValue | undefined {
    for (const row of this.rows(sql, params)) return row[0];
    return undefined;
  }

  /** The rows of a query, one by one. The array is the caller's. */
  *rows(sql: string, params: SqlValue[] = []): Generator<SqlValue[]> {
    const statement = this.#database.prepare(sql);
    try {
      statement.bind(params);
      while (statement.step()) yield statement.get();
    } finally {
      statement.free();
    }
  }

  /** Executes a statement that is kept prepared. */
  run(sql: string, params: SqlValue[]): void {
    this.#prepared(sql).run(params);
  }

  /**
   * Inserts rows, many with one execution: the binding of cells is the cost, so that wide rows are few a run.
   * @param into table and columns, such as `value` or `value(id, text)`.
   * @param cells SQL of a row's cells, such as `?, CAST(? AS TEXT)`; one `?` a parameter.
   * @param fill writes the parameters of row `row` at `params[at…]`.
   */
  insert(
    into: string,
    cells: string,
    width: number,
    rows: number,
    fill: (row: number, params: SqlValue[], at: number) => void,
  ): void {
    const atOnce = Math.min(32, Math.max(1, Math.floor(CELLS_PER_RUN / width)));
    for (let row = 0; row < rows;) {
      const count = rows - row >= atOnce ? atOnce : 1;
      const params = new Array<SqlValue>(count * width).fill(null);
      for (let i = 0; i < count; i++) fill(row + i, params, i * width);
      this.run(`INSERT INTO ${into} VALUES ${new Array<string>(count).fill(`(${cells})`).join()}`, params);
      row += count;
    }
  }

  /**
   * Does `work` as one transaction. Where it throws, all of it is taken back and the error is thrown on.
   */
  transaction(work: () => void): void {
    this.exec('BEGIN');
    try {
      work();
      this.exec('COMMIT');
    } catch (error) {
      this.#freeStatements();
      this.#rollback();
      throw error;
    }
  }

  /** Size of the database in bytes. */
  get bytes(): number {
    return Number(this.value('PRAGMA page_count')) * Number(this.value('PRAGMA page_size'));
  }

  /** The database as the bytes of its file. */
  image(): Uint8Array {
    // Exporting closes and opens the database: statements and settings are void.
    this.#freeStatements();
    const bytes = this.#database.export();
    this.#tune();
    return bytes;
  }

  close(): void {
    this.#freeStatements();
    this.#database.close();
  }

  #tune(): void {
    // The file is memory: nothing to synchronise, and the journal is for ROLLBACK only.
    this.exec(
      'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;' +
        ' PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF',
    );
  }

  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement) {
      // Back to the end: the first entry is the one used longest ago.
      this.#statements.delete(sql);
    } else {
      statement = this.#database.prepare(sql);
      const [oldest] = this.#statements;
      if (oldest && this.#statements.size >= STATEMENT_LIMIT) {
        oldest[1].free();
        this.#statements.delete(oldest[0]);
      }
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  #freeStatements(): void {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
  }

  #rollback(): void {
    try {
      this.exec('ROLLBACK');
    } catch {
      // Some errors (out of memory) roll back by themselves; then there is no transaction to end.
    }
  }
}
