import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLineArguments } from './command-line.ts';

const texts = (line: string): string[] => commandLineArguments(line).map(({ text }) => text);

/** Writes an argument so that CommandLineToArgvW gives it back (Microsoft, "Everyone quotes arguments the wrong way"). */
function quoted(argument: string): string {
  if (argument !== '' && !/[ \t"]/.test(argument)) return argument;
  const inner = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
  return `"${inner}"`;
}

describe("a command line's arguments", () => {
  // The examples of Microsoft's documentation of CommandLineToArgvW and of the C runtime's parsing.
  it.each([
    ['x "a b c" d e', ['x', 'a b c', 'd', 'e']],
    ['x "ab\\"c" "\\\\" d', ['x', 'ab"c', '\\', 'd']],
    ['x a\\\\\\b d"e f"g h', ['x', 'a\\\\\\b', 'de fg', 'h']],
    ['x a\\\\\\"b c d', ['x', 'a\\"b', 'c', 'd']],
    ['x a\\\\\\\\"b c" d e', ['x', 'a\\\\b c', 'd', 'e']],
    ['x a"b"" c d', ['x', 'ab" c d']],
    ['"C:\\Program Files\\x.exe" /c\tdir ""', ['C:\\Program Files\\x.exe', '/c', 'dir', '']],
    ['"C:\\a\\"b c', ['C:\\a\\', 'b', 'c']],
    ['C:\\a\\"b c" d', ['C:\\a\\"b', 'c d']],
    ['  x   y  ', ['x', 'y']],
    ['x "never closed', ['x', 'never closed']],
    ['x \\', ['x', '\\']],
    ['', []],
  ])('%j', (line, wanted) => {
    expect(texts(line)).toEqual(wanted);
  });

  it('come back from how they are quoted', () => {
    const argument = fc.string({ unit: fc.constantFrom('a', ' ', '\\', '"', '\t', '-') });
    fc.assert(
      fc.property(fc.array(argument), (all) => {
        expect(texts(['x.exe', ...all.map(quoted)].join(' '))).toEqual(['x.exe', ...all]);
      }),
    );
  });

  it('stand where they were written', () => {
    const line = 'x.exe  -a  "b c"d';
    expect(commandLineArguments(line).map(({ start, end }) => line.slice(start, end))).toEqual([
      'x.exe',
      '-a',
      '"b c"d',
    ]);
  });
});
