import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputFault } from './input/byte-input.ts';
import type { Archives } from './input/archives.ts';
import { accessFault, findSources, type FoundSource, type SourceRoot } from './source.ts';

/**
 * Walks files and folders as `findSources` does, and goes on into zip archives: each file in one is an item of its own,
 * under the archive's name. An archive that cannot be opened is an item with a fault.
 */
export async function findLogs(
  roots: readonly SourceRoot[],
  archives: Archives,
  isCancelled: () => boolean = () => false,
): Promise<FoundSource[]> {
  const logs: FoundSource[] = [];
  for (const part of await byPlace(roots)) {
    if ('known' in part) {
      logs.push(part.known);
      continue;
    }
    for (const source of await findSources(part.roots, isCancelled)) {
      if (isCancelled()) break;
      if (source.fault) logs.push(source);
      else if (source.bytes === 0) logs.push({ ...source, isEmpty: true });
      else logs.push(...(await withinOf(source, archives)));
    }
  }
  return logs;
}

type Part = { readonly roots: SourceRoot[] } | { readonly known: FoundSource };

/**
 * Neighbouring roots together, so that a folder is walked once however often it is met; and by themselves those logs
 * that are within archives, where walking does not come to them.
 */
async function byPlace(roots: readonly SourceRoot[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const root of roots) {
    const last = parts.at(-1);
    const { path, name, bytes } = root;
    if (bytes !== undefined && (await isWithinFile(path))) parts.push({ known: { path, displayName: name, bytes } });
    else if (last && 'roots' in last) last.roots.push(root);
    else parts.push({ roots: [root] });
  }
  return parts;
}

async function isWithinFile(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    // On Windows a path that goes on behind a file is simply not found.
    const { code } = error as NodeJS.ErrnoException;
    return (code === 'ENOTDIR' || code === 'ENOENT') && (await hasFileAbove(path));
  }
}

async function hasFileAbove(path: string): Promise<boolean> {
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
    const stats = await stat(at).catch(() => undefined);
    if (stats) return stats.isFile();
  }
  return false;
}

async function withinOf(source: FoundSource, archives: Archives): Promise<FoundSource[]> {
  const { path, displayName } = source;
  try {
    const logs = await archives.logsIn(path);
    if (!logs) return [source];
    if (logs.length > 0) {
      return logs.map((log) => ({ ...log, displayName: displayName + log.path.slice(path.length) }));
    }
    const fault = { code: 'unreadable-source', message: 'The zip archive is empty', file: displayName } as const;
    return [{ ...source, fault }];
  } catch (error) {
    if (error instanceof InputFault) return [{ ...source, fault: { ...error.fault, file: displayName } }];
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return [{ ...source, fault: accessFault(error, displayName) }];
  }
}
