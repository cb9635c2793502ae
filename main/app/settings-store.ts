import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import { csvMapping, type CsvMapping } from '../../shared/model/csv-mapping.ts';
import { writeAtomically } from '../store/atomic-file.ts';

const schema = z.object({
  version: z.literal(1),
  /** What the window keeps, by key. */
  values: z.record(z.string(), z.json()),
  /** Paths of case files, newest first. */
  recentCases: z.array(z.string()),
  /** What the user said of tables' columns, newest first; one for each header. */
  tables: z.array(csvMapping).optional(),
});
type Settings = z.infer<typeof schema>;
type Json = z.infer<ReturnType<typeof z.json>>;

const RECENT_LIMIT = 10;
const TABLE_LIMIT = 200;
const KEY_LIMIT = 1000;
const BYTE_LIMIT = 4 << 20;

/**
 * The user's settings in one JSON file. Read once; written whole and atomically at each change. A file that cannot
 * be understood is put aside as `….damaged`, and settings start from their defaults.
 */
export class SettingsStore {
  #settings: Settings = { version: 1, values: {}, recentCases: [] };
  #writing: Promise<unknown> = Promise.resolve();
  /** What was wrong with the file when it was read. */
  fault: Fault | undefined;

  /** @param path undefined keeps the settings in memory only. */
  private constructor(private readonly path: string | undefined) {}

  static async open(path: string | undefined): Promise<SettingsStore> {
    const store = new SettingsStore(path);
    if (path !== undefined) await store.#read(path);
    return store;
  }

  async #read(path: string): Promise<void> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.fault = damaged(`The settings could not be read (${code ?? String(error)})`);
      return;
    }
    try {
      this.#settings = schema.parse(JSON.parse(text));
    } catch (error) {
      const aside = `${path}.damaged`;
      await rename(path, aside).catch(() => undefined);
      this.fault = {
        ...damaged('The settings file was damaged, so all settings are back to their defaults'),
        detail: String(error),
      };
    }
  }

  /** Resolves when what was set so far is written, or could not be. */
  async written(): Promise<void> {
    await this.#writing;
  }

  get values(): Readonly<Record<string, Json>> {
    return this.#settings.values;
  }

  get recentCases(): readonly string[] {
    return this.#settings.recentCases;
  }

  get tables(): readonly CsvMapping[] {
    return this.#settings.tables ?? [];
  }

  /** Keeps what the columns of tables with a header are; null forgets it. The oldest goes where there are too many. */
  keepTable(header: readonly string[], mapping: CsvMapping | null): Promise<Result<null>> {
    const others = this.tables.filter((kept) => !isSameHeader(kept.header, header));
    const tables = (mapping ? [mapping, ...others] : others).slice(0, TABLE_LIMIT);
    const next: Settings = { ...this.#settings, tables };
    return JSON.stringify(next).length > BYTE_LIMIT ? Promise.resolve(tooLarge()) : this.#save(next);
  }

  /** Sets a value; null removes it. */
  set(key: string, value: Json): Promise<Result<null>> {
    const others = Object.entries(this.#settings.values).filter(([name]) => name !== key);
    const values = Object.fromEntries(value === null ? others : [...others, [key, value]]);
    const next: Settings = { ...this.#settings, values };
    if (Object.keys(values).length > KEY_LIMIT || JSON.stringify(next).length > BYTE_LIMIT) {
      return Promise.resolve(tooLarge());
    }
    return this.#save(next);
  }

  /** Puts a case file in front of the recent ones. */
  addRecentCase(path: string): Promise<Result<null>> {
    const others = this.#settings.recentCases.filter((other) => other !== path);
    return this.#save({ ...this.#settings, recentCases: [path, ...others].slice(0, RECENT_LIMIT) });
  }

  async #save(settings: Settings): Promise<Result<null>> {
    this.#settings = settings;
    const { path } = this;
    if (path === undefined) return ok(null);
    // One after another, each with the newest state.
    const written = this.#writing.then(async () => {
      await mkdir(dirname(path), { recursive: true });
      const bytes = Buffer.from(JSON.stringify(this.#settings, null, 2));
      return writeAtomically(path, (write) => write(bytes));
    });
    this.#writing = written.catch(() => undefined);
    try {
      const result = await written;
      return result.ok ? ok(null) : result;
    } catch (error) {
      return fail({ code: 'storage-failed', message: 'The settings could not be written', detail: String(error) });
    }
  }
}

function isSameHeader(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function tooLarge(): Result<never> {
  return fail({ code: 'too-large', message: 'The settings would become too large' });
}

function damaged(message: string): Fault {
  return { code: 'storage-failed', message };
}
