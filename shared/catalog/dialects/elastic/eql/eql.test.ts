import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damagedText, withoutPlaces } from '../../../syntax/tree.test-data.ts';
import { brief } from '../brief.test-data.ts';
import type { EqlExpr, EqlQuery } from './ast.ts';
import { parseEql } from './parse.ts';
import { printEql, printEqlExpr } from './print.ts';
import { durationUs, readEql } from './read.ts';

const span = { start: 0, end: 0 };
const choices = fc.array(fc.nat(), { maxLength: 25 });
const same = <Item>(item: Item): Item => item;
const read = (text: string): ReturnType<typeof readEql> => readEql({ text, place: same });

const test = (condition: string): unknown => brief(read(`process where ${condition}`).events[0]?.predicates);

const word = fc.stringMatching(/^[A-Za-z_@][A-Za-z0-9_@]{0,6}$/);
const fieldName = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const fieldExpr: fc.Arbitrary<EqlExpr> = fc
  .record({ name: fieldName, optional: fc.boolean() })
  .map((field) => ({ kind: 'field', ...field, span }));
const constant: fc.Arbitrary<EqlExpr> = fc.oneof(
  fc.string({ unit: 'binary' }).map((text): EqlExpr => ({ kind: 'string', text, span })),
  fc.nat().map((number): EqlExpr => ({ kind: 'number', text: String(number), span })),
  fc.boolean().map((value): EqlExpr => ({ kind: 'boolean', value, span })),
  fc.constant<EqlExpr>({ kind: 'null', span }),
);
const functionName = fc.constantFrom('length', 'startsWith~', 'cidrMatch', 'concat');

/** and/or below the same one would be read back as one chain only if the printer forgot its parentheses. */
const expression = fc.letrec<{ expr: EqlExpr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fieldExpr,
    constant,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('expr'), { minLength: 2, maxLength: 3 }))
      .map(([kind, children]): EqlExpr => ({ kind, children, span })),
    tie('expr').map((child): EqlExpr => ({ kind: 'not', child, span })),
    tie('expr').map((child): EqlExpr => ({ kind: 'sign', sign: '-', child, span })),
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'), tie('expr'), tie('expr'))
      .map(([op, left, right]): EqlExpr => ({ kind: 'binary', op, left, right, span })),
    fc
      .tuple(
        fc.constantFrom(':', 'like', 'like~', 'regex', 'regex~', 'in', 'in~'),
        fc.boolean(),
        tie('expr'),
        fc.array(tie('expr'), { minLength: 1, maxLength: 3 }),
      )
      .map(([op, negated, subject, values]): EqlExpr => ({
        kind: 'test',
        op,
        negated: negated && op !== ':',
        subject,
        values,
        list: true,
        span,
      })),
    fc.tuple(fc.constantFrom(':', 'like', 'regex~'), tie('expr'), constant).map(([op, subject, value]): EqlExpr => ({
      kind: 'test',
      op,
      negated: false,
      subject,
      values: [value],
      list: false,
      span,
    })),
    fc
      .tuple(functionName, fc.array(tie('expr'), { maxLength: 3 }))
      .map(([name, args]): EqlExpr => ({ kind: 'call', name, args, span })),
    tie('expr').map((condition): EqlExpr => ({
      kind: 'relation',
      relation: 'descendant',
      filter: { category: 'process', condition, span },
      span,
    })),
  ),
})).expr;

const filter = fc
  .record({ category: fc.oneof(word, fc.string({ minLength: 1 })), condition: expression })
  .map((parts) => ({ ...parts, span }));
const keys = fc.array(fieldExpr, { maxLength: 2 });
const term = fc
  .record({ filter, missing: fc.boolean(), by: keys, runs: fc.option(fc.nat(50), { nil: undefined }) })
  .map((parts) => ({ ...parts, span }));
const pipes = fc.array(
  fc
    .record({ name: fc.constantFrom('head', 'tail', 'filter', 'sort'), args: fc.array(expression, { maxLength: 2 }) })
    .map((parts) => ({ ...parts, span })),
  { maxLength: 2 },
);
const query: fc.Arbitrary<EqlQuery> = fc.oneof(
  fc.record({ kind: fc.constant('event' as const), filter, pipes }).map((parts): EqlQuery => ({ ...parts, span })),
  fc
    .record({
      kind: fc.constantFrom('sequence' as const, 'sample' as const),
      by: keys,
      maxSpan: fc.option(fc.constantFrom('5m', '30s', '1d', '100ms'), { nil: undefined }),
      terms: fc.array(term, { minLength: 1, maxLength: 3 }),
      until: fc.option(term, { nil: undefined }),
      pipes,
    })
    .map((parts): EqlQuery => ({ ...parts, span })),
);

const SAMPLES = [
  'process where process.name : ("a.exe", "b*.exe") and not process.args in~ ("x", "y") /* note */ and ?f.g == null',
  'sequence by host.id with maxspan=5m\n  [process where true] by user.id with runs=3\n  ![file where file.path regex """.*\\.exe"""]\nuntil [process where `odd-name` != 1.5e3]\n| head 10',
  'any where length(process.command_line) - 1 >= 10 and startsWith~(a.b, concat(c, "."))',
];

describe('EQL', () => {
  it('reads back what it prints', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const parsed = parseEql(printEql(tree));
        expect(parsed.ok ? withoutPlaces(parsed.tree) : parsed.fault.message).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 400 },
    );
  });

  it('gives a fault inside the text, and no exception, whatever the text', () => {
    const signs = ['(', '[', '![', '"', '"""', '/*', '`', ' and ', ' not ', ' : ', '~', '?', '|', '-', '\\', '\n'];
    fc.assert(
      fc.property(
        choices.map((numbers) => damagedText(SAMPLES, signs, numbers)),
        (text) => {
          for (const { span: place } of read(text).notParsed) {
            expect(place.start).toBeGreaterThanOrEqual(0);
            expect(place.end).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses nesting without end instead of exhausting the stack, and reads long chains', () => {
    for (const opener of ['(', 'not ', '- ', 'f(', 'a : (']) {
      expect(parseEql(`process where ${opener.repeat(50_000)}`).ok).toBe(false);
    }
    expect(parseEql(`process where ${'a == 1 and '.repeat(20_000)}true`).ok).toBe(true);
    expect(parseEql(`process where a ${'/* '.repeat(100_000)}`).ok).toBe(false);
  });

  it('binds not tighter than and, and tighter than or', () => {
    expect(test('not a == "1" and b == "2" or c == "3"')).toEqual({
      or: [{ and: [{ not: 'a eq 1' }, 'b eq 2'] }, 'c eq 3'],
    });
    expect(test('not (a == "1" or b == "2")')).toEqual({ not: { or: ['a eq 1', 'b eq 2'] } });
  });

  it('splits wildcards of : and like, and leaves those of == and in', () => {
    expect(test('f : ("*a", "b*", "*c*", "d?e", "*", "g")')).toEqual({
      or: ['f ends_with~ a', 'f starts_with~ b', 'f contains~ c', 'f wildcard~ d?e', 'f is_not_null~', 'f eq~ g'],
    });
    expect(test('f : "*\\\\x\\\\*y*"')).toBe('f wildcard~ *\\\\x\\\\*y*');
    expect(test('f like "a*"')).toBe('f starts_with a');
    expect(test('f == "a*"')).toBe('f eq a*');
    expect(test('f in~ ("a*", "b")')).toBe('f eq~ a*,b');
    expect(test('f not in ("a")')).toEqual({ not: 'f eq a' });
  });

  it('decodes strings', () => {
    expect(test('f == "a\\\\b\\"c\\u{41}\\t"')).toBe('f eq a\\b"cA\t'.trim());
    expect(test('f == """a\\b"c"""')).toBe('f eq a\\b"c');
    expect(test("f == ?'a\\b'")).toBe('f eq a\\b');
  });

  it('turns null, functions and field comparisons into predicates', () => {
    expect(test('?f == null and g != null and 5 < h')).toEqual({ and: ['?f is_null', 'g is_not_null', 'h gt 5'] });
    expect(test('startsWith~(f, "a") and endsWith(f, "b") and stringContains(f, "c")')).toEqual({
      and: ['f starts_with~ a', 'f ends_with b', 'f contains c'],
    });
    expect(test('cidrMatch(source.ip, "10.0.0.0/8", "::1")')).toBe('source.ip cidr~ 10.0.0.0/8,::1');
    expect(test('a.b == c.d')).toBe('a.b eq_field c.d');
    expect(test('length(f) > 5')).toBe('f gt 5');
    expect(test('number(f) == 5')).toBe('f eq 5');
    expect(test('endsWith(f, "x") == true and false == (g : "y") and (h == "z") != true')).toEqual({
      and: ['f ends_with x', { not: 'g eq~ y' }, { not: 'h eq z' }],
    });
    expect(test('indexOf(string(a), string(b)) == null')).toEqual({ not: 'a eq_field b' });
  });

  it('runs a plain test, with regular expressions anchored, and says why another is not run', () => {
    const plain = read('process where f regex~ """a.c""" and g : "x"');
    expect(brief(plain.condition)).toEqual({ and: ['f match~ ^(?:a.c)$', 'g eq~ x'] });
    expect(brief(plain.events[0]?.predicates)).toEqual({ and: ['f match~ a.c', 'g eq~ x'] });
    const lengths = read('process where length(f) > 5');
    expect(lengths).toMatchObject({ condition: undefined, notRunnable: 'The rule tests length of f' });
    expect(read('process where f == "a" | head 5').condition).toBeUndefined();
    expect(brief(read('process where f == "a" | filter g == "b"').condition)).toEqual({ and: ['f eq a', 'g eq b'] });
  });

  it('reads the steps of a sequence, absent ones marked', () => {
    const reading = read(
      'sequence by host.id with maxspan=5m [process where a == "1"] with runs=3 ![file where b == "2"] by a.b until [network where c == "3"]',
    );
    expect(reading.events.map(({ category, absent }) => [category, absent])).toEqual([
      ['process', false],
      ['file', true],
      ['network', true],
    ]);
    expect(reading.events.map(({ runs, by, endsSequence }) => [runs, by, endsSequence])).toEqual([
      [3, undefined, undefined],
      [undefined, ['a.b'], undefined],
      [undefined, undefined, true],
    ]);
    expect(reading.sequence).toEqual({ kind: 'sequence', by: ['host.id'], maxSpanUs: 300_000_000 });
    expect(reading.condition).toBeUndefined();
  });

  it('takes the event that a condition relates to as one of its own', () => {
    const reading = read('process where a == "1" and not descendant of [file where b == "2"]');
    expect(reading.events.map(({ category, absent }) => [category, absent])).toEqual([
      ['process', false],
      ['file', true],
    ]);
    expect(reading.condition).toBeUndefined();
  });

  it('counts time in microseconds', () => {
    expect(['1ms', '2s', '3m', '1h', '1d'].map(durationUs)).toEqual([1e3, 2e6, 180e6, 3600e6, 86_400e6]);
  });

  it('points at the place of a fault and of each value', () => {
    const broken = 'process where a == "1" and and b';
    expect(read(broken).notParsed[0]?.span).toEqual({ start: 27, end: 30 });
    const text = 'process where a : ("one", "two*")';
    const values: string[] = [];
    const predicates = read(text).events[0]?.predicates;
    if (predicates?.kind === 'or') {
      for (const child of predicates.children) {
        if (child.kind === 'predicate')
          values.push(...child.values.map((value) => text.slice(value.span.start, value.span.end)));
      }
    }
    expect(values).toEqual(['"one"', '"two*"']);
  });

  it('prints a number with its sign apart', () => {
    const parsed = parseEql('any where a - -1 == 2');
    expect(parsed.ok && parsed.tree.kind === 'event' && printEqlExpr(parsed.tree.filter.condition)).toBe(
      'a - - 1 == 2',
    );
  });
});
