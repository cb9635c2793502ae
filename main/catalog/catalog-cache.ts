import { join } from 'node:path';
import type { Dialect } from '../../shared/catalog/detect.ts';
import type { SplunkMacro } from '../../shared/catalog/dialects/splunk/macro.ts';
import type { CatalogFileRules } from '../../shared/catalog/read-catalog.ts';
import type { Result } from '../../shared/model/fault.ts';
import { readCacheFile, writeCacheFile } from '../cache/cache-file.ts';
import { packFile, unpackFile, type PackedFile, TextTable } from './pack.ts';

/**
 * What the catalog keeps between runs, in one file (see main/cache/cache-file.ts): each rule file's rules, by path,
 * with what tells whether the file has changed. Every line is JSON: first what the files share, then a rule file a line,
 * so that each is taken apart while it is young (as one text, half the time went into collecting garbage).
 */
export interface CachedFile extends CatalogFileRules {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** SHA-256 of the content, in hex. */
  readonly hash: string;
  /** Undefined for a file that holds no rule. */
  readonly dialect: Dialect | undefined;
  /** Set for a file of a Splunk macro. */
  readonly macro: SplunkMacro | undefined;
}

export interface CatalogCache {
  readonly files: readonly CachedFile[];
  /** Of all Splunk macros: what they are decides what Splunk's rules are. */
  readonly macroHash: string;
}

const FILE_NAME = 'catalog.cache';

/** @param mappings hash of the mappings that the rules were read with. */
const contentOf = (mappings: string): string => `catalog ${mappings}`;

interface Shared {
  readonly texts: readonly string[];
  readonly macroHash: string;
}

/**
 * Reads the cache of a folder; undefined where there is none that can be used.
 * @param mappings hash of the mappings that the rules were read with.
 */
export async function loadCache(folder: string, mappings: string): Promise<CatalogCache | undefined> {
  const lines = await readCacheFile(join(folder, FILE_NAME), contentOf(mappings));
  const [first, ...rest] = lines ?? [];
  if (!first) return undefined;
  try {
    // The file's hash says that it is what saveCache wrote.
    const { texts, macroHash } = JSON.parse(first.toString()) as Shared;
    return { macroHash, files: rest.map((line) => unpackFile(JSON.parse(line.toString()) as PackedFile, texts)) };
  } catch {
    return undefined;
  }
}

/** Writes the cache, in place of the one before. */
export function saveCache(folder: string, mappings: string, cache: CatalogCache): Promise<Result<unknown>> {
  const table = new TextTable();
  const files = cache.files.map((file) => JSON.stringify(packFile(file, table)));
  const shared = JSON.stringify({ texts: table.texts, macroHash: cache.macroHash } satisfies Shared);
  return writeCacheFile(join(folder, FILE_NAME), contentOf(mappings), [shared, ...files]);
}
