import { join } from 'node:path';
import { ok, type Result } from '../../../shared/model/fault.ts';
import type { RuleText } from '../../../shared/model/rule.ts';
import { readCacheFile, writeCacheFile } from '../../cache/cache-file.ts';
import { packPlain, SharedTexts, unpackPlain } from '../../cache/pack-plain.ts';

const FILE_NAME = 'rules.cache';
const CONTENT = 'rules';

/** Bytes of the file: several times what the largest public collection takes. Rules not asked for lately go first. */
const CACHE_LIMIT = 48 << 20;

/** Characters of a key: SHA-256 in hex. */
const KEY_LENGTH = 64;

/**
 * What reading gave of rule texts, kept between runs in one file, by a key that says everything that decides it (see
 * `RuleReader`). A line is a key and a packed `RuleText`; only those that are asked for are unpacked. It is opened for
 * one loading of rules, and let go after it.
 */
export class RuleCache {
  /** By key; with the key in front. */
  readonly #lines = new Map<string, Buffer>();
  readonly #used = new Set<string>();
  readonly #added = new Map<string, Buffer>();
  readonly #shared = new SharedTexts();

  private constructor(
    private readonly path: string,
    lines: readonly Buffer[],
    private readonly limit: number,
  ) {
    for (const line of lines) this.#lines.set(line.toString('latin1', 0, KEY_LENGTH), line);
  }

  /** Opens a folder's cache: an empty one where there is none that can be used. */
  static async open(folder: string, limit = CACHE_LIMIT): Promise<RuleCache> {
    const path = join(folder, FILE_NAME);
    // Twice the limit leaves room for the header, and for one line too many.
    return new RuleCache(path, (await readCacheFile(path, CONTENT, limit * 2)) ?? [], limit);
  }

  get(key: string): RuleText | undefined {
    const line = this.#lines.get(key);
    if (!line) return undefined;
    try {
      // The file's hash says that it is what `put` has packed.
      const text = unpackPlain(line.toString('utf8', KEY_LENGTH), this.#shared) as RuleText;
      this.#used.add(key);
      return text;
    } catch {
      return undefined;
    }
  }

  put(key: string, text: RuleText): void {
    const packed = packPlain(text);
    if (packed !== undefined) this.#added.set(key, Buffer.from(key + packed));
  }

  /** Writes the file anew where anything was put: what was put and asked for first, then the others, up to the limit. */
  async save(): Promise<Result<unknown>> {
    if (this.#added.size === 0) return ok(undefined);
    const used = [...this.#lines].filter(([key]) => this.#used.has(key));
    const others = [...this.#lines].filter(([key]) => !this.#used.has(key));
    const kept: Buffer[] = [];
    let bytes = 0;
    for (const [, line] of new Map([...this.#added, ...used, ...others])) {
      if (bytes + line.length > this.limit) continue;
      kept.push(line);
      bytes += line.length + 1;
    }
    return writeCacheFile(this.path, CONTENT, kept);
  }
}
