import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CatalogChoice, CatalogRulePage } from '../../shared/ipc/catalog-calls.ts';
import { catalogCalls } from '../../shared/ipc/catalog-calls.ts';
import { foldValue } from '../../shared/catalog/normalise/values.ts';
import type { Result } from '../../shared/model/fault.ts';
import { contentFolder } from '../testing/workbench-threads.ts';
import { GuideService } from './guide-service.ts';

const CHOICE: CatalogChoice = {
  scope: 'windows',
  subtechniques: true,
  vendors: [],
  platforms: [],
  levels: [],
  statuses: [],
};

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}

const service = new GuideService({ contentFolder, cacheFolder: undefined });
type Rule = Omit<CatalogRulePage, 'loaded'>;
let rules: Rule[];

beforeAll(async () => {
  const root = { path: join(contentFolder, 'starter'), name: 'starter', folder: 'own', isOwn: true };
  value(await service.build([root], new AbortController().signal, () => undefined));
  const page = value(service.technique({ technique: 'T1572', choice: CHOICE }));
  rules = await Promise.all(page.rules.map(async ({ rule }) => value(await service.rule({ rule }))));
});

/** Keys that a rule looks for, told from its opened page alone. */
function keysOf(rule: Rule): Set<string> {
  const keys = new Set<string>();
  const excluded = new Set<string>();
  for (const { field, op, values, role, negated, derived } of rule.predicates) {
    const looksFor = role === 'indicator' || (role === 'scope' && !negated);
    if (!looksFor && role !== 'exclusion') continue;
    const into = looksFor ? keys : excluded;
    for (const text of op === 'is_null' || op === 'is_not_null' ? [''] : values) {
      into.add(`${field} ${op} ${foldValue(op, text)}`);
    }
    for (const text of derived?.values ?? []) into.add(`${derived?.field ?? ''} eq ${foldValue('eq', text)}`);
  }
  return keys;
}

describe('the page of T1572 from the starter rules', () => {
  it('is what the contract says', async () => {
    const page = value(service.technique({ technique: 't1572', choice: CHOICE }));
    catalogCalls['catalog.technique'].output.parse(page);
    catalogCalls['catalog.summary'].output.parse({ ...value(service.summary()), isBuilding: false });
    const { channel, eventId } = page.events[0] ?? { channel: '', eventId: null };
    catalogCalls['catalog.event'].output.parse(value(service.event({ channel, eventId, choice: CHOICE })));
    const rule = value(await service.rule({ rule: page.rules[0]?.rule ?? '' }));
    catalogCalls['catalog.rule'].output.parse({ ...rule, loaded: null });
    expect(page.technique).toEqual({ id: 'T1572', name: 'Protocol Tunneling' });
    expect(Object.values(page.vendors).every((n) => n > 0)).toBe(true);
    expect(page.description).not.toBeNull();
  });

  it('counts each indicator as its rules have it, and reach is never below', () => {
    const page = value(service.technique({ technique: 'T1572', choice: CHOICE }));
    expect(page.indicators.length).toBeGreaterThan(50);
    for (const { field, op, value: text, rules: count, reach } of page.indicators) {
      const users = rules.filter((rule) => keysOf(rule).has(`${field} ${op} ${foldValue(op, text)}`));
      expect(users.length, `${field} ${op} ${text}`).toBe(count);
      const all = value(service.indicator({ field, op, value: text, scope: 'windows' }));
      expect(all.rules.length + all.excludedBy.length).toBe(reach);
      expect(reach).toBeGreaterThanOrEqual(count);
    }
  });

  it('lists under a field exactly the indicators of that field', () => {
    const page = value(service.technique({ technique: 'T1572', choice: CHOICE }));
    for (const { field } of page.fields) {
      const { values } = value(service.field({ field, technique: 'T1572', choice: CHOICE }));
      const here = page.indicators
        .filter((row) => row.field === field)
        .map((row) => `${row.op} ${row.value} ${row.rules}`);
      const listed = values.filter((row) => row.rules > 0).map((row) => `${row.op} ${row.value} ${row.rules}`);
      expect(listed.toSorted()).toEqual(here.toSorted());
    }
  });

  it('shows each predicate of a Sigma rule where its value stands in the source', () => {
    for (const { vendor, predicates, text, file } of rules) {
      if (vendor !== 'sigma') continue;
      for (const { span, native, values } of predicates) {
        const source = text?.slice(span.start, span.end) ?? '';
        expect(source, file).toContain(native);
        for (const one of values.filter((v) => /^[\w.:-]+$/.test(v))) expect(source, file).toContain(one);
      }
    }
  });

  it('narrows rules and tables, not the reach', () => {
    const all = value(service.technique({ technique: 'T1572', choice: CHOICE }));
    const one = value(service.technique({ technique: 'T1572', choice: { ...CHOICE, vendors: ['sigma'] } }));
    expect(one.rules.map(({ vendor }) => vendor)).toEqual(Array(all.vendors.sigma).fill('sigma'));
    expect(one.facets).toEqual(all.facets);
    for (const row of one.indicators) {
      const whole = all.indicators.find((r) => r.field === row.field && r.op === row.op && r.value === row.value);
      expect(whole?.reach).toBe(row.reach);
      expect(whole?.rules).toBeGreaterThanOrEqual(row.rules);
    }
  });
});

describe('lookups', () => {
  it('search finds each value of the page, and nothing for words that are nowhere', () => {
    const page = value(service.technique({ technique: 'T1572', choice: CHOICE }));
    for (const row of page.indicators.filter(({ isScope, value: text }) => !isScope && text.trim() !== '')) {
      const words = `${row.value.trim()} ${row.field}`;
      const found = value(service.search({ words, scope: 'windows', limit: 200 }));
      expect(
        found.values.some((one) => one.field === row.field && one.value === row.value),
        words,
      ).toBe(true);
    }
    const nothing = value(service.search({ words: 'no rule has these words', scope: 'all', limit: 10 }));
    expect(Object.values(nothing.totals)).toEqual([0, 0, 0, 0, 0]);
  });

  it('a name that is the end of a path is looked for in the path', () => {
    const page = value(service.technique({ technique: 'T1572', choice: CHOICE }));
    const name = page.fields.find(({ field }) => field === 'process.name');
    expect(name?.logField).toEqual({ field: 'Image', part: 'name' });
    expect(page.fields.find(({ field }) => field === 'host.os')?.logField).toBeNull();
  });

  it('writes the page in every form, with the rows that are shown', () => {
    const page = value(service.technique({ technique: 'T1572', choice: CHOICE }));
    const render = (format: 'json' | 'csv' | 'html' | 'md'): string =>
      value(service.render({ technique: 'T1572', choice: CHOICE, format })).text;
    const json = JSON.parse(render('json')) as { indicators: { rules: number }[]; vendors: unknown };
    expect(json.indicators.map(({ rules: n }) => n)).toEqual(page.indicators.map(({ rules: n }) => n));
    expect(json.vendors).toEqual(page.vendors);
    for (const format of ['csv', 'html', 'md'] as const) expect(render(format)).toContain('plink.exe');
  });

  it('says what is not there', async () => {
    expect(await service.rule({ rule: 'nowhere#0' })).toMatchObject({ ok: false, fault: { code: 'not-found' } });
    expect(value(service.technique({ technique: 'T0000', choice: CHOICE })).rules).toEqual([]);
    expect(value(service.indicator({ field: 'x', op: 'eq', value: 'y', scope: 'all' }))).toEqual({
      rules: [],
      excludedBy: [],
    });
    const empty = new GuideService({ contentFolder, cacheFolder: undefined });
    expect(empty.summary()).toMatchObject({ ok: false, fault: { code: 'not-found' } });
  });
});
