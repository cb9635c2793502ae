import { win32 } from 'node:path';
import { fail } from '../../../shared/model/fault.ts';
import type { ReadRaw } from './detail.ts';

/** Of an open case: where it is kept, '' for a new one, and the logs that were opened since, by path. */
export interface CasePlaces {
  readonly file: string;
  readonly opened: ReadonlySet<string>;
}

/**
 * Reads what users opened, and of what a case file names only files of this computer and of the share that the case is
 * on. A case can come from anyone, and Windows offers the user's credentials to whichever computer a path names.
 */
export function reachable(readRaw: ReadRaw, { file, opened }: CasePlaces): ReadRaw {
  return (path, ...place) => {
    if (isElsewhere(path) && !opened.has(path) && rootOf(path) !== rootOf(file)) {
      return fail({
        code: 'unreadable-source',
        message: `The case names a log on another computer (${rootOf(path)}): open the log there to see its raw text`,
      });
    }
    return readRaw(path, ...place);
  };
}

/** A share, or a device, in any of the ways in which Windows writes them. */
function isElsewhere(path: string): boolean {
  return /^[\\/]{2}/.test(path);
}

function rootOf(path: string): string {
  return win32.parse(win32.normalize(path)).root.toLowerCase();
}
