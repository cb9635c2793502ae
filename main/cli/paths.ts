import { stat } from 'node:fs/promises';
import { accessFault, type SourceRoot } from '../ingest/source.ts';
import type { CommandContext } from './context.ts';
import { printable } from './text.ts';

/** A path as a root that is named as the user wrote it. */
export function asGiven(path: string): SourceRoot {
  return { path, name: path };
}

/**
 * Whether each path is there; says on stderr which one is not.
 * @param what stands before the path in the message, such as `--rules `.
 */
export async function canRead(paths: readonly string[], what: string, context: CommandContext): Promise<boolean> {
  for (const path of paths) {
    try {
      await stat(path);
    } catch (error) {
      context.stderr.write(`rulewright: ${what}${printable(path)}: ${accessFault(error, path).message}\n`);
      return false;
    }
  }
  return true;
}
