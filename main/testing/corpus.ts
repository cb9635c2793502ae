import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Path below the shared folder of real rules and logs, which stands beside the project; undefined where it is absent.
 * Tests that need it are then skipped, with a line that says so.
 */
export function corpusPath(...parts: string[]): string | undefined {
  const path = join(projectRoot, '..', 'shared', ...parts);
  if (existsSync(path)) return path;
  console.warn(`skipped: ../shared/${parts.join('/')} is absent`);
  return undefined;
}
