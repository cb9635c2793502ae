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

const NEEDED = ['provider', 'id', 'message'] as const;
const OPTIONAL = ['guid', 'language', 'version', 'title', 'fields'] as const;
const ROW_LIMIT = 1_000_000;

/** Offset of `PRAGMA application_id` in the header of an SQLite file. */
const APPLICATION_ID_OFFSET = 68;

/** Whether a file begins as an SQLite file does, and isn't a case of ours. */
export function isForeignSqlite(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 100 || bytes.toString('latin1', 0, 16) !== 'SQLite format 3\0') return false;
  return bytes.readUInt32BE(APPLICATION_ID_OFFSET) !== APPLICATION_ID;
}

/**
 * The events of providers that an SQLite file holds: the rows of every table with the columns `provider`, `id` and
 * `message`, and where they are there `guid`, `language`, `version`, `title` and `fields`. Views are passed over, since
 * a view may run anything. An empty list where there is no such table.
 * @param textLimit characters that may be read.
 */
export async function readProviderTables(bytes: Uint8Array, textLimit: number): Promise<Result<ProviderRow[]>> {
  const sqlite = await loadSqlite();
  const rows: ProviderRow[] = [];
  let file: SqliteFile | undefined;
  try {
    file = new SqliteFile(sqlite, bytes);
    file.exec('PRAGMA query_only = ON');
    const tables = [...file.rows(`SELECT name FROM sqlite_schema WHERE type = 'table'`)].map(([name]) => String(name));
    let characters = 0;
    for (const table of tables) {
      // Generated columns run expressions; plain ones are all that is asked for.
      const columns = [...file.rows('SELECT lower(name) FROM pragma_table_info(?)', [table])].map(([name]) => name);
      if (!NEEDED.every((name) => columns.includes(name))) continue;
      const names = [...NEEDED, ...OPTIONAL].map((name) => (columns.includes(name) ? name : `NULL AS ${name}`));
      for (const row of file.rows(`SELECT ${names.join()} FROM "${table.replaceAll('"', '""')}"`)) {
        const [provider, id, message, guid, language, version, title, fields] = row.map((cell) =>
          typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : '',
        ) as [string, string, string, string, string, string, string, string];
        characters += provider.length + message.length + title.length + fields.length;
        if (rows.length === ROW_LIMIT || characters > textLimit) {
          return fail({ code: 'too-large', message: 'The SQLite file holds more than can be kept as message data' });
        }
        if (!/^\d+$/.test(id) || provider === '') continue;
        const known = /^\d+$/.test(version) ? Number(version) : undefined;
        rows.push({ provider, guid, language, id: Number(id), version: known, message, title, fields });
      }
    }
    return ok(rows);
  } catch (error) {
    return fail({
      code: 'damaged-source',
      message: 'The SQLite file could not be read',
      detail: (error as Error).message,
    });
  } finally {
    try {
      file?.close();
    } catch {
      // What could not be read may not close either; its memory goes with the module.
    }
  }
}
