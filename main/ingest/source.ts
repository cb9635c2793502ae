import { opendir, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Stats } from 'node:fs';
import type { Fault } from '../../shared/model/fault.ts';

/** A file to read, or what stood in the way: each becomes one line of the ledger. */
export interface FoundSource {
  readonly path: string;
  /** As the user named it: the path as given, and for a file in a folder its relative part, joined with `/`. */
  readonly displayName: string;
  readonly bytes: number;
  /**
   * Had no bytes when it was found, and is not opened: what has got some since may be a command's own output, whose
   * reading would never end.
   */
  readonly isEmpty?: true;
  /** Set where it cannot be read at all. */
  readonly fault?: Fault;
  /** It was found before, by another way; its fault says by which. */
  readonly isRepeated?: true;
}

/** A file or folder that the user opened, and the name to show it under. */
export interface SourceRoot {
  readonly path: string;
  readonly name: string;
  /** Set where it is one log that was opened before; its path may go on within a zip archive. */
  readonly bytes?: number;
}

/**
 * Walks files and folders, in order of name, to a flat list. Whatever cannot be opened (no permission, vanished,
 * a pipe or device, a link in a circle) is an item with a fault; everything else goes on. A folder that is met
 * again through a link is such an item: its events would count twice, and links can multiply without end. So is a file
 * that is met again because the roots overlap.
 * @param isCancelled asked at each entry: the walk then ends with what it has.
 */
export async function findSources(
  roots: readonly SourceRoot[],
  isCancelled: () => boolean = () => false,
): Promise<FoundSource[]> {
  const found: FoundSource[] = [];
  // One root has no file twice, but for links to files; then their real paths need not be asked for.
  const walk: Walk = { found, seen: new Map(), comparesFiles: roots.length > 1, isCancelled };
  for (const root of roots) await visit(root.path, root.name, walk);
  return found;
}

interface Walk {
  readonly found: FoundSource[];
  /** Real path of each folder that was entered (and of files, where those are compared), and the name it had then. */
  readonly seen: Map<string, string>;
  readonly comparesFiles: boolean;
  readonly isCancelled: () => boolean;
}

async function visit(path: string, name: string, walk: Walk): Promise<void> {
  if (walk.isCancelled()) return;
  const { found } = walk;
  let stats: Stats;
  try {
    stats = await stat(path);
  } catch (error) {
    found.push({ path, displayName: name, bytes: 0, fault: accessFault(error, name) });
    return;
  }
  if (stats.isFile()) {
    const repeated = walk.comparesFiles ? await repeatedAs(path, name, 'file', walk) : undefined;
    found.push(repeated ?? { path, displayName: name, bytes: stats.size });
  } else if (stats.isDirectory()) {
    await visitFolder(path, name, walk);
  } else {
    const message = `Not a regular file (${specialKind(stats)})`;
    found.push({ path, displayName: name, bytes: 0, fault: { code: 'unreadable-source', message, file: name } });
  }
}

async function visitFolder(path: string, name: string, walk: Walk): Promise<void> {
  const names: string[] = [];
  try {
    const repeated = await repeatedAs(path, name, 'folder', walk);
    if (repeated) {
      walk.found.push(repeated);
      return;
    }
    for await (const entry of await opendir(path)) names.push(entry.name);
  } catch (error) {
    walk.found.push({ path, displayName: name, bytes: 0, fault: accessFault(error, name) });
    return;
  }
  names.sort();
  for (const entry of names) await visit(join(path, entry), join(name, entry), walk);
}

/** The item of a file or folder that was met before; undefined for one that was not, which is noted then. */
async function repeatedAs(
  path: string,
  name: string,
  what: 'file' | 'folder',
  { seen }: Walk,
): Promise<FoundSource | undefined> {
  const real = await realpath(path).catch(() => path);
  const before = seen.get(real);
  seen.set(real, before ?? name);
  if (before === undefined) return undefined;
  const message = `The same ${what} as ${before}, read once`;
  return {
    path,
    displayName: name,
    bytes: 0,
    isRepeated: true,
    fault: { code: 'unreadable-source', message, file: name },
  };
}

/** Joins as the user would write it: keeps `./` and `../` in front, and puts one separator. */
function join(folder: string, entry: string): string {
  const ends = folder.endsWith('/') || folder.endsWith(sep);
  return ends ? folder + entry : folder + sep + entry;
}

function specialKind(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * A failure to open or read, in words. The error's own text is left out: it holds the path.
 * @param name display name of the file; left out where the caller adds it.
 */
export function accessFault(error: unknown, name?: string): Fault {
  const code = (error as NodeJS.ErrnoException).code ?? 'no error code';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'No such file or folder',
    EACCES: 'No permission to read it',
    EPERM: 'No permission to read it',
    ELOOP: 'The links lead round in a circle',
    ENAMETOOLONG: 'The name is too long',
    EMFILE: 'Too many files are open',
    EIO: 'The disk reported a read error',
    EBUSY: 'Another program holds the file',
  };
  const message = known[code] ?? 'It could not be read';
  return { code: 'unreadable-source', message, detail: code, ...(name === undefined ? {} : { file: name }) };
}
