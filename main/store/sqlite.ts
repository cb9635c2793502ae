import initSqlJs, { type Database, type SqlJsStatic, type SqlValue } from 'sql.js';

/**
 * SQLite as WebAssembly. The build must leave `sql.js` external (or copy its wasm beside the bundle): it finds
 * `sql-wasm.wasm` beside its own file.
 * @param wasmPath where the wasm is, if not there.
 */
export async function loadSqlite(wasmPath?: string): Promise<SqlJsStatic> {
  return initSqlJs(wasmPath === undefined ? {} : { locateFile: () => wasmPath });
}

/** A database in memory. */
export class SqliteFile {
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

  /** Inserts rows of cells, one for each column. For small tables. */
  insert(table: string, rows: readonly (readonly SqlValue[])[]): void {
    const [first] = rows;
    if (!first) return;
    const statement = this.#database.prepare(`INSERT INTO ${table} VALUES (${first.map(() => '?').join()})`);
    try {
      for (const row of rows) statement.run([...row]);
    } finally {
      statement.free();
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
      this.#rollback();
      throw error;
    }
  }

  /** The database as the bytes of its file. Nothing but `close` may follow. */
  image(): Uint8Array {
    return this.#database.export();
  }

  close(): void {
    this.#database.close();
  }

  #tune(): void {
    // The file is memory: nothing to synchronise, and the journal is for ROLLBACK only.
    this.exec(
      'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;' +
        ' PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF',
    );
  }

  #rollback(): void {
    try {
      this.exec('ROLLBACK');
    } catch {
      // Some errors (out of memory) roll back by themselves; then there is no transaction to end.
    }
  }
}
