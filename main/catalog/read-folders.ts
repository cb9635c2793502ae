import { readFileSync } from 'node:fs';
import type { CatalogEntry } from '../../shared/catalog/index/catalog-index.ts';
import { detectDialect, type Dialect } from '../../shared/catalog/detect.ts';
import { readSplunkMacro, type SplunkMacro } from '../../shared/catalog/dialects/splunk/macro.ts';
import type { NotParsed } from '../../shared/catalog/normalise/normalised-rule.ts';
import { readCatalogFile, type CatalogFileRules } from '../../shared/catalog/read-catalog.ts';
import type { Fault } from '../../shared/model/fault.ts';
import { Pace } from '../engine/pace.ts';
import { accessFault, type SourceRoot } from '../ingest/source.ts';
import { hashOf } from '../cache/cache-file.ts';
import { loadCache, saveCache, type CachedFile } from './catalog-cache.ts';
import type { LoadedMappings } from './mappings.ts';
import { ruleText } from './rule-text.ts';
import { findRuleFiles, type RuleFileFound } from './rule-files.ts';

export interface CatalogProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly rules: number;
  /** Display name of the file at work. */
  readonly current: string;
}

export interface CatalogOptions {
  readonly roots: readonly SourceRoot[];
  readonly mappings: LoadedMappings;
  /** Where rules are kept between runs; undefined to keep none. */
  readonly cacheFolder: string | undefined;
  readonly signal?: AbortSignal;
  /** Called at most every 100 ms, and at the end. */
  readonly onProgress?: (progress: CatalogProgress) => void;
}

/** A fault of a file: a document of it could not be read, or so little that it does not say its techniques. */
export interface UnreadFile extends NotParsed {
  readonly file: string;
  /** Technique ids that stand in its text. */
  readonly mentions: readonly string[];
}

/** What rule folders hold. */
export interface CatalogFolders {
  readonly entries: readonly CatalogEntry[];
  readonly unread: readonly UnreadFile[];
  /** Files and folders that could not be opened. */
  readonly faults: readonly Fault[];
  /** Files with a rule file's ending that hold no rule. */
  readonly others: number;
  readonly macros: number;
  /** Splunk's macros by name. */
  readonly splunkMacros: ReadonlyMap<string, SplunkMacro>;
  readonly files: number;
  /** How many of the files were read anew, not taken from the cache. */
  readonly filesRead: number;
  readonly isCancelled: boolean;
}

/**
 * Reads the rules of all vendors from files and folders. Whatever can't be read is listed; everything else goes on.
 * Order of work: list the files; take from the cache what has not changed (same size and time, or else same content);
 * read Splunk's macros, on which its rules depend; then the rest. It gives way every few milliseconds.
 */
export async function readCatalogFolders(options: CatalogOptions): Promise<CatalogFolders> {
  const { roots, mappings, cacheFolder, signal } = options;
  const pace = new Pace(() => signal?.aborted ?? false);
  const { files, faults } = await findRuleFiles(roots, pace);
  const cache = cacheFolder === undefined ? undefined : await loadCache(cacheFolder, mappings.hash);
  const reader = new FolderReader(files, mappings, new Map(cache?.files.map((file) => [file.path, file])));
  const isWhole = await reader.run(pace, cache?.macroHash, options.onProgress);
  const result = reader.result(faults, !isWhole || (signal?.aborted ?? false));
  if (cacheFolder !== undefined && isWhole && (cache === undefined || reader.hasChanged)) {
    const saved = await saveCache(cacheFolder, mappings.hash, reader.cache);
    if (!saved.ok) return { ...result, faults: [...result.faults, saved.fault] };
  }
  return result;
}

const PROGRESS_MS = 100;
const NO_RULES: CatalogFileRules = { rules: [], faults: [], mentions: [] };

/** A file whose content is at hand, to be read in its dialect. */
interface Pending {
  readonly found: RuleFileFound;
  readonly text: string;
  readonly hash: string;
  readonly dialect: Exclude<Dialect, 'splunk-macro'>;
}

class FolderReader {
  readonly #done = new Map<string, CachedFile>();
  readonly #faults: Fault[] = [];
  #filesRead = 0;
  #rules = 0;
  #toldAt = 0;
  #macroHash = '';

  constructor(
    private readonly files: readonly RuleFileFound[],
    private readonly mappings: LoadedMappings,
    private readonly known: ReadonlyMap<string, CachedFile>,
  ) {}

  /** Gives false where it was cancelled. */
  async run(pace: Pace, macroHash: string | undefined, tell: CatalogOptions['onProgress']): Promise<boolean> {
    const later: RuleFileFound[] = [];
    for (const found of this.files) {
      if (pace.isDue && !(await this.#rest(pace, found, tell))) return false;
      if (!this.#takeUnchanged(found)) later.push(found);
    }
    const splunk: Pending[] = [];
    for (const found of later) {
      if (pace.isDue && !(await this.#rest(pace, found, tell))) return false;
      const pending = this.#open(found);
      if (pending?.dialect === 'splunk') splunk.push(pending);
      else if (pending) this.#read(pending, new Map());
    }
    const macros = this.#macros();
    this.#macroHash = hashOf(JSON.stringify([...macros]));
    if (this.#macroHash !== macroHash) splunk.push(...this.#reopenSplunk(splunk));
    for (const pending of splunk) {
      if (pace.isDue && !(await this.#rest(pace, pending.found, tell))) return false;
      this.#read(pending, macros);
    }
    tell?.({ ...this.#progress(''), filesDone: this.files.length });
    return true;
  }

  async #rest(pace: Pace, { name }: RuleFileFound, tell: CatalogOptions['onProgress']): Promise<boolean> {
    const now = performance.now();
    if (tell && now - this.#toldAt >= PROGRESS_MS) {
      this.#toldAt = now;
      tell(this.#progress(name));
    }
    return pace.rest();
  }

  #progress(current: string): CatalogProgress {
    return { filesDone: this.#done.size, filesTotal: this.files.length, rules: this.#rules, current };
  }

  #takeUnchanged(found: RuleFileFound): boolean {
    const known = this.known.get(found.path);
    if (known?.bytes !== found.bytes || known.modifiedMs !== found.modifiedMs) return false;
    this.#finish(found, known);
    return true;
  }

  /** Reads a file's bytes; gives it back where its rules are still to be read. */
  #open(found: RuleFileFound): Pending | undefined {
    let content: Buffer;
    try {
      content = readFileSync(found.path);
    } catch (error) {
      this.#faults.push(accessFault(error, found.name));
      return undefined;
    }
    this.#filesRead++;
    const hash = hashOf(content);
    const same = this.known.get(found.path)?.hash === hash ? this.known.get(found.path) : undefined;
    if (same) {
      this.#finish(found, same);
      return undefined;
    }
    const text = ruleText(content);
    const dialect = detectDialect(text, found.path);
    if (dialect !== undefined && dialect !== 'splunk-macro') return { found, text, hash, dialect };
    const macro = dialect === undefined ? undefined : readSplunkMacro(text, found.path);
    this.#finish(found, { ...this.#stamp(found, hash), ...NO_RULES, dialect, macro });
    return undefined;
  }

  #stamp(
    { path, bytes, modifiedMs }: RuleFileFound,
    hash: string,
  ): Pick<CachedFile, 'path' | 'bytes' | 'modifiedMs' | 'hash'> {
    return { path, bytes, modifiedMs, hash };
  }

  #read({ found, text, hash, dialect }: Pending, macros: ReadonlyMap<string, SplunkMacro>): void {
    const read = readCatalogFile(dialect, text, nearPath(found.path), macros, this.mappings);
    this.#finish(found, { ...this.#stamp(found, hash), ...read, dialect, macro: undefined });
  }

  #finish(found: RuleFileFound, file: CachedFile): void {
    this.#done.set(found.path, { ...file, ...this.#stamp(found, file.hash) });
    this.#rules += file.rules.length;
  }

  #macros(): ReadonlyMap<string, SplunkMacro> {
    const macros = new Map<string, SplunkMacro>();
    // In the order of the files, so that the same macros have the same hash.
    for (const { path } of this.files) {
      const macro = this.#done.get(path)?.macro;
      if (macro) macros.set(macro.name, macro);
    }
    return macros;
  }

  /** Splunk rules from the cache, whose macros have changed. */
  #reopenSplunk(pending: readonly Pending[]): readonly Pending[] {
    const opened = new Set(pending.map(({ found }) => found.path));
    return this.files.flatMap((found) => {
      const done = this.#done.get(found.path);
      if (done?.dialect !== 'splunk' || opened.has(found.path)) return [];
      try {
        this.#filesRead++;
        this.#rules -= done.rules.length;
        return [{ found, text: ruleText(readFileSync(found.path)), hash: done.hash, dialect: 'splunk' as const }];
      } catch (error) {
        this.#done.delete(found.path);
        this.#faults.push(accessFault(error, found.name));
        return [];
      }
    });
  }

  get hasChanged(): boolean {
    return this.#filesRead > 0 || this.#done.size !== this.known.size;
  }

  get cache(): { readonly files: readonly CachedFile[]; readonly macroHash: string } {
    return { files: [...this.#done.values()], macroHash: this.#macroHash };
  }

  result(faults: readonly Fault[], isCancelled: boolean): CatalogFolders {
    const entries: CatalogEntry[] = [];
    const unread: UnreadFile[] = [];
    let others = 0;
    let macros = 0;
    for (const { path, name, isNamed } of this.files) {
      const done = this.#done.get(path);
      if (!done) continue;
      if (done.macro) macros++;
      else if (done.dialect === undefined) others++;
      if (isNamed && done.dialect === undefined) unread.push(noRule(name));
      for (const rule of done.rules) entries.push({ file: name, rule });
      for (const fault of done.faults) unread.push({ ...fault, file: name, mentions: done.mentions });
    }
    const { size } = this.#done;
    const counts = { others, macros, files: size, filesRead: this.#filesRead };
    const splunkMacros = this.#macros();
    return { entries, unread, faults: [...faults, ...this.#faults], splunkMacros, ...counts, isCancelled };
  }
}

/** A file's name and the two folders above it, which tell platforms; folders further up are the user's own. */
function nearPath(path: string): string {
  return path.split(/[\\/]/).slice(-3).join('/');
}

function noRule(file: string): UnreadFile {
  const reason = 'Not a rule in a language that the catalog knows';
  return { file, isError: true, reason, line: 1, column: 1, mentions: [] };
}
