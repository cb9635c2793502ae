import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damagedText, withoutPlaces } from '../../../syntax/tree.test-data.ts';
import { brief } from '../brief.test-data.ts';
import type { EsqlColumn, EsqlCommand, EsqlExpr, EsqlQuery } from './ast.ts';
import { parseEsql } from './parse.ts';
import { printEsql } from './print.ts';
import { readEsql } from './read.ts';

const span = { start: 0, end: 0 };
const choices = fc.array(fc.nat(), { maxLength: 25 });
const read = (text: string): ReturnType<typeof readEsql> => readEsql({ text, place: (place) => place });
const test = (condition: string): unknown => brief(read(`from a | where ${condition}`).events[0]?.predicates);

const word = fc.oneof(fc.stringMatching(/^[A-Za-z_@][A-Za-z0-9_@]{0,6}$/), fc.constantFrom('not', 'by', 'where', 'in'));
const name = fc
  .array(fc.oneof(word, fc.stringMatching(/^[a-z \-:/|`]{1,6}$/)), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('.'));
const field: fc.Arbitrary<EsqlExpr> = name.map((written) => ({ kind: 'field', name: written, span }));
const text = fc.string({ unit: 'binary', maxLength: 8 });
const string: fc.Arbitrary<EsqlExpr> = text.map((written) => ({ kind: 'string', text: written, textStart: 0, span }));
const number: fc.Arbitrary<EsqlExpr> = fc.nat().map((value) => ({ kind: 'number', text: String(value), span }));
const constant: fc.Arbitrary<EsqlExpr> = fc.oneof(
  string,
  number,
  fc.boolean().map((value): EsqlExpr => ({ kind: 'boolean', value, span })),
  fc.constant<EsqlExpr>({ kind: 'null', span }),
  fc.constantFrom('days', 'hour', 's').map((unit): EsqlExpr => ({ kind: 'interval', text: '7', unit, span })),
  fc.constantFrom('', 'name', '1').map((written): EsqlExpr => ({ kind: 'param', name: written, span })),
);

const expression = fc.letrec<{ expr: EsqlExpr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    field,
    constant,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('expr'), { minLength: 2, maxLength: 3 }))
      .map(([kind, children]): EsqlExpr => ({ kind, children, span })),
    tie('expr').map((child): EsqlExpr => ({ kind: 'not', child, span })),
    tie('expr').map((child): EsqlExpr => ({ kind: 'sign', sign: '-', child, span })),
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'), tie('expr'), tie('expr'))
      .map(([op, left, right]): EsqlExpr => ({ kind: 'binary', op, left, right, span })),
    fc
      .tuple(
        fc.constantFrom('in', 'like', 'rlike'),
        fc.boolean(),
        tie('expr'),
        fc.array(tie('expr'), { minLength: 1, maxLength: 3 }),
      )
      .map(([op, negated, subject, values]): EsqlExpr => ({
        kind: 'test',
        op,
        negated,
        subject,
        values,
        list: true,
        span,
      })),
    fc.tuple(fc.constantFrom('like', 'rlike', ':'), tie('expr'), constant).map(([op, subject, value]): EsqlExpr => ({
      kind: 'test',
      op,
      negated: false,
      subject,
      values: [value],
      list: false,
      span,
    })),
    fc
      .tuple(fc.boolean(), tie('expr'))
      .map(([negated, subject]): EsqlExpr => ({ kind: 'isNull', negated, subject, span })),
    fc
      .tuple(fc.constantFrom('string', 'ip'), tie('expr'))
      .map(([type, subject]): EsqlExpr => ({ kind: 'cast', subject, type, span })),
    fc
      .tuple(fc.constantFrom('TO_LOWER', 'count', 'case'), fc.array(tie('expr'), { maxLength: 3 }))
      .map(([written, args]): EsqlExpr => ({ kind: 'call', name: written, args, span })),
    fc.constant<EsqlExpr>({ kind: 'call', name: 'count', args: [{ kind: 'star', span }], span }),
    fc.array(tie('expr'), { maxLength: 2 }).map((items): EsqlExpr => ({ kind: 'list', items, span })),
    fc
      .array(fc.record({ key: text, value: tie('expr') }), { maxLength: 2 })
      .map((entries): EsqlExpr => ({ kind: 'map', entries, span })),
  ),
})).expr;

const column: fc.Arbitrary<EsqlColumn> = fc.record({
  name: fc.option(name, { nil: undefined }),
  expr: expression,
  where: fc.option(expression, { nil: undefined }),
});
const columns = fc.array(column, { minLength: 1, maxLength: 2 });
const pattern = fc.constantFrom('logs-*', '.alerts-security.*', 'a.b', 'remote:logs-aws*', 'Esql.*');
const patterns = fc.array(pattern, { minLength: 1, maxLength: 2 });
type Body = EsqlCommand extends infer Command ? (Command extends EsqlCommand ? Omit<Command, 'span'> : never) : never;
const bodies: fc.Arbitrary<Body>[] = [
  fc.record({
    kind: fc.constant('from'),
    word: fc.constantFrom('from', 'ts'),
    indices: patterns,
    metadata: fc.array(name, { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constantFrom('row', 'eval'), columns }),
  fc.record({ kind: fc.constant('where'), condition: expression }),
  fc.record({ kind: fc.constant('stats'), inline: fc.boolean(), columns, by: fc.array(column, { maxLength: 2 }) }),
  fc.record({ kind: fc.constantFrom('keep', 'drop'), names: patterns }),
  fc.record({
    kind: fc.constant('rename'),
    pairs: fc.array(fc.record({ from: pattern, to: pattern }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('sort'),
    keys: fc.array(
      fc.record({
        expr: expression,
        direction: fc.constantFrom('asc', 'desc', undefined),
        nulls: fc.constantFrom('first', 'last', undefined),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  fc.record({ kind: fc.constant('limit'), count: number }),
  fc.record({ kind: fc.constant('mv_expand'), name }),
  fc.record({
    kind: fc.constantFrom('grok', 'dissect'),
    input: expression,
    patterns: fc.array(string, { minLength: 1, maxLength: 2 }),
    separator: fc.option(string, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('enrich'),
    policy: pattern,
    on: fc.option(name, { nil: undefined }),
    columns: fc.array(column, { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('lookup'), index: pattern, on: fc.array(expression, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    kind: fc.constant('completion'),
    name: fc.option(name, { nil: undefined }),
    prompt: expression,
    options: fc.option(expression, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('other'),
    name: fc.constant('CHANGE_POINT'),
    text: fc.constantFrom('a on b', '(where x | limit 1) (keep y)'),
  }),
];
const query: fc.Arbitrary<EsqlQuery> = fc
  .array(fc.oneof(...bodies), { minLength: 1, maxLength: 4 })
  .map((list) => ({ commands: list.map((body) => ({ ...body, span })), span }));

const SAMPLES = [
  'from logs-*, .x metadata _id | where a.b == "c" and not d in ("e", "f*") or to_lower(g) rlike """.*h""" // note',
  '| eval x = case(a, 1, null), y = "z"::ip | stats c = count(*) where x > 1 by y | sort c desc nulls last | limit 5',
  'row a = [1, 2] | grok b "%{X:c}" | dissect d """%{e}""" append_separator = "," | lookup join i on j | where KQL("k:l")',
];

describe('ES|QL', () => {
  it('reads back what it prints', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const parsed = parseEsql(printEsql(tree));
        expect(parsed.ok ? withoutPlaces(parsed.tree) : parsed.fault.message).toEqual(withoutPlaces(tree));
      }),
      { numRuns: 400 },
    );
  });

  it('gives a fault inside the text, and no exception, whatever the text', () => {
    fc.assert(
      fc.property(
        choices.map((numbers) =>
          damagedText(SAMPLES, ['(', '[', '"', '"""', '/*', '`', '|', ' and ', ' where ', ':', '?', '{', '='], numbers),
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
    for (const opener of ['(', 'not ', '- ', 'f(', '['])
      expect(parseEsql(`from a | where ${opener.repeat(50_000)}`).ok).toBe(false);
    expect(parseEsql(`from a | where ${'a == 1 and '.repeat(20_000)}true`).ok).toBe(true);
  });

  it('reads LIKE with its escapes, RLIKE as a whole value, IN and null tests', () => {
    expect(test('f like "a*" and not f like "*\\\\*"')).toEqual({ and: ['f starts_with a', { not: 'f ends_with *' }] });
    expect(test('f like ("a*", "b*")')).toBe('f starts_with a,b');
    expect(test('f rlike "a.*"')).toBe('f match a.*');
    expect(brief(read('from a | where f rlike "a.*"').condition)).toBe('f match ^(?:a.*)$');
    expect(test('f not in ("a", "b") and g is not null')).toEqual({ and: [{ not: 'f eq a,b' }, 'g is_not_null'] });
  });

  it('ignores case under TO_LOWER, and looks through casts', () => {
    expect(test('to_lower(f) == "a" and g::string like "b*"')).toEqual({ and: ['f eq~ a', 'g starts_with b'] });
    expect(test('cidr_match(to_ip(source.ip), "10.0.0.0/8")')).toBe('source.ip cidr~ 10.0.0.0/8');
    expect(test('starts_with(f, "a") and ends_with(f, "b")')).toEqual({ and: ['f starts_with a', 'f ends_with b'] });
    expect(test('true in (f == "a", g == "b")')).toEqual({ or: ['f eq a', 'g eq b'] });
  });

  it('reads the Kuery in KQL() at its place', () => {
    const written = 'from a | where KQL("""f:(x or y*) and g:""")';
    expect(read(written).notParsed[0]?.span.start).toBe(written.indexOf('g:') + 2);
    expect(test('not KQL("f:x")')).toEqual({ not: 'f eq x' });
  });

  it('puts columns back into what they are made of', () => {
    const made = read(
      'from a | eval x = to_lower(f), t = f == "a" or g == "b" | where x like "c*" and t and not t == false',
    );
    expect(brief(made.events[0]?.predicates)).toEqual({
      and: ['f starts_with~ c', { or: ['f eq a', 'g eq b'] }, { not: { not: { or: ['f eq a', 'g eq b'] } } }],
    });
    const renamed = read('from a | rename f as x | where x == "a"');
    expect(brief(renamed.events[0]?.predicates)).toBe('f eq a');
    const taken = read('from a | grok f "%{WORD:x}" | where x == "a"');
    expect(brief(taken.events[0]?.predicates)).toBe('x eq a');
    expect(taken.notRunnable).toBe('The rule tests x, which it computes');
  });

  it('reads conditions compared with truth values, and choices between them', () => {
    expect(test('(a == "x") == true and starts_with(b, "y") != true')).toEqual({
      and: ['a eq x', { not: 'b starts_with y' }],
    });
    expect(test('case(a == "x", true, false) and case(b == "y", false, true)')).toEqual({
      and: ['a eq x', { not: 'b eq y' }],
    });
  });

  it('does not take what CASE gives for a value of the fields that it asks', () => {
    const reading = read('from l | eval kind = case(a == "x", "yes", "no") | where kind == "yes"');
    expect(brief(reading.events[0]?.predicates)).toBe('kind eq yes');
    expect(reading.notRunnable).toBe('The rule tests kind, which it computes');
  });

  it('takes only tests of events, not those of groups', () => {
    const reading = read('from a | where f == "a" | stats n = count(*) by g | where n > 5 and g == "b"');
    expect(brief(reading.events[0]?.predicates)).toEqual({ and: ['f eq a', 'g eq b'] });
    expect(reading.notParsed).toEqual([]);
    expect(brief(reading.condition)).toEqual({ and: ['f eq a', 'g eq b'] });
  });

  it.each([
    [
      'stats n = count(*) by g, h | where n >= 5',
      { groupBy: ['g', 'h'], window: 'search', criterion: { op: 'gte', value: 5 } },
    ],
    [
      'eval w = date_trunc(2 minutes, @timestamp) | stats n = count_distinct(u) by w, g | where n > 1',
      {
        distinct: 'u',
        groupBy: ['g'],
        window: 'buckets',
        timespanUs: 120e6,
      },
    ],
    [
      'where @timestamp > now() - 9 minutes | stats n = count() by g | where n == 3',
      { window: 'lookback', timespanUs: 540e6 },
    ],
    ['rename g as k | stats n = count(*) by k | where n > 5', { groupBy: ['g'] }],
  ])('counts: %s', (query, wanted) => {
    const reading = read(`from a | where f == "a" | ${query}`);
    expect(reading.counting).toMatchObject(wanted);
    expect(reading.condition).toBeDefined();
  });

  it.each([
    'stats n = count(*) by g',
    'stats n = count(*), m = count_distinct(u) by g | where n > 5 and m > 2',
    'stats n = max(x) by g | where n > 5',
    'stats n = count(*) where x == 1 by g | where n > 5',
    'stats n = count(*) by g = substring(h, 1) | where n > 5',
    'stats n = count(*) by g | stats m = count(*) by h | where m > 1',
    'stats n = count(*) by g | where n > 5 or g == "a"',
  ])('does not count, and says so: %s', (query) => {
    const reading = read(`from a | where f == "a" | ${query}`);
    expect(reading.condition).toBeUndefined();
    expect(reading.notRunnable).toContain('STATS');
  });

  it('keeps the tree as written, and runs it so that an absent field never holds', () => {
    const reading = read('from a | where not (f == "a" or g == "b")');
    expect(brief(reading.events[0]?.predicates)).toEqual({ not: { or: ['f eq a', 'g eq b'] } });
    expect(brief(reading.condition)).toEqual({
      and: [{ and: ['f is_not_null', { not: 'f eq a' }] }, { and: ['g is_not_null', { not: 'g eq b' }] }],
    });
  });

  it('says which command it does not understand, and goes on', () => {
    const written = 'from a | where f == "a" | change_point x on y | where g == "b"';
    const reading = read(written);
    expect(brief(reading.events[0]?.predicates)).toEqual({ and: ['f eq a', 'g eq b'] });
    expect(reading.notParsed.map(({ severity, span: at }) => [severity, written.slice(at.start, at.end)])).toEqual([
      ['warning', 'change_point x on y'],
    ]);
  });

  it('names the indices that it reads', () => {
    expect(read('from logs-a*, remote:b-* metadata _id | where f == "a"').events[0]?.indices).toEqual([
      'logs-a*',
      'remote:b-*',
    ]);
  });
});
