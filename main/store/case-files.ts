import { readFile, stat } from 'node:fs/promises';
import type { SqlJsStatic } from 'sql.js';
import { fail, type Result } from '../../shared/model/fault.ts';
import { readCase, type OpenedCase, type Rest } from './case-reader.ts';
import { CASE_BYTE_LIMIT, CaseStore } from './case-store.ts';
import { loadSqlite } from './sqlite.ts';

/** Largest case file that is opened: a case at its limit, and some room for what an analyst added to the file. */
const FILE_LIMIT_FACTOR = 1.2;

/** Makes and opens cases: the one thing of the store that the engine is given. */
export class CaseFiles {
  private constructor(
    private readonly sqlite: SqlJsStatic,
    private readonly byteLimit: number,
  ) {}

  /**
   * @param byteLimit size at which a case takes no more events.
   * @param wasmPath where sql.js's wasm is, if not beside sql.js.
   */
  static async load(byteLimit = CASE_BYTE_LIMIT, wasmPath?: string): Promise<CaseFiles> {
    return new CaseFiles(await loadSqlite(wasmPath), byteLimit);
  }

  /** An empty case. */
  create(): CaseStore {
    return CaseStore.create(this.sqlite, this.byteLimit);
  }

  /** Reads a case file; see `readCase` for its faults, besides those of reading a file. */
  async read(path: string, rest: Rest): Promise<Result<OpenedCase>> {
    let image: Uint8Array;
    try {
      const { size } = await stat(path);
      if (size > Math.max(this.byteLimit, CASE_BYTE_LIMIT) * FILE_LIMIT_FACTOR) {
        return fail({ code: 'too-large', message: 'This file is larger than a case can be', detail: `${size} bytes` });
      }
      image = await readFile(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return fail({
        code: code === 'ENOENT' ? 'not-found' : 'unreadable-source',
        message: `The case file could not be read (${code})`,
        detail: message,
      });
    }
    return readCase(this.sqlite, image, this.byteLimit, rest);
  }
}
