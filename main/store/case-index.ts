import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { CaseContents, StoredHits } from './case-contents.ts';
import { writeCase } from './case-writer.ts';

/** Text that an answer may hold: it goes to the window as a whole. */
const ANSWER_CHARACTERS = 16_000_000;

export type SqlCell = string | number | null;

export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlCell[])[];
  /** There are more rows. */
  readonly truncated: boolean;
  readonly elapsedMs: number;
}

export interface SqlQuery {
  readonly text: string;
  /** Rows that are wanted at most. */
  readonly limit: number;
}

/** Called between pieces of work; false stops it. */
export type Rest = () => Promise<boolean>;

/** Thrown to stop building. */
class Stopped extends Error {}

const CANCELLED: Fault = { code: 'cancelled', message: 'The query was cancelled' };

/**
 * A case as a database in sql.js, for questions only. It lives on a thread of its own, and a query runs there to its
 * end: sql.js cannot interrupt SQLite, so whoever wants to stop a query ends the thread. The image is shared memory,
 * so that the next thread has it at once.
 */
export class CaseIndex {
  private constructor(private readonly db: Database) {}

  /** @param image of the database, as `caseImage` makes it; it must not change meanwhile. */
  static open(sqlite: SqlJsStatic, image: SharedArrayBuffer): CaseIndex {
    const db = new sqlite.Database(new Pages(image));
    db.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY');
    return new CaseIndex(db);
  }

  /** Answers one SELECT. Faults: `bad-request` with what SQLite says. */
  query({ text, limit }: SqlQuery): Result<SqlAnswer> {
    const start = performance.now();
    let statement: Statement | undefined;
    try {
      const fault = this.#refusal(text);
      if (fault) return fail(fault);
      statement = this.db.prepare(text);
      const columns = statement.getColumnNames();
      const rows: SqlCell[][] = [];
      let truncated = false;
      let characters = 0;
      while (statement.step()) {
        truncated = rows.length === limit || characters > ANSWER_CHARACTERS;
        if (truncated) break;
        const cells = statement.get().map(cell);
        for (const value of cells) characters += typeof value === 'string' ? value.length : 8;
        rows.push(cells);
      }
      return ok({ columns, rows, truncated, elapsedMs: performance.now() - start });
    } catch (error) {
      if (error instanceof TypeError || error instanceof ReferenceError) throw error;
      return fail({ code: 'bad-request', message: (error as Error).message });
    } finally {
      statement?.free();
    }
  }

  close(): void {
    this.db.close();
  }

  /** Why a text is not run. What is wrong with its SQL is thrown by SQLite itself. */
  #refusal(text: string): Fault | undefined {
    const bad = (message: string, detail?: string): Fault => ({
      code: 'bad-request',
      message,
      ...(detail === undefined ? {} : { detail }),
    });
    const word = /^[a-z]*/i.exec(withoutComments(text))?.[0].toUpperCase() ?? '';
    if (word === '') return bad('There is no query here');
    if (!['SELECT', 'WITH', 'VALUES', 'EXPLAIN'].includes(word)) {
      return bad(`Only questions are answered here: ${word} is not run`, 'A query begins with SELECT or WITH');
    }
    if (this.#hasMore(text)) return bad('One query at a time: there is more behind the first');
    return undefined;
  }

  #hasMore(text: string): boolean {
    const statements = this.db.iterateStatements(text);
    statements.next();
    const more = withoutComments(statements.getRemainingSQL());
    if (more === '') statements.next();
    return more !== '';
  }
}

/** The text behind blanks, semicolons and comments at its start. */
function withoutComments(text: string): string {
  return text.replace(/^(?:[\s;]+|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))*/, '');
}

function cell(value: SqlValue): SqlCell {
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/**
 * The bytes of a case file, in memory that threads share.
 * @param byteLimit size of the largest database that is built.
 */
export async function caseImage(
  sqlite: SqlJsStatic,
  contents: CaseContents,
  hits: readonly StoredHits[],
  byteLimit: number,
  rest: Rest,
): Promise<Result<SharedArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const write = (piece: Uint8Array): Promise<void> => {
    bytes += piece.length;
    if (bytes > byteLimit) throw new Stopped();
    pieces.push(piece);
    return Promise.resolve();
  };
  let start = new Uint8Array(0);
  const overwriteStart = (first: Uint8Array): Promise<void> => {
    start = Uint8Array.from(first);
    return Promise.resolve();
  };
  const goOn = async (): Promise<void> => {
    if (!(await rest())) throw new Stopped();
  };
  try {
    await writeCase(sqlite, contents, hits, { write, overwriteStart }, goOn);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    if (bytes <= byteLimit) return fail(CANCELLED);
    return fail({
      code: 'too-large',
      message: `The case is larger than ${Math.round(byteLimit / 1e6)} MB and too large for questions by SQL`,
      detail: 'Open its logs in parts, by time range, or save the case and ask its file with sqlite3',
    });
  }
  const image = new SharedArrayBuffer(bytes);
  const pages = new Uint8Array(image);
  let at = 0;
  // Each piece is let go of as soon as it is copied.
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    pages.set(piece, at);
    at += piece.length;
  }
  pages.set(start, 0);
  return ok(image);
}

/**
 * The bytes of a database as sql.js's file system holds them. It takes them over by `slice`, which gives them
 * themselves, so that they are not there twice.
 */
class Pages extends Uint8Array<SharedArrayBuffer> {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  override slice(): never {
    return this as never;
  }
}
