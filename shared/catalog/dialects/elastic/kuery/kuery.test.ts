import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateNaively } from '../../../../matching/naive.ts';
import type { RegexEngine } from '../../../../matching/regex.ts';
import { damagedText, withoutPlaces } from '../../../syntax/tree.test-data.ts';
import type { Piece } from '../../../syntax/wildcards.ts';
import { brief } from '../brief.test-data.ts';
import type { KueryExpr, KueryLiteral, KueryValues } from './ast.ts';
import { parseKuery } from './parse.ts';
import { printKuery } from './print.ts';
import { readKuery } from './read.ts';

const span = { start: 0, end: 0 };
const choices = fc.array(fc.nat(), { maxLength: 25 });
const read = (text: string): ReturnType<typeof readKuery> => readKuery({ text, place: (place) => place });
const test = (text: string): unknown => brief(read(text).events[0]?.predicates);

/** These patterns mean the same to JavaScript. */
const regexes: RegexEngine = {
  name: 'js',
  compile: (pattern, flags) => {
    const regex = new RegExp(pattern, flags);
    return { ok: true, regex: { test: (text) => regex.test(text), find: () => undefined } };
  },
};

/** Neighbouring literals are one piece, as the parser makes them. */
function merged(pieces: readonly Piece[]): Piece[] {
  const list: Piece[] = [];
  for (const piece of pieces) {
    const last = list.at(-1);
    if (last && 'literal' in last && 'literal' in piece)
      list[list.length - 1] = { literal: last.literal + piece.literal };
    else list.push(piece);
  }
  return list;
}

const text = fc.oneof(
  fc.stringMatching(/^[a-z.]{1,6}$/),
  fc.constantFrom('and', 'OR', 'not', ' x ', 'a b', '\\', '"', ':', '(', '*', 'u0041', '\\and', '\n'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
);
const piece = fc.oneof(
  { weight: 3, arbitrary: text.map((literal): Piece => ({ literal })) },
  { weight: 1, arbitrary: fc.constant<Piece>({ wild: '*' }) },
);
const literal: fc.Arbitrary<KueryLiteral> = fc.oneof(
  fc
    .array(piece, { minLength: 1, maxLength: 4 })
    .map((pieces): KueryLiteral => ({ kind: 'literal', pieces: merged(pieces), quoted: false, span })),
  fc.array(text, { maxLength: 3 }).map((parts): KueryLiteral => {
    const joined = parts.join('');
    return { kind: 'literal', pieces: joined === '' ? [] : [{ literal: joined }], quoted: true, span };
  }),
);
const values = fc.letrec<{ values: KueryValues }>((tie) => ({
  values: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('values'), { minLength: 2, maxLength: 3 }))
      .map(([kind, children]): KueryValues => ({ kind, children, span })),
    tie('values').map((child): KueryValues => ({ kind: 'not', child, span })),
  ),
})).values;
const query = fc.letrec<{ query: KueryExpr }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(literal, values).map(([field, tested]): KueryExpr => ({ kind: 'is', field, values: tested, span })),
    fc
      .tuple(literal, fc.constantFrom('<', '<=', '>', '>='), literal)
      .map(([field, op, value]): KueryExpr => ({ kind: 'range', field, op, value, span })),
    literal.map((value): KueryExpr => ({ kind: 'bare', value, span })),
    fc.tuple(literal, tie('query')).map(([field, child]): KueryExpr => ({ kind: 'nested', field, child, span })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('query'), { minLength: 2, maxLength: 3 }))
      .map(([kind, children]): KueryExpr => ({ kind, children, span })),
    tie('query').map((child): KueryExpr => ({ kind: 'not', child, span })),
  ),
})).query;

const SAMPLES = [
  'event.category:process and not (process.name : ("a b" or c*d) or x >= 5)',
  'a.*:{ b:"c\\"d" and not e:\\*f } or g:(* and not (h or "i j"))',
];

describe('Kuery', () => {
  it('reads back what it prints', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const parsed = parseKuery(printKuery(tree));
        expect(parsed.ok ? withoutPlaces(parsed.tree) : parsed.fault.message).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 500 },
    );
  });

  it('gives a fault inside the text, and no exception, whatever the text', () => {
    fc.assert(
      fc.property(
        choices.map((numbers) =>
          damagedText(SAMPLES, ['(', ')', '{', '"', ':', ' and ', ' not ', '\\', '*', '<'], numbers),
        ),
        (damaged) => {
          for (const { span: place } of read(damaged).notParsed) {
            expect(place.start).toBeGreaterThanOrEqual(0);
            expect(place.end).toBeLessThanOrEqual(damaged.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses nesting without end, and reads long chains', () => {
    for (const opener of ['(', 'not ', 'a:(', 'a:{ ']) expect(parseKuery(opener.repeat(50_000)).ok).toBe(false);
    expect(parseKuery(`${'a:1 and '.repeat(20_000)}b:2`).ok).toBe(true);
  });

  it('binds and tighter than or, and not tightest', () => {
    expect(test('not a:1 and b:2 or c:3')).toEqual({ or: [{ and: [{ not: 'a eq 1' }, 'b eq 2'] }, 'c eq 3'] });
  });

  it('reads lists of values, with and, or, not inside', () => {
    expect(test('f:(a or "b" or c*)')).toEqual({ or: ['f eq a,b', 'f starts_with c'] });
    expect(test('f:(a and b)')).toBe('f eq a,b');
    expect(read('f:(a and b)').events[0]?.predicates).toMatchObject({ quantifier: 'all' });
    expect(test('f:(* and not (a or b*))')).toEqual({
      and: ['f is_not_null', { not: { or: ['f eq a', 'f starts_with b'] } }],
    });
  });

  it('takes quoted text and escaped signs literally, and blanks into unquoted text', () => {
    expect(test('f:"a*"')).toBe('f eq a*');
    expect(test('f:a\\*b')).toBe('f eq a*b');
    expect(test('f:*\\\\x\\:y*')).toBe('f contains \\x:y');
    expect(test('f:two words and g:1')).toEqual({ and: ['f eq two words', 'g eq 1'] });
    expect(test('f:what?')).toBe('f eq what?');
  });

  it('looks for words where Elasticsearch does', () => {
    const found = (query: string, script: string): boolean => {
      const { condition } = read(query);
      if (!condition) throw new Error('not run');
      return evaluateNaively(condition, { 'powershell.file.script_block_text': script }, regexes);
    };
    const field = 'powershell.file.script_block_text';
    expect(brief(read(`${field}:"Add-Type"`).events[0]?.predicates)).toBe(`${field} eq Add-Type`);
    expect(found(`${field}:"Add-Type"`, '(add-type -x)')).toBe(true);
    expect(found(`${field}:"Add-Type"`, 'add-types')).toBe(false);
    expect(found(`${field}:"Add-Type"`, 'x-add-type')).toBe(false);
    expect(found(`${field}:("[Ref].Assembly" and "x")`, '$x=[ref]..Assembly')).toBe(true);
    expect(found(`${field}:"[Ref].Assembly"`, 'assembly ref')).toBe(false);
    expect(found(`${field}:(MiniDump* or *Key)`, 'a MiniDumpWrite')).toBe(true);
    expect(found(`${field}:(MiniDump* or *Key)`, 'a KeyHole xMiniDump')).toBe(false);
    expect(found(`not ${field}:"::"`, 'a :: b')).toBe(true);
    expect(read(`${field}:System.Reflection`).notRunnable).toContain('searches for words');
    expect(read('message:x').condition).toBeUndefined();
  });

  it('reads networks of address fields, ranges, existence and nested objects', () => {
    expect(test('source.ip:(10.0.0.0/8 or "FE80::/10" or "::1")')).toEqual({
      or: ['source.ip cidr 10.0.0.0/8,FE80::/10', 'source.ip eq ::1'],
    });
    expect(test('aws.cloudtrail.flattened.items.cidrIp:"0.0.0.0/0"')).toBe(
      'aws.cloudtrail.flattened.items.cidrIp eq 0.0.0.0/0',
    );
    expect(test('url.path:10.0.0.0/8')).toBe('url.path eq 10.0.0.0/8');
    expect(test('a >= 5 and b < 2 and c:*')).toEqual({ and: ['a gte 5', 'b lt 2', 'c is_not_null'] });
    expect(test('a:{ b:1 and c:{ d:2 } }')).toEqual({ and: ['a.b eq 1', 'a.c.d eq 2'] });
    expect(test('word')).toBe('keyword contains~ word');
    expect(test('*:*')).toBe(true);
    expect(read(' ').events[0]?.predicates).toBeUndefined();
  });

  it('runs what compares whole values only', () => {
    expect(read('a:b* and not c:1').notRunnable).toBe('');
    for (const other of ['a.*:1', 'a:{ b:1 }', 'word', '@timestamp >= "now-1d"', 'message:word']) {
      expect(read(other).condition).toBeUndefined();
      expect(read(other).notRunnable).not.toBe('');
    }
  });

  it('points at the place of a fault', () => {
    expect(read('a:b and (c:d').notParsed).toEqual([
      { severity: 'error', code: 'elastic-kuery-syntax', message: 'Expected )', span: { start: 12, end: 12 } },
    ]);
  });
});
