import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { projectRoot } from '../../testing/corpus.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import { readRules } from '../../../shared/catalog/read.ts';
import type { Correlation } from '../../../shared/model/correlation.ts';
import type { Rule } from '../../../shared/model/rule.ts';
import type { RulePlan } from '../api.ts';
import { createMatching } from '../matching.ts';
import { Correlator, FieldTexts, OccurrenceBudget } from './correlator.ts';

const SECOND = 1e6;
const START = 1_700_000_000 * SECOND;

/** An event of the Security log. */
function at(seconds: number | undefined, eventId: number, data: Record<string, string>): MadeEvent {
  const timeUs = seconds === undefined ? undefined : START + seconds * SECOND;
  return {
    channel: 'Security',
    provider: 'Microsoft-Windows-Security-Auditing',
    eventId,
    computer: 'DC1',
    timeUs,
    data,
  };
}

const plain = (name: string, eventId: number): string =>
  `title: ${name}\nname: ${name}\nlogsource: {product: windows, service: security}\n` +
  `detection:\n  sel: {EventID: ${eventId}}\n  condition: sel\n`;
const about = (type: string, rules: string, more: string, name = 'outer'): string =>
  `title: ${name}\nname: ${name}\ncorrelation:\n  type: ${type}\n  rules: [${rules}]\n  timespan: 60s\n` +
  `${more.replace(/^/gm, '  ')}\n`;
const texts = (...parts: string[]): Rule[] => [...readRules(parts.join('---\n')).rules];

function compile(rules: readonly Rule[], events: readonly MadeEvent[], others: readonly Rule[] = []) {
  const table = new EventTable();
  const matching = createMatching(table, join(projectRoot, 'rules'));
  const plan = matching.compile(rules, { others });
  for (const batch of makeBatches(new BatchBuilder(), events, 0)) table.append(batch);
  const hits: string[] = [];
  for (const shape of table.shapes) {
    plan.run(shape, 0, shape.count, (rule, event) => hits.push(`${rules[rule]?.name}@${event}`));
  }
  return { plan, hits };
}

/** `rule@event fields` of each hit of a correlation. */
function correlated(plan: RulePlan): string[] {
  return plan.correlate().map(({ rule, event, fields }) => {
    const values = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    return `${plan.rules[rule]?.name}@${event} ${values.join(' ')}`;
  });
}

function run(text: string, events: readonly MadeEvent[]): string[] {
  const { plan } = compile(texts(text, plain('a', 1), plain('b', 2), plain('c', 3)), events);
  expect([...plan.notRun.values()].flat()).toEqual([]);
  return correlated(plan);
}

const user = (name: string, more: Record<string, string> = {}) => ({ User: name, ...more });

describe('correlations', () => {
  it('count events of a group, whatever the order in which they come', () => {
    const events = [at(50, 1, user('x')), at(0, 1, user('X')), at(20, 1, user('x')), at(30, 1, user('y'))];
    expect(run(about('event_count', 'a', 'group-by: [User]\ncondition: {gte: 3}'), events)).toEqual([
      'outer@0 User=x count=3',
    ]);
    expect(run(about('event_count', 'a', 'condition: {gte: 4}'), events)).toEqual(['outer@0 count=4']);
  });

  it('take a rule that is listed by its id and named in an alias, whatever the case of the id', () => {
    const id = '0E95725d-7320-415d-80f7-004da920fc11';
    const rules = [
      ...texts(
        about('temporal', `${id}, b`, 'group-by: [who]\naliases:\n  who: {a: Source, b: Target}'),
        plain('a', 1).replace('name:', `id: ${id.toLowerCase()}\nname:`),
        plain('b', 2),
      ),
    ];
    const { plan } = compile(rules, [at(0, 1, { Source: 'x', Target: 'y' }), at(1, 2, { Source: 'y', Target: 'x' })]);
    expect([...plan.notRun.values()].flat()).toEqual([]);
    expect(correlated(plan)).toEqual(['outer@1 who=x count=2 events of a=1 events of b=1']);
  });

  it('are refused where an alias names a rule of no part, or a rule is listed by name and by id', () => {
    const id = '0e95725d-7320-415d-80f7-004da920fc11';
    const withId = plain('a', 1).replace('name:', `id: ${id}\nname:`);
    const why = (rules: string, more: string): string[] => {
      const { plan } = compile(texts(about('temporal', rules, more), withId, plain('b', 2)), []);
      return [...plan.notRun.values()].flat().map(({ code }) => code);
    };
    expect(why(id, 'aliases:\n  who: {b: Target}')).toEqual(['sigma-unknown-alias-rule']);
    expect(why(`${id}, a`, '')).toEqual(['sigma-duplicate-reference']);
    expect(why(`${id}, b`, 'aliases:\n  who: {a: Source}')).toEqual([]);
  });

  it('leave out events without a group value, and those without a time', () => {
    const events = [at(0, 1, {}), at(1, 1, user('x')), at(undefined, 1, user('x')), at(2, 1, user('x'))];
    const text = (n: number) => about('event_count', 'a', `group-by: [User]\ncondition: {gte: ${n}}`);
    expect(run(text(2), events)).toEqual(['outer@3 User=x count=2']);
    expect(run(text(3), events)).toEqual([]);
  });

  it('count an event once that two rules hit', () => {
    const twice = about('event_count', 'a, a2', 'condition: {gte: 2}');
    const rules = texts(twice, plain('a', 1), plain('a2', 1));
    expect(correlated(compile(rules, [at(0, 1, {})]).plan)).toEqual([]);
    expect(correlated(compile(rules, [at(0, 1, {}), at(1, 1, {})]).plan)).toEqual(['outer@1 count=2']);
  });

  it('count distinct values and pairs of them', () => {
    const events = ['p', 'q', 'P', 'r'].map((host, i) => at(i, 1, user('x', { Host: host, Port: '1' })));
    const text = (field: string, n: number) =>
      about('value_count', 'a', `group-by: [User]\ncondition: {field: ${field}, gte: ${n}}`);
    expect(run(text('Host', 3), events)).toEqual(['outer@3 User=x count=3']);
    expect(run(text('[Host, Port]', 3), events)).toEqual(['outer@3 User=x count=3']);
    expect(run(text('Port', 2), events)).toEqual([]);
  });

  it('sum, average and rank numbers, passing over what is none', () => {
    const events = ['10', '20', 'n/a', '90'].map((bytes, i) => at(i, 1, user('x', { Bytes: bytes })));
    const text = (type: string, condition: string) =>
      about(type, 'a', `group-by: [User]\ncondition: {field: Bytes, ${condition}}`);
    expect(run(text('value_sum', 'gte: 120'), events)).toEqual(['outer@3 User=x count=3 sum=120']);
    expect(run(text('value_avg', 'eq: 40'), events)).toEqual(['outer@3 User=x count=3 avg=40']);
    expect(run(text('value_percentile', 'percentile: 50, eq: 20'), events)).toEqual([
      'outer@3 User=x count=3 percentile=20',
    ]);
    expect(run(text('value_median', 'lt: 20'), events)).toEqual([]);
  });

  it('tell which values are a small share of all', () => {
    const images = [...Array.from({ length: 9 }, () => 'common.exe'), 'rare.exe'];
    const events = images.map((Image, i) => at(i, 1, { Image }));
    const text = about('value_percentile', 'a', 'condition: {field: Image, lte: 10}');
    expect(run(text, events)).toEqual(['outer@9 count=10 percentile=10']);
  });

  it('find rules together, and in their order', () => {
    const events = [at(0, 2, user('x')), at(10, 1, user('x')), at(20, 3, user('x')), at(30, 3, user('y'))];
    expect(run(about('temporal', 'a, b, c', 'group-by: [User]'), events)).toEqual([
      'outer@2 User=x count=3 events of a=1 events of b=1 events of c=1',
    ]);
    expect(run(about('temporal_ordered', 'a, b, c', 'group-by: [User]'), events)).toEqual([]);
    expect(run(about('temporal_ordered', 'b, a, c', 'group-by: [User]'), events)).toEqual([
      'outer@2 User=x count=3 events of b=1 events of a=1 events of c=1',
    ]);
    expect(run(about('temporal', 'a, b, c', 'condition: {gte: 2}'), events)).toEqual([
      'outer@1 count=2 events of a=1 events of b=1 events of c=0',
    ]);
    const late = [at(0, 1, {}), at(61, 2, {}), at(62, 3, {})];
    expect(run(about('temporal', 'a, b, c', ''), late)).toEqual([]);
  });

  it('group fields of different names by an alias', () => {
    const text = about('temporal', 'a, b', 'group-by: [who]\naliases:\n  who: {a: User, b: Target}');
    expect(run(text, [at(0, 1, { User: 'x' }), at(1, 2, { Target: 'x' })])).toEqual([
      'outer@1 who=x count=2 events of a=1 events of b=1',
    ]);
    expect(run(text, [at(0, 1, { User: 'x' }), at(1, 2, { Target: 'z', User: 'x' })])).toEqual([]);
  });

  it('look at correlations, under another group-by than theirs', () => {
    const inner = about('event_count', 'a', 'group-by: [Host]\ncondition: {gte: 2}', 'inner');
    const outer = about('temporal_ordered', 'inner, b', 'group-by: [User]');
    const events = [
      at(0, 1, user('x', { Host: 'h' })),
      at(1, 1, user('y', { Host: 'h' })),
      at(2, 2, user('y')),
      at(3, 2, user('x')),
    ];
    const { plan, hits } = compile(texts(outer, inner, plain('a', 1), plain('b', 2)), events);
    expect(correlated(plan)).toEqual(['outer@2 User=y count=2 events of inner=1 events of b=1']);
    expect(hits).toEqual([]);
  });

  it('keep their rules quiet unless they say generate', () => {
    const text = (more: string) => about('event_count', 'a', `condition: {gte: 9}\n${more}`);
    const events = [at(0, 1, {}), at(1, 2, {})];
    expect(compile(texts(text(''), plain('a', 1), plain('b', 2)), events).hits).toEqual(['b@1']);
    expect(compile(texts(text('generate: true'), plain('a', 1), plain('b', 2)), events).hits).toEqual(['a@0', 'b@1']);
  });

  it('find rules among others, but first in their own text', () => {
    const text = about('event_count', 'a', 'condition: {gte: 2}');
    const events = [at(0, 1, {}), at(1, 1, {}), at(2, 2, {}), at(3, 2, {}), at(4, 2, {})];
    const others = texts(plain('a', 2));
    expect(correlated(compile(texts(text), events, others).plan)).toEqual(['outer@3 count=2']);
    expect(correlated(compile(texts(text, plain('a', 1)), events, others).plan)).toEqual(['outer@1 count=2']);
    const byPart = [...others, ...texts(text, plain('a', 1))];
    expect(correlated(compile(byPart, events).plan)).toEqual(['outer@1 count=2']);
  });

  it.each([
    ['unknown-rule-reference', 'nope', texts(about('event_count', 'nope', 'condition: {gte: 2}'))],
    [
      'correlation-cycle',
      'two',
      texts(
        about('event_count', 'two', 'condition: {gte: 2}'),
        about('event_count', 'outer', 'condition: {gte: 2}', 'two'),
      ),
    ],
    [
      'reference-cannot-run',
      'broken',
      texts(about('event_count', 'broken', 'condition: {gte: 2}'), plain('broken', 1).replace('sel:', 'x:')),
    ],
    [
      'reference-cannot-run',
      'refused',
      texts(
        about('event_count', 'refused', 'condition: {gte: 2}'),
        plain('refused', 1).replace('{EventID: 1}', "{A|re: '(?=x)'}"),
      ),
    ],
  ])('that cannot run say %s', (code, named, rules) => {
    const { plan, hits } = compile(rules, [at(0, 1, {})]);
    const found = plan.notRun.get(0) ?? [];
    expect(found.length).toBe(1);
    const message = found[0]?.message ?? '';
    expect([found[0]?.code === code || message.includes('circle'), message.includes('"')]).toEqual([true, true]);
    expect(message).toMatch(new RegExp(`${named}|outer`));
    expect(plan.correlates).toBe(false);
    expect(hits).toEqual([]);
  });

  it('of the old kind run, near with its not included', () => {
    const old = (condition: string): string =>
      `title: outer\nname: outer\nlogsource: {product: windows, service: security}\ndetection:\n` +
      `  one: {EventID: 1}\n  two: {EventID: 2}\n  three: {EventID: 3}\n` +
      `  condition: ${condition}\n  timeframe: 60s\n`;
    const found = (condition: string, events: MadeEvent[]) => correlated(compile(texts(old(condition)), events).plan);
    const three = [at(0, 1, user('x')), at(10, 1, user('x')), at(20, 1, user('x'))];
    expect(found('one | count() by User > 2', three)).toEqual(['outer@2 User=x count=3']);
    expect(found('one | count() by User > 3', three)).toEqual([]);
    const near = [at(0, 1, {}), at(10, 2, {})];
    expect(found('one | near two and not three', near)).toEqual([
      'outer@1 count=2 events of part 1=1 events of two=1 events of three=0',
    ]);
    expect(found('one | near two and not three', [...near, at(20, 3, {})])).toEqual([]);
    expect(found('one | near two or three', [at(0, 1, {}), at(70, 2, {})])).toEqual([]);
  });

  it('explain a hit by what it counted, and name its events', () => {
    const text = about('event_count', 'a', 'group-by: [User]\ncondition: {gte: 2}');
    const { plan } = compile(texts(text, plain('a', 1)), [at(9, 1, user('x')), at(3, 1, user('x'))]);
    const [hit] = plan.correlate();
    expect(hit?.related()).toEqual([1, 0]);
    expect(plan.explain(0, 0).map(({ field, value }) => [field, value])).toEqual([
      ['User', 'x'],
      ['count', '2'],
    ]);
    expect(plan.explain(0, 1)).toEqual([]);
  });
});

const filter = (rules: string, condition: string, logsource = 'product: windows'): string =>
  `title: F\nname: F\nlogsource: {${logsource}}\nfilter:\n  rules: ${rules}\n  sel: {User: adm}\n  condition: ${condition}\n`;

describe('global filters', () => {
  const events = [at(0, 1, user('adm')), at(1, 1, user('x')), at(2, 2, user('adm'))];
  const hitsWith = (text: string) => compile(texts(text, plain('a', 1), plain('b', 2)), events).hits;

  it.each([
    ['[a]', 'sel', ['a@1', 'b@2']],
    ['[a]', 'not sel', ['a@1', 'b@2']],
    ['[a, b]', 'sel', ['a@1']],
    ['any', 'sel', ['a@1']],
  ])('for %s on %s suppress what they name', (rules, condition, expected) => {
    expect(hitsWith(filter(rules, condition))).toEqual(expected);
  });

  it('name a rule by its id in any case, and cover logsources that say more than theirs', () => {
    const id = '0e95725d-7320-415d-80f7-004da920fc11';
    const withId = plain('a', 1).replace('name: a\n', `id: ${id}\n`);
    const hitsOf = (text: string): number => compile(texts(text, withId), events).hits.length;
    expect(hitsOf(filter(`[${id.toUpperCase()}]`, 'sel'))).toBe(1);
    expect(hitsOf(filter(id, 'sel', 'service: security'))).toBe(1);
    expect(hitsOf(filter('any', 'sel', 'product: windows, service: security'))).toBe(1);
    expect(hitsOf(filter('any', 'sel', 'product: windows, service: security, category: logon'))).toBe(2);
    expect(hitsOf(filter('any', 'sel', 'service: system'))).toBe(2);
    expect(hitsOf(filter('[another]', 'sel'))).toBe(2);
  });

  it('apply only within their logsource, and say where they apply to nothing', () => {
    const { plan, hits } = compile(texts(filter('[a, nope]', 'sel', 'product: linux'), plain('a', 1)), events);
    expect(hits).toEqual(['a@0', 'a@1']);
    expect(plan.notes.get(0)?.map(({ code }) => code)).toEqual(['filter-logsource', 'filter-without-rule']);
    expect(plan.notRun.size).toBe(0);
  });

  it('that cannot run suppress nothing', () => {
    const refused = filter('[a]', 'sel').replace('User: adm', "User|re: '(?=x)'");
    const { plan, hits } = compile(texts(refused, plain('a', 1)), events);
    expect(plan.notRun.get(0)?.[0]?.code).toBe('regex-refused');
    expect(hits).toEqual(['a@0', 'a@1']);
  });

  it('apply to the rules of correlations', () => {
    const text = about('event_count', 'a', 'condition: {gte: 1}');
    const { plan } = compile(texts(text, filter('[a]', 'sel'), plain('a', 1)), events);
    expect(correlated(plan)).toEqual(['outer@1 count=1']);
  });
});

describe('a correlation that more events hit than can be kept', () => {
  const correlation = texts(about('event_count', 'a', 'condition: {gte: 2}'))[0]?.correlation as Correlation;

  it('works with the first ones, and counts the rest', () => {
    const budget = new OccurrenceBudget();
    const correlator = new Correlator(correlation, [], new FieldTexts(), budget, 3);
    const kept = [0, 1, 2, 3, 4].map((event) => correlator.add(0, event, event, []));
    expect(kept).toEqual([true, true, true, false, false]);
    expect([correlator.dropped.limit, budget.kept]).toEqual([2, 3]);
    expect(correlator.evaluate([]).map(({ event }) => event)).toEqual([1, 2]);
  });

  it('shares what room there is with the others of its plan', () => {
    const budget = new OccurrenceBudget(3);
    const [one, other] = [0, 1].map(() => new Correlator(correlation, [], new FieldTexts(), budget));
    expect([one?.add(0, 0, 0, []), one?.add(0, 1, 1, []), other?.add(0, 0, 0, []), other?.add(0, 1, 1, [])]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(other?.dropped.limit).toBe(1);
  });
});
