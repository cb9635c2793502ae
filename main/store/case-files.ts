import { readFile, stat } from 'node:fs/promises';
import type { SqlJsStatic } from 'sql.js';
import type { EventTable } from '../columns/event-table.ts';
import type { CaseSummary } from '../../shared/ipc/contract.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import { writeAtomically } from './atomic-file.ts';
import type { CaseContents, StoredHits } from './case-contents.ts';
import { readCase, type Rest } from './case-reader.ts';
import { CASE_BYTE_LIMIT, capacityOf, caseByteLimit, estimatedBytes, FILE_LIMIT_FACTOR } from './case-size.ts';
import { caseImage, type Rest as GoOn } from './case-index.ts';
import { writeCase } from './case-writer.ts';
import { loadSqlite } from './sqlite.ts';

/** Thrown to stop writing a file that could not be opened again. */
class TooLarge extends Error {}

/** Writes and reads case files, and says when a case is full: the one thing of the store that the engine is given. */
export class CaseFiles {
  private constructor(
    private readonly sqlite: SqlJsStatic,
    private readonly byteLimit: number,
    private readonly fileLimit: number,
  ) {}

  /**
   * @param byteLimit size at which a case takes no more events.
   * @param wasmPath where sql.js's wasm is, if not beside sql.js.
   * @param fileLimit size of the largest file that is written or opened.
   */
  static async load(
    byteLimit = caseByteLimit(),
    wasmPath?: string,
    fileLimit = Math.max(byteLimit, CASE_BYTE_LIMIT) * FILE_LIMIT_FACTOR,
  ): Promise<CaseFiles> {
    return new CaseFiles(await loadSqlite(wasmPath), byteLimit, fileLimit);
  }

  /** Whether a case may take further events. */
  room(table: EventTable): Result<void> {
    if (estimatedBytes(table) < this.byteLimit) return ok(undefined);
    return fail({
      code: 'too-large',
      message: 'The case is as large as one can be; what was read so far stays usable',
      detail: `Limit: ${this.byteLimit} bytes`,
    });
  }

  /** How much of what a case can hold is used. */
  capacity(table: EventTable): CaseSummary['capacity'] {
    return capacityOf(table, this.byteLimit);
  }

  /**
   * Writes a case file: all of it, or the file that was there stays as it is. Views and hits are for whoever asks
   * the file by SQL; hits are not read back.
   * @param rest called between pieces of work. The table may grow meanwhile; what it has now is written.
   */
  async write(
    path: string,
    contents: CaseContents,
    hits: readonly StoredHits[],
    rest: () => Promise<unknown>,
  ): Promise<Result<{ bytes: number }>> {
    let bytes = 0;
    try {
      return await writeAtomically(path, (write, overwriteStart) => {
        const counted = (piece: Uint8Array): Promise<void> => {
          bytes += piece.length;
          if (bytes > this.fileLimit) throw new TooLarge();
          return write(piece);
        };
        return writeCase(this.sqlite, contents, hits, { write: counted, overwriteStart }, rest);
      });
    } catch (error) {
      // What SQLite refuses, and memory running out, are expected; the rest is a bug.
      const { name, message } = error as Error;
      if (name === 'TypeError' || name === 'ReferenceError') throw error;
      if (!(error instanceof TooLarge)) {
        return fail({ code: 'storage-failed', message: 'The case could not be stored', detail: message });
      }
      return fail({
        code: 'too-large',
        message: 'The case has too many hits to be saved; unload the rules that hit most',
        detail: `Limit: ${this.fileLimit} bytes`,
      });
    }
  }

  /** Builds the case as a database in memory, for questions by SQL. */
  image(contents: CaseContents, hits: readonly StoredHits[], rest: GoOn): Promise<Result<SharedArrayBuffer>> {
    return caseImage(this.sqlite, contents, hits, this.fileLimit, rest);
  }

  /** Reads a case file; see `readCase` for its faults, besides those of reading a file. */
  async read(path: string, rest: Rest): Promise<Result<CaseContents>> {
    let image: Uint8Array;
    try {
      const { size } = await stat(path);
      if (size > this.fileLimit) {
        return fail({ code: 'too-large', message: 'This file is larger than a case can be', detail: `${size} bytes` });
      }
      image = await readFile(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return fail({
        code: code === 'ENOENT' ? 'not-found' : 'unreadable-source',
        message:
          code === 'ENOENT' ? 'The case file is not there any more' : `The case file could not be read (${code})`,
        detail: message,
      });
    }
    return readCase(this.sqlite, image, rest);
  }
}
