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
  for (const source of await findSources(roots, isCancelled)) {
    if (isCancelled()) break;
    if (source.fault || source.bytes === 0) logs.push(source);
    else logs.push(...(await withinOf(source, archives)));
  }
  return logs;
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
