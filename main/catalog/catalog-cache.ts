import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../../shared/catalog/detect.ts';
import type { SplunkMacro } from '../../shared/catalog/dialects/splunk/macro.ts';
import type { CatalogFileRules } from '../../shared/catalog/read-catalog.ts';
import type { Result } from '../../shared/model/fault.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import { packFile, unpackFile, type PackedFile, TextTable } from './pack.ts';

/**
 * What the catalog keeps between runs, in one file: each rule file's rules, by path, with what tells whether the file
 * has changed. Every line is JSON: a header with the hash of all that follows; what the files share; then a rule file
 * a line, so that each is taken apart while it is young (as one text, half the time went into collecting garbage). A
 * file of another format, of another build or other mappings, or damaged is as good as none: everything is built anew.
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

const FORMAT = 2;
const FILE_NAME = 'catalog.cache';
const NEWLINE = 10;

interface Header {
  readonly format: number;
  readonly program: string;
  readonly mappings: string;
  readonly hash: string;
}

interface Shared {
  readonly texts: readonly string[];
  readonly macroHash: string;
}

/**
 * Reads the cache of a folder; undefined where there is none that can be used.
 * @param mappings hash of the mappings that the rules were read with.
 */
export async function loadCache(folder: string, mappings: string): Promise<CatalogCache | undefined> {
  try {
    const content = await readFile(join(folder, FILE_NAME));
    const end = content.indexOf('\n');
    const header = JSON.parse(content.toString('utf8', 0, end)) as Partial<Header>;
    if (header.format !== FORMAT || header.program !== programStamp() || header.mappings !== mappings) return undefined;
    const body = content.subarray(end + 1);
    if (header.hash !== hashOf(body)) return undefined;
    // The hash says that it is what saveCache wrote in this format.
    const lines = linesOf(body);
    const { texts, macroHash } = JSON.parse(lines.next().value as string) as Shared;
    const files: CachedFile[] = [];
    for (const line of lines) files.push(unpackFile(JSON.parse(line) as PackedFile, texts));
    return { macroHash, files };
  } catch {
    // Not there, not readable, or no JSON: a cache may be lost at any time.
    return undefined;
  }
}

/** Writes the cache, in place of the one before. */
export async function saveCache(folder: string, mappings: string, cache: CatalogCache): Promise<Result<unknown>> {
  const table = new TextTable();
  const files = cache.files.map((file) => JSON.stringify(packFile(file, table)));
  const shared = JSON.stringify({ texts: table.texts, macroHash: cache.macroHash } satisfies Shared);
  const body = [shared, ...files].join('\n');
  const header: Header = { format: FORMAT, program: programStamp(), mappings, hash: hashOf(body) };
  await mkdir(folder, { recursive: true }).catch(() => undefined);
  return writeAtomically(join(folder, FILE_NAME), async (write) => {
    await write(Buffer.from(`${JSON.stringify(header)}\n${body}`));
  });
}

function* linesOf(content: Buffer): Generator<string, undefined> {
  for (let start = 0; start < content.length;) {
    const found = content.indexOf(NEWLINE, start);
    const end = found < 0 ? content.length : found;
    yield content.toString('utf8', start, end);
    start = end + 1;
  }
}

/** Tells builds of the program apart: another one may read the same rules differently. */
function programStamp(): string {
  const { size, mtimeMs } = statSync(fileURLToPath(import.meta.url));
  return `${size} ${mtimeMs}`;
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
