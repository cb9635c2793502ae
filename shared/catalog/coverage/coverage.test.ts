import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIndex, type CatalogEntry } from '../index/catalog-index.ts';
import { predicate, rule } from '../index/rule.test-data.ts';
import type { CatalogEvent } from '../normalise/normalised-rule.ts';
import type { CaseRule, OpenCase } from './case.ts';
import { coverageOf, techniqueOnCase, type TechniqueCoverage } from './coverage.ts';
import { coverageCsv, coverageJson } from './render-coverage.ts';
import { RULE_STATES } from './states.ts';

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const EVENTS: readonly CatalogEvent[] = [
  { channel: SYSMON, eventId: 1 },
  { channel: SYSMON, eventId: 3 },
  { channel: 'Security', eventId: 4688 },
  { channel: 'Security', eventId: null },
];
const ALL = { scope: 'all' } as const;

function loaded(title: string, more: Partial<CaseRule> = {}): CaseRule {
  const file = `${title}.yml`;
  return { key: title, id: title, title, file, techniques: ['T1572'], isRun: true, cannotFire: null, hits: 0, ...more };
}

function rowOf(entries: readonly CatalogEntry[], open: OpenCase, technique = 'T1572'): TechniqueCoverage {
  const row = coverageOf(buildIndex(entries), open, ALL).techniques.find((one) => one.technique === technique);
  if (!row) throw new Error(`no row of ${technique}`);
  return row;
}

const open4688 = [{ channel: 'security', provider: '', eventId: 4688, events: 7 }];
const on = (channel: string, eventId: number | null) => ({ events: [{ channel, eventId }] });

describe('a technique of the case', () => {
  const read4688 = rule('a', [], on('Security', 4688));
  const read1 = rule('b', [], on(SYSMON, 1));

  it('is as far as its best rule', () => {
    const none = { kinds: [], rules: [] };
    expect(rowOf([read4688], none).state).toBe('unknown');
    expect(rowOf([read4688, read1], { kinds: open4688, rules: [] })).toMatchObject({ state: 'ready', idle: 1, run: 0 });
    expect(rowOf([read1], { kinds: open4688, rules: [loaded('b')] })).toMatchObject({ state: 'absent', run: 1 });
    expect(rowOf([rule('c', [], { events: [] })], { kinds: open4688, rules: [] }).state).toBe('unknown');
    const hit = rowOf([read4688, read1], { kinds: open4688, rules: [loaded('a', { hits: 3 })] });
    expect(hit).toMatchObject({ state: 'hit', hits: 3, idle: 0, states: { hit: 1, ready: 0, absent: 1, unknown: 0 } });
  });

  it('counts the events that its rules read, and says which are missing', () => {
    expect(
      rowOf([read4688, read1, rule('c', [], on('Security', null))], { kinds: open4688, rules: [] }).events,
    ).toEqual([
      { channel: SYSMON, eventId: 1, rules: 1, open: 0 },
      { channel: 'Security', eventId: null, rules: 1, open: 7 },
      { channel: 'Security', eventId: 4688, rules: 1, open: 7 },
    ]);
  });

  it('believes the engine where it knows that a rule cannot fire, and not what is turned off', () => {
    const cannot = loaded('a', { cannotFire: 'no such event has the field X' });
    expect(rowOf([read4688], { kinds: open4688, rules: [cannot] }).state).toBe('absent');
    const off = loaded('a', { isRun: false, hits: 9 });
    expect(rowOf([read4688], { kinds: open4688, rules: [off] })).toMatchObject({ state: 'ready', hits: 0, idle: 1 });
  });

  it('has the hits of rules that the catalog does not have', () => {
    const open = { kinds: open4688, rules: [loaded('mine', { hits: 2, techniques: ['T1021.001'] })] };
    const { techniques } = coverageOf(buildIndex([read4688]), open, ALL, ['T1003']);
    expect(techniques.map(({ technique, state, hits }) => [technique, state, hits])).toEqual([
      ['T1003', 'none', 0],
      ['T1021', 'hit', 2],
      ['T1021.001', 'hit', 2],
      ['T1572', 'ready', 0],
    ]);
  });

  it('knows a table of Defender by the provider of its events, and any action of it', () => {
    const kinds = [{ channel: '', provider: 'DeviceEvents', eventId: null, events: 4 }];
    const read = (channel: string) => rowOf([rule('a', [], on(channel, null))], { kinds, rules: [] });
    expect(read('defender/DeviceEvents')).toMatchObject({ state: 'ready', events: [{ open: 4 }] });
    expect(read('defender/DeviceEvents/SomeAction').state).toBe('ready');
    expect(read('defender/DeviceProcessEvents').state).toBe('absent');
  });

  it('names the open events that no rule reads', () => {
    const kinds = [
      ...open4688,
      { channel: SYSMON, provider: '', eventId: 22, events: 5 },
      { channel: '', provider: 'json', eventId: null, events: 3 },
    ];
    const unread = (entry: CatalogEntry) => coverageOf(buildIndex([entry]), { kinds, rules: [] }, ALL).unread;
    expect(unread(read4688)).toEqual([{ channel: SYSMON, provider: '', eventId: 22, events: 5 }]);
    expect(unread(rule('c', [], on(SYSMON, null))).map(({ channel }) => channel)).toEqual(['security']);
  });
});

describe('the coverage of any case', () => {
  const anyRules = fc.array(
    fc.record({
      techniques: fc.uniqueArray(fc.constantFrom('T1', 'T1.001', 'T1.002', 'T2'), { maxLength: 3 }),
      events: fc.subarray([...EVENTS]),
      isWindows: fc.boolean(),
      loaded: fc.option(fc.record({ hits: fc.nat(3), isRun: fc.boolean(), cannot: fc.boolean() }), { nil: undefined }),
    }),
    { maxLength: 8 },
  );
  const anyKinds = fc
    .subarray([...EVENTS])
    .map((list) => list.map((event, i) => ({ ...event, provider: '', events: i + 1 })));

  it('counts each rule once in one state, as the rules of the technique are told one by one', () => {
    fc.assert(
      fc.property(anyRules, anyKinds, fc.constantFrom('windows', 'all'), (made, kinds, scope) => {
        const entries = made.map(({ techniques, events, isWindows }, i) =>
          rule(`r${i}`, [predicate({})], { techniques, events, isWindows }),
        );
        const rules = made.flatMap(({ techniques, loaded: one }, i) =>
          one
            ? [loaded(`r${i}`, { techniques, hits: one.hits, isRun: one.isRun, cannotFire: one.cannot ? 'x' : null })]
            : [],
        );
        const index = buildIndex(entries);
        const coverage = coverageOf(index, { kinds, rules }, { scope });
        for (const row of coverage.techniques) {
          const { technique, states } = row;
          const mine = made.filter(
            ({ techniques, isWindows }) =>
              techniques.some((id) => id === technique || id.startsWith(`${technique}.`)) &&
              (scope === 'all' || isWindows),
          );
          expect(row.rules).toBe(mine.length);
          expect(RULE_STATES.reduce((sum, state) => sum + states[state], 0)).toBe(row.rules);
          expect(row.run + row.idle).toBeLessThanOrEqual(row.rules);
          const told = techniqueOnCase(index, { kinds, rules }, technique, { scope });
          for (const state of RULE_STATES) {
            expect(told.filter((one) => one.state === state)).toHaveLength(states[state]);
          }
          const isOpen = ({ channel, eventId }: CatalogEvent): boolean =>
            kinds.some((kind) => kind.channel === channel && (eventId === null || kind.eventId === eventId));
          for (const event of row.events) expect(event.open > 0).toBe(isOpen(event));
          if (kinds.length > 0) {
            const could = mine.filter(({ events, loaded: one }) => events.some(isOpen) && !one?.cannot);
            expect(states.ready).toBe(could.filter(({ loaded: one }) => !one?.isRun || one.hits === 0).length);
          }
        }
      }),
    );
  });

  it('is told as JSON and CSV with every technique that has a rule', () => {
    const entries = [rule('a', [], on('Security', 4688)), rule('=b', [], { techniques: ['T1003'], ...on(SYSMON, 1) })];
    const coverage = coverageOf(buildIndex(entries), { kinds: open4688, rules: [] }, ALL, ['T9000']);
    const names = (id: string) => ({ name: `=${id}`, tactics: ['impact', 'execution'] });
    const json = coverageJson(coverage, names);
    expect(json.techniques.map(({ technique, state }) => [technique, state])).toEqual([
      ['T1003', 'absent'],
      ['T1572', 'ready'],
    ]);
    const [head, first, second] = coverageCsv(coverage, names).split('\r\n');
    expect(head?.split(',')).toHaveLength(first?.split(',').length ?? 0);
    expect(first).toContain("T1003,'=T1003,impact; execution,absent,1,1,0,0,0");
    expect(second?.endsWith(',Security 4688,')).toBe(true);
  });
});
