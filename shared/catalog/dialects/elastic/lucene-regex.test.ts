import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchored, translateLuceneRegex } from './lucene-regex.ts';

/** Whether a Lucene expression matches a text, by way of the translation. */
function matches(source: string, text: string): boolean | string {
  const translated = translateLuceneRegex(source);
  return translated.ok ? new RegExp(anchored(translated.pattern), 's').test(text) : translated.reason;
}

describe('regular expressions of Lucene', () => {
  it('cover the whole value', () => {
    expect(matches('ab', 'ab')).toBe(true);
    expect(matches('ab', 'xab')).toBe(false);
    expect(matches('a|b', 'bx')).toBe(false);
  });

  it('take ^ and $ literally, and quoted text', () => {
    expect(matches('^a$', '^a$')).toBe(true);
    expect(matches('a"b.c"d', 'ab.cd')).toBe(true);
    expect(matches('a"b.c"d', 'abxcd')).toBe(false);
  });

  it('take @ for any text, and an escaped one for itself', () => {
    expect(matches('a@', 'a whole\nline')).toBe(true);
    expect(matches('a\\@', 'a@')).toBe(true);
    expect(matches('a\\@', 'ab')).toBe(false);
  });

  it('keep classes, whatever stands in them', () => {
    expect(matches('[^a-c]', 'd')).toBe(true);
    expect(matches('[]a]', ']')).toBe(true);
    expect(matches('[a[]', '[')).toBe(true);
    expect(matches('[$^.]', '^')).toBe(true);
    expect(matches('\\d[\\-_]\\n', '5-n')).toBe(true);
  });

  it('are refused where RE2 has no equal', () => {
    for (const source of ['a&b', '~a', '<1-5>', '#', 'a\\', '[a', '"a', '(?:a)'])
      expect(matches(source, '')).toBeTypeOf('string');
  });

  it('match exactly the text that they are made of, escaped', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (text, other) => {
        const source = text.replace(/[^A-Za-z0-9]/g, '\\$&');
        expect(matches(source, text)).toBe(true);
        expect(matches(source, other)).toBe(text === other);
      }),
    );
  });
});
