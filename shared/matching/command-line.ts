/** One argument of a command line: its text without quotes, and the range that it was written in. */
export interface Argument {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a command line into its arguments as Windows does (CommandLineToArgvW, shellapi.h):
 * - Blanks (space and tab) outside quotes end an argument. A quote begins or ends a quoted part and is dropped.
 * - 2n backslashes before a quote are n, and the quote is such a mark; 2n+1 are n, and the quote is a character.
 *   Other backslashes stand for themselves.
 * - A quote right behind one that ended a quoted part is a character, and the quoted part goes on.
 * - The first argument is the program: it ends at the next quote where it begins with one, else at the next blank;
 *   backslashes mean nothing in it.
 *
 * Example: `"C:\a b\x.exe" -e "say \"hi\"" c\\"d e"` is `C:\a b\x.exe`, `-e`, `say "hi"`, `c\d e`.
 */
export function commandLineArguments(line: string): Argument[] {
  const found: Argument[] = [];
  let at = skipBlanks(line, 0);
  if (at >= line.length) return found;
  const program = readProgram(line, at);
  found.push(program);
  at = skipBlanks(line, program.end);
  while (at < line.length) {
    const argument = readArgument(line, at);
    found.push(argument);
    at = skipBlanks(line, argument.end);
  }
  return found;
}

function isBlank(unit: string | undefined): boolean {
  return unit === ' ' || unit === '\t';
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (isBlank(line[at])) at++;
  return at;
}

function readProgram(line: string, start: number): Argument {
  if (line[start] === '"') {
    const close = line.indexOf('"', start + 1);
    const end = close < 0 ? line.length : close;
    return { text: line.slice(start + 1, end), start, end: Math.min(end + 1, line.length) };
  }
  let end = start;
  while (end < line.length && !isBlank(line[end])) end++;
  return { text: line.slice(start, end), start, end };
}

function readArgument(line: string, start: number): Argument {
  let text = '';
  let isQuoted = false;
  let at = start;
  while (at < line.length && (isQuoted || !isBlank(line[at]))) {
    let slashes = 0;
    while (line[at] === '\\') {
      slashes++;
      at++;
    }
    if (line[at] !== '"') {
      text += '\\'.repeat(slashes);
      // The character behind the backslashes: a blank may end the argument.
      if (slashes === 0) text += line[at++] ?? '';
      continue;
    }
    text += '\\'.repeat(slashes >> 1);
    at++;
    if (slashes % 2 === 1) text += '"';
    else if (isQuoted && line[at] === '"') {
      text += '"';
      at++;
    } else isQuoted = !isQuoted;
  }
  return { text, start, end: at };
}
