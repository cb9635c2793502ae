import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damagedText, withoutPlaces } from '../../../syntax/tree.test-data.ts';
import { brief } from '../brief.test-data.ts';
import type { LuceneExpr, LuceneValue } from './ast.ts';
import { parseLucene } from './parse.ts';
import { printLucene } from './print.ts';
import { readLucene } from './read.ts';

const span = { start: 0, end: 0 };
const choices = fc.array(fc.nat(), { maxLength: 25 });
const read = (text: string): ReturnType<typeof readLucene> => readLucene({ text, place: (place) => place });
const test = (text: string): unknown => brief(read(text).events[0]?.predicates);

const name = fc.oneof(fc.stringMatching(/^[a-z.]{1,6}$/), fc.constantFrom('AND', 'a b', 'x:y', '\\', '/', '-a'));
const value: fc.Arbitrary<LuceneValue> = fc.oneof(
  fc.tuple(name, fc.boolean(), fc.boolean()).map(([literal, starred, fuzzy]): LuceneValue => ({
    kind: 'word',
    pieces: starred ? [{ literal }, { wild: '*' }] : [{ literal }],
    fuzzy,
    span,
  })),
  fc
    .tuple(fc.string({ maxLength: 6 }), fc.boolean())
    .map(([text, fuzzy]): LuceneValue => ({ kind: 'phrase', text, fuzzy, span })),
  fc.constantFrom('a+', '[0-9]{3}', 'x/y').map((source): LuceneValue => ({ kind: 'regex', source, span })),
  fc
    .tuple(fc.constantFrom('*', '1', 'a b'), fc.constantFrom('*', '9'), fc.boolean(), fc.boolean())
    .map(([from, to, includesFrom, includesTo]): LuceneValue => ({
      kind: 'range',
      from,
      to,
      includesFrom,
      includesTo,
      span,
    })),
);
const query = fc.letrec<{ query: LuceneExpr }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(fc.option(name, { nil: undefined }), value)
      .map(([field, tested]): LuceneExpr => ({ kind: 'term', field, value: tested, span })),
    fc.tuple(name, tie('query')).map(([field, child]): LuceneExpr => ({ kind: 'group', field, child, span })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('query'), { minLength: 2, maxLength: 3 }))
      .map(([kind, children]): LuceneExpr => ({ kind, children, span })),
    fc.tuple(fc.constantFrom('not', 'must'), tie('query')).map(([kind, child]): LuceneExpr => ({ kind, child, span })),
  ),
})).query;

describe('Lucene', () => {
  it('reads back what it prints', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const parsed = parseLucene(printLucene(tree));
        expect(parsed.ok ? withoutPlaces(parsed.tree) : parsed.fault.message).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 400 },
    );
  });

  it('gives a fault inside the text, and no exception, whatever the text', () => {
    const samples = ['a:(b OR /x[0-9]/) AND NOT c:"d e"~2 +f -g:[1 TO 5}', '_exists_:a && !(b || c^2) h:>=3'];
    fc.assert(
      fc.property(
        choices.map((numbers) =>
          damagedText(samples, ['(', ')', '"', '/', ':', '[', ' TO ', '\\', '~', '+', '!'], numbers),
        ),
        (text) => {
          for (const { span: place } of read(text).notParsed) expect(place.end).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 400 },
    );
    expect(parseLucene('('.repeat(50_000)).ok).toBe(false);
    expect(parseLucene('a '.repeat(20_000)).ok).toBe(true);
  });

  it('joins terms side by side by or, and lets + and - decide', () => {
    expect(test('a:1 b:2')).toEqual({ or: ['a eq 1', 'b eq 2'] });
    expect(test('+a:1 b:2 -c:3')).toEqual({ and: ['a eq 1', { not: 'c eq 3' }] });
    expect(test('a:1 AND b:2 +c:3')).toEqual({ and: ['a eq 1', 'b eq 2', 'c eq 3'] });
    expect(test('a:1 AND b:2 -c:3')).toEqual({ and: ['a eq 1', 'b eq 2', { not: 'c eq 3' }] });
    expect(test('f:[2024\\-01 TO *]')).toBe('f gte 2024-01');
    expect(test('a:1 AND b:2 OR c:3')).toEqual({ or: [{ and: ['a eq 1', 'b eq 2'] }, 'c eq 3'] });
  });

  it('gives a group its field, and reads every kind of value', () => {
    expect(test('f:(a OR b*)')).toEqual({ or: ['f eq a', 'f starts_with b'] });
    expect(test('f:/a.b/')).toBe('f match a.b');
    expect(brief(read('f:/a.b/').condition)).toBe('f match ^(?:a.b)$');
    expect(test('f:[1 TO 5}')).toEqual({ and: ['f gte 1', 'f lt 5'] });
    expect(test('f:>3 AND _exists_:g')).toEqual({ and: ['f gt 3', 'g is_not_null'] });
    expect(test('source.ip:"10.0.0.0/8"')).toBe('source.ip cidr 10.0.0.0/8');
  });

  it('does not run word searches', () => {
    for (const text of ['word', 'f:word~', 'f.*:1']) expect(read(text).condition).toBeUndefined();
  });
});
