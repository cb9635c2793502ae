import type { SqlValue } from 'sql.js';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import { APPLICATION_ID } from './schema.ts';
import { loadSqlite, SqliteFile } from './sqlite.ts';

/** One event of a provider, as a table of an SQLite file has it. Texts are '' where a column is missing or null. */
export interface ProviderRow {
  readonly provider: string;
  readonly guid: string;
  readonly language: string;
  readonly id: number;
  readonly version: number | undefined;
  readonly message: string;
  readonly title: string;
  readonly fields: string;
}

/** A row of EventLogExpert's table `ProviderDetails`: lists as JSON, in gzip since its second version. */
export interface ProviderDetails {
  readonly provider: string;
  readonly events: string | Uint8Array;
  readonly messages: string | Uint8Array;
  readonly parameters: string | Uint8Array;
}

export interface ProviderTables {
  readonly rows: readonly ProviderRow[];
  readonly details: readonly ProviderDetails[];
}

const NEEDED = ['provider', 'id', 'message'] as const;
const OPTIONAL = ['guid', 'language', 'version', 'title', 'fields'] as const;
const ROW_LIMIT = 1_000_000;
const DETAILS = 'providerdetails';

/** Offset of `PRAGMA application_id` in the header of an SQLite file. */
const APPLICATION_ID_OFFSET = 68;

/** Whether a file begins as an SQLite file does, and isn't a case of ours. */
export function isForeignSqlite(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 100 || bytes.toString('latin1', 0, 16) !== 'SQLite format 3\0') return false;
  return bytes.readUInt32BE(APPLICATION_ID_OFFSET) !== APPLICATION_ID;
}

/**
 * What an SQLite file holds of providers: the rows of every table with the columns `provider`, `id` and `message`, and
 * where they are there `guid`, `language`, `version`, `title` and `fields`; and the table `ProviderDetails` of the
 * databases that EventLogExpert makes. Views are passed over, since a view may run anything. Empty lists where there is
 * no such table.
 * @param limit characters or bytes that may be read.
 */
export async function readProviderTables(bytes: Uint8Array, limit: number): Promise<Result<ProviderTables>> {
  const sqlite = await loadSqlite();
  let file: SqliteFile | undefined;
  try {
    file = new SqliteFile(sqlite, bytes);
    file.exec('PRAGMA query_only = ON');
    const reader = new TableReader(file, limit);
    const tables = [...file.rows(`SELECT name FROM sqlite_schema WHERE type = 'table'`)].map(([name]) => String(name));
    for (const table of tables) reader.read(table);
    if (reader.left < 0) {
      return fail({ code: 'too-large', message: 'The SQLite file holds more than can be kept as message data' });
    }
    return ok(reader);
  } catch (error) {
    const detail = (error as Error).message;
    return fail({ code: 'damaged-source', message: 'The SQLite file could not be read', detail });
  } finally {
    try {
      file?.close();
    } catch {
      // What could not be read may not close either; its memory goes with the module.
    }
  }
}

class TableReader implements ProviderTables {
  readonly rows: ProviderRow[] = [];
  readonly details: ProviderDetails[] = [];

  /** @param left characters or bytes that may still be read; less than 0 where there were more. */
  constructor(
    private readonly file: SqliteFile,
    public left: number,
  ) {}

  read(table: string): void {
    const { file } = this;
    const columns = [...file.rows('SELECT lower(name) FROM pragma_table_info(?)', [table])].map(([name]) =>
      String(name),
    );
    const from = `FROM "${table.replaceAll('"', '""')}"`;
    if (table.toLowerCase() === DETAILS && columns.includes('providername') && columns.includes('events')) {
      this.#readDetails(columns, from);
    } else if (NEEDED.every((name) => columns.includes(name))) this.#readRows(columns, from);
  }

  #readRows(columns: readonly string[], from: string): void {
    const names = [...NEEDED, ...OPTIONAL].map((name) => (columns.includes(name) ? name : `NULL AS ${name}`));
    for (const cells of this.file.rows(`SELECT ${names.join()} ${from}`)) {
      const [provider, id, message, guid, language, version, title, fields] = cells.map((cell) =>
        typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : '',
      ) as [string, string, string, string, string, string, string, string];
      this.left -= provider.length + message.length + title.length + fields.length;
      if (this.#isFull(this.rows)) return;
      if (!/^\d+$/.test(id) || provider === '') continue;
      const known = /^\d+$/.test(version) ? Number(version) : undefined;
      this.rows.push({ provider, guid, language, id: Number(id), version: known, message, title, fields });
    }
  }

  #readDetails(columns: readonly string[], from: string): void {
    const names = ['messages', 'parameters'].map((name) => (columns.includes(name) ? name : `NULL AS ${name}`));
    for (const [provider, events, messages, parameters] of this.file.rows(
      `SELECT providername, events, ${names.join()} ${from}`,
    )) {
      const [own, texts, rest] = [list(events), list(messages), list(parameters)];
      this.left -= own.length + texts.length + rest.length;
      if (this.#isFull(this.details)) return;
      this.details.push({ provider: String(provider), events: own, messages: texts, parameters: rest });
    }
  }

  #isFull(kept: readonly unknown[]): boolean {
    if (kept.length === ROW_LIMIT) this.left = -1;
    return this.left < 0;
  }
}

function list(cell: SqlValue | undefined): string | Uint8Array {
  return typeof cell === 'string' || cell instanceof Uint8Array ? cell : '';
}
