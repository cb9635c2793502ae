import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../model/rule.ts';
import { readSigma } from './read.ts';

function one(text: string): Rule {
  const { rules } = readSigma(text);
  expect(rules.length).toBe(1);
  return rules[0] as Rule;
}

/** `code: the text at its place`, of the rule's faults. */
function faults(text: string, severity = 'error'): string[] {
  return one(text)
    .diagnostics.filter((fault) => fault.severity === severity)
    .map(({ code, span }) => `${code}: ${text.slice(span.start, span.end)}`);
}

const about = (body: string): string => `title: T\ncorrelation:\n${body.replace(/^/gm, '  ')}\n`;
const counting = (more: string): string =>
  about(`type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 5m\ncondition:\n  gte: 3\n${more}`.trim());

describe('a correlation', () => {
  it('is read as the specification has it', () => {
    const text = about(
      'type: value_count\nrules: [a, b]\ngroup-by: [who]\naliases:\n  who: {a: User, b: TargetUser}\ntimespan: 90m\n' +
        'condition: {field: Host, gt: 100, lte: 200}\ngenerate: true',
    );
    const { correlation, condition, diagnostics } = one(text);
    expect(diagnostics).toEqual([]);
    expect(condition).toMatchObject({ kind: 'constant', value: false });
    expect(correlation).toMatchObject({
      type: 'value_count',
      groupBy: ['who'],
      timespanUs: 90 * 60e6,
      fields: ['Host'],
      generate: true,
      criteria: [
        { op: 'gt', value: 100 },
        { op: 'lte', value: 200 },
      ],
    });
    expect(correlation?.parts.map(({ name, span }) => [name, text.slice(span.start, span.end)])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    expect(correlation?.aliases['who']).toEqual({ a: 'User', b: 'TargetUser' });
  });

  it.each([
    ['30s', 30e6],
    ['1h', 3600e6],
    ['7d', 7 * 86_400e6],
  ])('spans %s', (written, us) => {
    expect(one(counting('').replace('5m', written)).correlation?.timespanUs).toBe(us);
  });

  it('wants all rules of a temporal one that has no condition', () => {
    const text = about('type: temporal\nrules: [a, b, c]\ngroup-by: [User]\ntimespan: 5m');
    expect(one(text).correlation?.criteria).toEqual([{ op: 'gte', value: 3 }]);
  });

  it('takes the field beside the condition, too', () => {
    const text = counting('field: [Host, User]').replace('event_count', 'value_count');
    expect(one(text).correlation?.fields).toEqual(['Host', 'User']);
  });

  it('takes generate beside the correlation, too', () => {
    expect(one(`${counting('')}generate: true\n`).correlation?.generate).toBe(true);
    expect(one(counting('')).correlation?.generate).toBe(false);
  });

  it.each([
    ['no map', 'title: T\ncorrelation: x\n', ['sigma-bad-correlation: x']],
    ['no type', counting('').replace('  type: event_count\n', ''), ['sigma-missing-correlation-type: correlation']],
    ['an unknown type', counting('').replace('event_count', 'evnt'), ['sigma-unknown-correlation-type: evnt']],
    ['no rules', counting('').replace('  rules: [a]\n', ''), ['sigma-missing-rules: correlation']],
    ['an empty list of rules', counting('').replace('[a]', '[]'), ['sigma-missing-rules: []']],
    ['a rule twice', counting('').replace('[a]', '[a, a]'), ['sigma-duplicate-reference: a']],
    ['no timespan', counting('').replace('  timespan: 5m\n', ''), ['sigma-missing-timespan: correlation']],
    ['a bad timespan', counting('').replace('5m', '5 min'), ['sigma-bad-timespan: 5 min']],
    ['a timespan of nothing', counting('').replace('5m', '0m'), ['sigma-bad-timespan: 0m']],
    ['no condition', counting('').replace('  condition:\n    gte: 3\n', ''), ['sigma-missing-condition: correlation']],
    ['an unknown comparison', counting('').replace('gte', 'ge'), ['sigma-unknown-comparison: ge']],
    ['no number', counting('').replace('gte: 3', 'gte: many'), ['sigma-bad-condition: many']],
    ['no field', counting('').replace('event_count', 'value_sum'), ['sigma-missing-field: condition']],
    ['an alias of no rule', counting('aliases:\n  x: {b: User}'), ['sigma-unknown-alias-rule: b']],
    ['generate that is no truth', counting('generate: maybe'), ['sigma-bad-value-type: maybe']],
  ])('with %s is refused at its place', (_, text, expected) => {
    expect(faults(text).filter((line) => expected.some((one) => one.split(':')[0] === line.split(':')[0]))).toEqual(
      expected,
    );
    expect(one(text).condition).toBeUndefined();
  });
});

const rule = (condition: string, timeframe = '10m'): string =>
  `title: T\nlogsource: {product: windows}\ndetection:\n  a: {EventID: 1}\n  b: {EventID: 2}\n  c: {EventID: 3}\n` +
  `  condition: ${condition}\n${timeframe === '' ? '' : `  timeframe: ${timeframe}\n`}`;

describe('an old aggregation', () => {
  it.each([
    ['a | count() by User > 5', 'event_count', ['User'], [], 'gt', 5],
    ['a | count(Host) by User, Domain >= 5', 'value_count', ['User', 'Domain'], ['Host'], 'gte', 5],
    ['a | count() < 5', 'event_count', [], [], 'lt', 5],
    ['a | sum(bytes) by src.ip > 1.5', 'value_sum', ['src.ip'], ['bytes'], 'gt', 1.5],
    ['a | avg(bytes) by x == 2', 'value_avg', ['x'], ['bytes'], 'eq', 2],
    ['a | min(bytes) <= 2', 'value_min', [], ['bytes'], 'lte', 2],
    ['a | max(bytes) > 2', 'value_max', [], ['bytes'], 'gt', 2],
  ])('%s', (condition, type, groupBy, fields, op, value) => {
    const { correlation } = one(rule(condition));
    expect(correlation).toMatchObject({ type, groupBy, fields, timespanUs: 600e6, criteria: [{ op, value }] });
    expect(correlation?.parts).toMatchObject([{ kind: 'inline', expr: { field: 'EventID', values: [{ text: '1' }] } }]);
  });

  it('with near looks for events together', () => {
    const { correlation } = one(rule('a | near b and not c'));
    expect(correlation?.parts.map(({ name }) => name)).toEqual(['', 'b', 'c']);
    const part = (at: number) => ({ kind: 'part', part: at });
    expect(correlation?.formula).toEqual({
      kind: 'and',
      children: [part(0), { kind: 'and', children: [part(1), { kind: 'not', child: part(2) }] }],
    });
  });

  it('without a timeframe spans everything, and says so', () => {
    expect(one(rule('a | count() > 5', '')).correlation?.timespanUs).toBe(Infinity);
    expect(faults(rule('a | count() > 5', ''), 'info')).toEqual(['sigma-missing-timeframe: | count() > 5']);
  });
});

const filter = (body: string): string =>
  `title: T\nlogsource: {product: windows}\nfilter:\n${body.replace(/^/gm, '  ')}\n`;

describe('a global filter', () => {
  it.each([
    ['selection', false],
    ['not selection', true],
    ['not (selection or other)', true],
    ['not 1 of s*', true],
    ['not selection and not other', false],
    ['not (selection) or (other)', false],
  ])('with the condition %s suppresses what the selection holds for', (condition, keeps) => {
    const text = filter(`rules: [a, b]\nselection: {User: x}\nother: {User: y}\ncondition: ${condition}`);
    expect(one(text).filter).toMatchObject({ keeps, rules: [{ name: 'a' }, { name: 'b' }] });
    expect(one(text).condition).toBeDefined();
  });

  it('may be for any rule', () => {
    expect(one(filter('rules: any\nselection: {User: x}\ncondition: selection')).filter?.rules).toBe('any');
  });

  it.each([
    ['no rules', filter('selection: {User: x}\ncondition: selection'), ['sigma-missing-rules: filter']],
    ['no condition', filter('rules: any\nselection: {User: x}'), ['sigma-missing-condition: filter']],
    [
      'a count',
      filter('rules: any\ns: {User: x}\ncondition: s | count() > 3'),
      ['unsupported-aggregation: | count() > 3'],
    ],
  ])('with %s is refused at its place', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });
});
