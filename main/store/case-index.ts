import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { CaseContents, StoredHits } from './case-contents.ts';
import { writeCase } from './case-writer.ts';

/** How long a query may take, in milliseconds. */
const TIME_LIMIT_MS = 20_000;
/** Text that an answer may hold: it goes to the window as a whole. */
const ANSWER_CHARACTERS = 16_000_000;
/** SQLite's own page cache. Small, so that long work reads pages, which is where it can be stopped. */
const CACHE_PAGES = 64;
/** Nested loops over whole tables from which on a query is refused: it would not end. */
const TOO_MANY_SCANS = 3;

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
  readonly timeLimitMs?: number;
}

/** Called between pieces of work; false stops it. */
export type Rest = () => Promise<boolean>;

/** Thrown to stop building. */
class Stopped extends Error {}

const CANCELLED: Fault = { code: 'cancelled', message: 'A newer query took its place' };

/**
 * A case as a database in sql.js, for questions only: the bytes of its case file, in memory.
 *
 * sql.js cannot interrupt SQLite within a step, and a step may be all of a query's work. So the pages are handed out
 * by `Pages`, which gives a read error once the time is over; SQLite ends the query cleanly then. What can go on
 * without reading pages (recursion, loops over small tables in loops) is refused beforehand.
 */
export class CaseIndex {
  private constructor(
    private readonly db: Database,
    private readonly pages: Pages,
    readonly bytes: number,
  ) {}

  /** @param byteLimit size of the largest database that is built. */
  static async build(
    sqlite: SqlJsStatic,
    contents: CaseContents,
    hits: readonly StoredHits[],
    byteLimit: number,
    rest: Rest,
  ): Promise<Result<CaseIndex>> {
    const image = await caseImage(sqlite, contents, hits, byteLimit, rest);
    if (!image.ok) return image;
    const pages = image.value;
    const db = new sqlite.Database(pages);
    db.exec(
      `PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = ${CACHE_PAGES}`,
    );
    return ok(new CaseIndex(db, pages, pages.length));
  }

  /** Answers one SELECT. Faults: `bad-request` with what SQLite says, `too-large` after the time limit, `cancelled`. */
  async query({ text, limit, timeLimitMs = TIME_LIMIT_MS }: SqlQuery, rest: Rest): Promise<Result<SqlAnswer>> {
    const start = performance.now();
    const deadline = start + timeLimitMs;
    let statement: Statement | undefined;
    try {
      const fault = this.#refusal(text);
      if (fault) return fail(fault);
      statement = this.db.prepare(text);
      const columns = statement.getColumnNames();
      const rows: SqlCell[][] = [];
      let characters = 0;
      for (let since = start; ;) {
        this.pages.deadline = deadline;
        const isRow = statement.step();
        this.pages.deadline = Infinity;
        const elapsedMs = performance.now() - start;
        if (!isRow) return ok({ columns, rows, truncated: false, elapsedMs });
        if (rows.length === limit || characters > ANSWER_CHARACTERS) {
          return ok({ columns, rows, truncated: true, elapsedMs });
        }
        const cells = statement.get().map(cell);
        for (const value of cells) characters += typeof value === 'string' ? value.length : 8;
        rows.push(cells);
        if (performance.now() > deadline) return fail(tooLong(timeLimitMs));
        if (performance.now() - since < 8) continue;
        if (!(await rest())) return fail(CANCELLED);
        since = performance.now();
      }
    } catch (error) {
      this.pages.deadline = Infinity;
      if (error instanceof TypeError || error instanceof ReferenceError) throw error;
      if (performance.now() > deadline) return fail(tooLong(timeLimitMs));
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
    if (word === 'EXPLAIN') return undefined;
    const scans = new Map<SqlValue | undefined, number>();
    const [plan] = this.db.exec(`EXPLAIN QUERY PLAN ${text}`);
    for (const [, parent, , detail] of plan?.values ?? []) {
      if (detail === 'RECURSIVE STEP') {
        return bad(
          'Recursive queries are not run here, since they could not be stopped',
          'Save the case and ask its file with sqlite3',
        );
      }
      if (String(detail).startsWith('SCAN ')) scans.set(parent, (scans.get(parent) ?? 0) + 1);
    }
    if (Math.max(0, ...scans.values()) < TOO_MANY_SCANS) return undefined;
    return bad(
      'This query would go through every combination of the rows of several tables',
      'Say with ON how they belong together',
    );
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

function tooLong(ms: number): Fault {
  return {
    code: 'too-large',
    message: `The query was stopped after ${Math.round(ms / 1000)} seconds`,
    detail: 'Narrow it, or save the case and ask its file with sqlite3',
  };
}

async function caseImage(
  sqlite: SqlJsStatic,
  contents: CaseContents,
  hits: readonly StoredHits[],
  byteLimit: number,
  rest: Rest,
): Promise<Result<Pages>> {
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
  const pages = new Pages(bytes);
  let at = 0;
  // Each piece is let go of as soon as it is copied.
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    pages.set(piece, at);
    at += piece.length;
  }
  pages.set(start, 0);
  return ok(pages);
}

/**
 * `EIO`, as Emscripten's files know it. They catch it by its name and give its number to SQLite; under which property
 * they look for the number depends on how sql.js was minified, so that every property says it.
 */
const READ_ERROR: unknown = new Proxy({}, { get: (_, key) => (key === 'name' ? 'ErrnoError' : 29) });

/**
 * The bytes of a database as sql.js's file system holds them. It takes them over by `slice`, which gives them
 * themselves, so that they are not there twice, and it reads each page by `subarray`.
 */
class Pages extends Uint8Array {
  /** From when on (`performance.now()`) reading fails. */
  deadline = Infinity;

  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  override slice(): Pages & Uint8Array<ArrayBuffer> {
    return this;
  }

  override subarray(begin?: number, end?: number): Uint8Array<ArrayBuffer> {
    if (this.deadline !== Infinity && performance.now() > this.deadline) throw READ_ERROR;
    return super.subarray(begin, end);
  }
}
