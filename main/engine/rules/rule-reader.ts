import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../../cache/cache-file.ts';
import { loadCatalogMappings } from '../../catalog/mappings.ts';
import { once } from '../../catalog/once.ts';
import { detectDialect } from '../../../shared/catalog/detect.ts';
import { readPlaceholders } from '../../../shared/catalog/dialects/sigma/placeholders.ts';
import { readSplunkMacro, type SplunkMacro } from '../../../shared/catalog/dialects/splunk/macro.ts';
import { readAnyRules } from '../../../shared/catalog/run/read-rules.ts';
import { readRunEvents } from '../../../shared/catalog/run/run-events.ts';
import type { Placeholders } from '../../../shared/catalog/dialects/sigma/detection.ts';
import type { RunMappings } from '../../../shared/catalog/run/runnable.ts';
import { ok, type Result } from '../../../shared/model/fault.ts';
import type { RuleText } from '../../../shared/model/rule.ts';
import type { RuleFile } from '../api.ts';
import { RuleCache } from './rule-cache.ts';

/** Files for which opening the cache is worth its time: it takes as long as reading some dozens of rules. */
const CACHED_FROM = 64;

/** What may hold the modifier `expand`, plainly or with escapes of YAML's double quotes. */
const MAY_EXPAND = /expand|\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|[ \t]*$)/im;

/** One loading of many rules. */
interface RuleReading {
  /** As `RuleReader.read`; what was read before comes from the cache. */
  readonly read: (text: string, fileName: string) => RuleText;
  /** Keeps what was read, once all has been. Fails where the cache cannot be written: nothing is lost by that. */
  readonly keep: () => Promise<Result<unknown>>;
}

/**
 * Reads rule files of all vendors. Holds what rules need besides their own text: the search macros that the folders of
 * Splunk's rules define, and the user's lists for placeholders. The mappings are read when the first rule of another vendor than Sigma comes.
 */
export class RuleReader {
  readonly #macros = new Map<string, SplunkMacro>();
  readonly #macroFiles = new Map<string, RuleFile>();
  /** Of all macros; undefined where they have changed since. */
  #macroHash: string | undefined;
  /** Lists, and the texts they are from, by the path of their file. */
  readonly #lists = new Map<string, Placeholders>();
  readonly #listTexts = new Map<string, string>();
  #placeholders: Placeholders = {};
  #placeholderHash = '';
  #hasNewLists = false;
  readonly #mappings: () => LoadedRunMappings;

  /**
   * @param contentFolder holds `mappings/`.
   * @param cacheFolder where read rules are kept between runs; undefined to keep none.
   */
  constructor(
    contentFolder: string,
    private readonly cacheFolder?: string,
  ) {
    this.#mappings = once(() => loadRunMappings(contentFolder));
  }

  /** Takes macros and lists out of some files, for all rules that are read from now on. Gives the other files. */
  take(files: readonly RuleFile[]): readonly RuleFile[] {
    return files.filter((file) => {
      if (file.kind === 'placeholders') {
        if (this.#listTexts.get(file.path) === file.text) return false;
        this.#listTexts.set(file.path, file.text);
        this.#hasNewLists = true;
        this.#lists.set(file.path, readPlaceholders(file.text).lists);
        this.#placeholders = Object.assign(Object.create(null) as object, ...this.#lists.values()) as Placeholders;
        this.#placeholderHash = hashOf(JSON.stringify(this.#placeholders));
        return false;
      }
      if (!/^definition[ \t]*:/m.test(file.text)) return true;
      if (detectDialect(file.text, file.name) !== 'splunk-macro') return true;
      const macro = readSplunkMacro(file.text, file.name);
      if (!macro) return true;
      this.#macros.set(macro.name, macro);
      this.#macroHash = undefined;
      this.#macroFiles.set(file.path, file);
      return false;
    });
  }

  /** Of some files those whose rules read otherwise since lists changed, if they have since the last time this was asked. */
  outdated(files: readonly RuleFile[]): readonly RuleFile[] {
    if (!this.#hasNewLists) return [];
    this.#hasNewLists = false;
    return files.filter(({ text }) => MAY_EXPAND.test(text));
  }

  /** Files of the macros that have been taken, to be kept with the rules. */
  get macroFiles(): readonly RuleFile[] {
    return [...this.#macroFiles.values()];
  }

  /** Reads a rule file's text, whatever the vendor. Never throws on bad text. */
  readonly read = (text: string, fileName: string): RuleText =>
    readAnyRules(text, fileName, this.#mappings, this.#macros, { placeholders: this.#placeholders });

  /** Begins the loading of some number of files, after `take` has seen them. */
  async reading(files: number): Promise<RuleReading> {
    if (this.cacheFolder === undefined || files < CACHED_FROM) {
      return { read: this.read, keep: () => Promise.resolve(ok(undefined)) };
    }
    const cache = await RuleCache.open(this.cacheFolder);
    return {
      read: (text, fileName) => {
        const key = hashOf(`${this.contextOf(text, fileName)}\0${text}`);
        const known = cache.get(key);
        if (known) return known;
        const read = this.read(text, fileName);
        cache.put(key, read);
        return read;
      },
      keep: () => cache.save(),
    };
  }

  /**
   * What besides its text decides what a text's rules are: its language, and of macros, lists and mappings those that
   * the language asks for. Of Sigma's rules nothing hangs on the name of their file.
   */
  readonly contextOf = (text: string, fileName: string): string => {
    const dialect = detectDialect(text, fileName) ?? 'sigma';
    const around =
      dialect === 'sigma'
        ? [MAY_EXPAND.test(text) ? this.#placeholderHash : '']
        : [fileName, this.#mappings().hash, dialect === 'splunk' ? this.#hashOfMacros() : ''];
    return [dialect, ...around].join('\0');
  };

  #hashOfMacros(): string {
    return (this.#macroHash ??= hashOf(JSON.stringify([...this.#macros])));
  }
}

interface LoadedRunMappings extends RunMappings {
  /** Of the files' texts. */
  readonly hash: string;
}

/**
 * Opens the mappings that running other vendors' rules needs. Throws, naming the file, where one is missing, and where one
 * is broken when it is first used: rules that come from the cache need none.
 */
export function loadRunMappings(contentFolder: string): LoadedRunMappings {
  const catalog = loadCatalogMappings(contentFolder);
  const path = join(contentFolder, 'mappings', 'run-events.yaml');
  const naming = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  };
  const text = naming(() => readFileSync(path, 'utf8'));
  const run = once(() => naming(() => readRunEvents(text)));
  return {
    get fields() {
      return catalog.fields;
    },
    get events() {
      return catalog.events;
    },
    get run() {
      return run();
    },
    hash: hashOf(`${catalog.hash} ${text}`),
  };
}
