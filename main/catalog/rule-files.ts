import { readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { RULE_FILE_NAME } from '../../shared/catalog/detect.ts';
import type { Fault } from '../../shared/model/fault.ts';
import { accessFault, type SourceRoot } from '../ingest/source.ts';
import type { Pace } from '../engine/pace.ts';

/** Bytes of a rule file; the largest of the public collections is below 200 KiB. */
const FILE_LIMIT = 4 << 20;

/** A file that may hold rules. */
export interface RuleFileFound {
  /** Absolute. */
  readonly path: string;
  /** As the user named it. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Whether the user named the file itself, not a folder of it: then it is a fault if it holds no rule. */
  readonly isNamed: boolean;
}

export interface FilesFound {
  readonly files: readonly RuleFileFound[];
  /** Files and folders that could not be opened, each with its name. */
  readonly faults: readonly Fault[];
}

/**
 * Lists rule files, in order of name: each file given, whatever its name, and in folders those with a rule file's
 * ending; hidden files and folders such as `.git` are left out. What roots have in common is listed once; a folder that
 * a link leads to again is a fault.
 * The file system is asked synchronously, some milliseconds at a time: thousands of awaits would cost a second.
 */
export async function findRuleFiles(roots: readonly SourceRoot[], pace: Pace): Promise<FilesFound> {
  const files = new Map<string, RuleFileFound>();
  const faults: Fault[] = [];
  const seen: Seen = new Map();
  const visit = (path: string, name: string, isNamed: boolean): Promise<void> | undefined => {
    const stats = statsOf(path, name, faults);
    if (!stats) return undefined;
    if (stats.isDirectory()) return visitFolder(path, name);
    if (!stats.isFile()) faults.push({ code: 'unreadable-source', message: 'Not a regular file', file: name });
    else if (files.has(path) || (!isNamed && !RULE_FILE_NAME.test(path))) return undefined;
    else if (stats.size > FILE_LIMIT) {
      const message = `Larger than a rule file may be (${FILE_LIMIT >> 20} MiB)`;
      faults.push({ code: 'too-large', message, file: name });
    } else files.set(path, { path, name, bytes: stats.size, modifiedMs: stats.mtimeMs, isNamed });
    return undefined;
  };
  const visitFolder = async (path: string, name: string): Promise<void> => {
    const below = name.endsWith('/') ? name : `${name}/`;
    for (const entry of entriesOf(path, name, seen, faults)) {
      if (pace.isDue && !(await pace.rest())) return;
      const folder = visit(join(path, entry), below + entry, false);
      if (folder) await folder;
    }
  };
  for (const root of roots) await visit(resolve(root.path), root.name, true);
  return { files: [...files.values()], faults };
}

/** By real path: the path and the name by which a folder was met first. */
type Seen = Map<string, { readonly path: string; readonly name: string }>;

function statsOf(path: string, name: string, faults: Fault[]): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    faults.push(accessFault(error, name));
    return undefined;
  }
}

function entriesOf(path: string, name: string, seen: Seen, faults: Fault[]): readonly string[] {
  try {
    const real = realpathSync(path);
    const before = seen.get(real);
    if (before !== undefined) {
      const message = `The same folder as ${before.name}, read once`;
      if (before.path !== path) faults.push({ code: 'unreadable-source', message, file: name });
      return [];
    }
    seen.set(real, { path, name });
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && (!entry.isFile() || RULE_FILE_NAME.test(entry.name)))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    faults.push(accessFault(error, name));
    return [];
  }
}
