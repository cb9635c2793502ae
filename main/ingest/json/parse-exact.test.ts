import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonSyntaxError, parseExact, type JsonValue } from './parse-exact.ts';

/** The same value with numbers as the texts that JSON.stringify gives them. */
const numbersAsText = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'number' ? JSON.stringify(part) : part,
  ) as unknown;

it('agrees with JSON.parse but for numbers', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(JSON.parse(JSON.stringify(parseExact(text, 100)))).toEqual(numbersAsText(JSON.parse(text)));
    }),
  );
});

it('keeps every digit', () => {
  const text = '{"a":12345678901234567890,"b":1.0,"c":[-0,1E+2,0.10],"__proto__":1.50}';
  const value = parseExact(text, 10) as Record<string, JsonValue>;
  expect(Object.entries(value)).toEqual([
    ['a', '12345678901234567890'],
    ['b', '1.0'],
    ['c', ['-0', '1E+2', '0.10']],
    ['__proto__', '1.50'],
  ]);
});

it('refuses exactly what JSON.parse refuses, at a place within the text', () => {
  const scrap = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\n',
    ' ',
    '1',
    'e',
    '.',
    '-',
    '0',
    'null',
    '\\u00e9',
  );
  fc.assert(
    fc.property(fc.array(scrap, { maxLength: 12 }), (scraps) => {
      const text = scraps.join('');
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      try {
        parseExact(text, 100);
        expect(valid).toBe(true);
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        expect(valid).toBe(false);
        expect(error.position).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 3000 },
  );
});

it('reads a string of megabytes and refuses deep nesting without exhausting the stack', () => {
  const long = 'x'.repeat(8 << 20);
  expect(parseExact(`"${long}\\n"`, 5)).toBe(`${long}\n`);
  expect(() => parseExact('['.repeat(100_000), 256)).toThrow(JsonSyntaxError);
});
