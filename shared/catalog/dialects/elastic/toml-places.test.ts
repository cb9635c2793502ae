import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { decodeTomlString, findTomlPlaces } from './toml-places.ts';

/** The string at a path, decoded here; the TOML reader is the oracle. */
function decoded(text: string, path: string): string | undefined {
  const place = findTomlPlaces(text).find(path)[0];
  return place && decodeTomlString(text, place.value)?.text;
}

const piece = fc.constantFrom(
  'a',
  ' ',
  '\\\\',
  '\\"',
  '\\t',
  '\\u0041',
  '\\U0001F600',
  "'",
  '"',
  '#',
  '[',
  '=',
  '\n',
  '\\\n  ',
  'é',
  '\r\n',
);

describe('places in TOML', () => {
  it('decode block strings as the TOML reader does, each character at its place', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom('"""', "'''"),
        fc.boolean(),
        (pieces, quotes, breaks) => {
          const source = `x = 1 # "\n[rule]\nquery = ${quotes}${breaks ? '\n' : ''}${pieces.join('')}${quotes}\nnext = 1\n`;
          // smol-toml 1.9 loses a quote that follows a line-end backslash and stands before the closing three.
          if (/\\\s*"{4,5}\nnext/.test(source)) return;
          let expected: unknown;
          try {
            expected = (parse(source)['rule'] as Record<string, unknown>)['query'];
          } catch {
            return;
          }
          expect(decoded(source, 'rule.query')).toBe(expected);
          const value = findTomlPlaces(source).find('rule.query')[0]?.value ?? { start: 0, end: 0 };
          const string = decodeTomlString(source, value);
          if (!string) throw new Error('no string');
          for (let at = 0; at < string.text.length; at++) {
            const { start } = string.place({ start: at, end: at + 1 });
            const char = string.text[at] as string;
            expect(
              source[start] === char || source[start] === '\\' || source.slice(start - 9, start).includes('\\'),
            ).toBe(true);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('find keys whatever stands around them', () => {
    const source = [
      'a = [ "x]", # ]\n  { q = "}" } ]',
      '[rule]',
      "list = ['''a\n]''', \"b\"]",
      '"odd.key" = 1',
      'query = "q" # query = "z"',
      '[[rule.filters]]',
      'b = true',
      '[[rule.filters]]',
      '[rule.filters.meta]',
      'negate = true',
    ].join('\n');
    parse(source);
    const places = findTomlPlaces(source);
    const written = (path: string): string[] =>
      places.find(path).map(({ value }) => source.slice(value.start, value.end).trim());
    expect(written('rule.query')).toEqual(['"q"']);
    expect(written('rule.odd.key')).toEqual(['1']);
    expect(written('rule.filters.meta.negate')).toEqual(['true']);
    expect(written('rule.list')).toEqual(["['''a\n]''', \"b\"]"]);
    expect(places.headers('rule.filters')).toHaveLength(2);
  });

  it('end, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        findTomlPlaces(text);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom('[', ']', '"', "'''", '=', '\n', 'a', '.', '#', '\\', '{')), (parts) => {
        findTomlPlaces(parts.join(''));
      }),
    );
  });
});
