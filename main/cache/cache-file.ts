import { createHash, hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../../shared/model/fault.ts';
import { writeAtomically } from '../store/atomic-file.ts';

/**
 * A file of lines that may be lost at any time: what can be made again from something else, kept between runs. First
 * a header as JSON: what the lines hold, by which build of the program, and the hash of all that follows. A file of
 * another content or another build, a damaged one or one that is too large is as good as none. It is written beside
 * and renamed, so that programs that run at the same time each read a whole one; the last to write wins.
 */
interface Header {
  /** What the lines are and were made from; another is of no use. */
  readonly content: string;
  readonly program: string;
  readonly hash: string;
}

const NEWLINE = 10;

/**
 * Reads the lines of a cache file; undefined where there is none that can be used.
 * @param content as it was written with.
 * @param limit bytes; a larger file is not opened.
 */
export async function readCacheFile(
  path: string,
  content: string,
  limit = Infinity,
): Promise<readonly Buffer[] | undefined> {
  try {
    if ((await stat(path)).size > limit) return undefined;
    const bytes = await readFile(path);
    const end = bytes.indexOf(NEWLINE);
    const header = JSON.parse(bytes.toString('utf8', 0, end)) as Partial<Header>;
    if (header.content !== content || header.program !== programStamp()) return undefined;
    const body = bytes.subarray(end + 1);
    return header.hash === hashOf(body) ? linesOf(body) : undefined;
  } catch {
    // Not there, not readable, or no JSON.
    return undefined;
  }
}

/**
 * Writes a cache file in place of the one before, and its folder where that is missing. Fails where it may not.
 * @param lines without line feeds.
 */
export async function writeCacheFile(
  path: string,
  content: string,
  lines: readonly (string | Uint8Array)[],
): Promise<Result<unknown>> {
  const body = Buffer.concat(lines.flatMap((line, i) => [i === 0 ? '' : '\n', line].map((part) => Buffer.from(part))));
  const header: Header = { content, program: programStamp(), hash: hashOf(body) };
  // For the user alone: it holds what the user's files hold.
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(() => undefined);
  return writeAtomically(path, async (write) => {
    await write(Buffer.from(`${JSON.stringify(header)}\n`));
    await write(body);
  });
}

function linesOf(body: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < body.length;) {
    const found = body.indexOf(NEWLINE, start);
    const end = found < 0 ? body.length : found;
    lines.push(body.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

let stamp: string | undefined;

/**
 * Tells builds of the program apart, since another one may make other things of the same files: by all its modules,
 * for neither their dates nor their sizes tell in every package.
 */
function programStamp(): string {
  if (stamp !== undefined) return stamp;
  const folder = dirname(fileURLToPath(import.meta.url));
  const modules = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (/\.[cm]?[jt]s$/.test(name)) modules.update(`${name}\n`).update(readFileSync(join(folder, name)));
  }
  return (stamp = modules.digest('hex'));
}

/** SHA-256, in hex. */
export function hashOf(content: string | Uint8Array): string {
  return hash('sha256', content);
}
