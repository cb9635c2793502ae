import path from 'node:path';

/** Paths that one start of the program may name. */
const PATH_LIMIT = 10_000;

/**
 * Paths among the command line's arguments: what is neither a switch nor the program itself.
 * @param own arguments that are the program's: its file, and in development its folder too.
 */
export function pathArguments(argv: readonly string[], own: number, folder: string): string[] {
  return argv
    .slice(own)
    .filter((arg) => arg !== '' && !arg.startsWith('-'))
    .map((arg) => path.resolve(folder, arg));
}

/** What a second start hands to the one that runs. Its raw arguments would not do: Chromium reorders and adds some. */
export interface SecondStart {
  readonly paths: readonly string[];
}

/** Paths of a second start; none of anything else than such a start hands over. */
export function pathsOfSecondStart(data: unknown): string[] {
  const paths = typeof data === 'object' && data !== null && 'paths' in data ? data.paths : undefined;
  if (!Array.isArray(paths)) return [];
  return paths
    .filter((of): of is string => typeof of === 'string' && of.length <= 32_768 && path.isAbsolute(of))
    .slice(0, PATH_LIMIT);
}
