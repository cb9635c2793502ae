import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { logTest } from '../../shared/catalog/log-test.ts';
import type { CatalogChoice, CatalogHints, CatalogRulePage } from '../../shared/ipc/catalog-calls.ts';
import { catalogCalls } from '../../shared/ipc/catalog-calls.ts';
import { coverageCalls } from '../../shared/ipc/coverage-calls.ts';
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

  it('shows a search with its macros put in, beside its source', () => {
    const forward = rules.find(({ file }) => file.endsWith('ssh_client_port_forward.yml'));
    expect(forward?.text).toContain('`ssh_forwarding_clients`');
    expect(forward?.expanded).toContain('Processes.process_name IN ("ssh.exe", "plink.exe")');
    expect(forward?.expanded).not.toMatch(/`|\|\s*(?:\||$)/);
    expect(rules.filter(({ vendor }) => vendor !== 'splunk').map(({ expanded }) => expanded)).toEqual(
      rules.filter(({ vendor }) => vendor !== 'splunk').map(() => ''),
    );
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

describe('beyond the reference', () => {
  it('lists rules that look for the same, with what they share and how much of each that is', () => {
    const { pairs, total } = value(
      service.overlap({ technique: 'T1572', choice: CHOICE, isAcrossVendors: false, limit: 100 }),
    );
    catalogCalls['catalog.overlap'].output.parse({ pairs, total });
    expect(total).toBe(pairs.length);
    expect(total).toBeGreaterThan(0);
    for (const { a, b, shared, similarity, ofA, ofB } of pairs) {
      const [left, right] = [a, b].map(({ rule }) => rules.find((one) => one.rule === rule));
      for (const { field, op, value: text } of shared) {
        for (const one of [left, right]) {
          expect(one && keysOf(one).has(`${field} ${op} ${foldValue(op, text)}`), `${field} ${text}`).toBe(true);
        }
      }
      expect(shared.length).toBeLessThanOrEqual(Math.min(ofA, ofB));
      const similar = value(service.similar({ rule: a.rule, scope: 'windows' }));
      catalogCalls['catalog.similar'].output.parse(similar);
      expect(similar.find(({ rule }) => rule.rule === b.rule)).toMatchObject({ similarity, ofThis: ofA, ofOther: ofB });
      const own = similar.map(({ rule }) => rule.vendor === a.vendor);
      expect(own).toEqual([...own].sort());
    }
    const across = value(service.overlap({ technique: 'T1572', choice: CHOICE, isAcrossVendors: true, limit: 100 }));
    expect(across.pairs).toEqual(pairs.filter(({ a, b }) => a.vendor !== b.vendor));
    expect(service.similar({ rule: 'nowhere#0', scope: 'all' })).toMatchObject({ ok: false });
  });

  it('marks what rules of one vendor alone look for', () => {
    const page = value(service.technique({ technique: 'T1572', choice: CHOICE }));
    expect(page.gaps.length).toBeGreaterThan(0);
    for (const gap of page.gaps) {
      const row = page.indicators.find(
        ({ field, op, value: text }) => field === gap.field && op === gap.op && text === gap.value,
      );
      expect(row?.onlyVendor).toBe(gap.vendor);
    }
    for (const { field, op, value: text, onlyVendor } of page.indicators) {
      const { rules: users, excludedBy } = value(service.indicator({ field, op, value: text, scope: 'all' }));
      const vendors = new Set([...users, ...excludedBy].map(({ vendor }) => vendor));
      expect(onlyVendor, text).toBe(vendors.size === 1 ? [...vendors][0] : null);
    }
  });

  it('gives regular expressions as the matcher is to run them', () => {
    const page = value(service.technique({ technique: 'T1572', choice: { ...CHOICE, scope: 'all' } }));
    const expressions = page.indicators.filter(({ op }) => op === 'match');
    expect(expressions.length).toBeGreaterThan(0);
    for (const { value: text, pattern } of expressions) {
      expect(pattern).toContain(text);
    }
    for (const { op, pattern } of page.indicators) expect(pattern === null).toBe(op !== 'match');
  });

  it('tells techniques on open logs, and each rule of them', () => {
    const kinds = [{ channel: 'Security', provider: '', eventId: 4688, events: 3 }];
    const open = { kinds, rules: [] };
    const coverage = value(service.coverage({ scope: 'windows', open }));
    coverageCalls['coverage.case'].output.parse(coverage);
    expect(coverage.rows.length).toBeGreaterThan(600);
    const row = coverage.rows.find(({ technique }) => technique === 'T1572');
    expect(row).toMatchObject({ name: 'Protocol Tunneling', tactics: ['command-and-control'], state: 'ready' });
    const one = value(service.techniqueOnCase({ technique: 't1572', scope: 'windows', open }));
    coverageCalls['coverage.technique'].output.parse(one);
    expect(one.row).toEqual(row);
    expect(one.rules.filter(({ state }) => state === 'ready')).toHaveLength(row?.states.ready ?? -1);
    expect(one.events.find(({ eventId }) => eventId === 4688)).toMatchObject({ open: 3, title: 'Process created' });
    const render = (format: 'navigator' | 'csv' | 'json'): string =>
      value(service.renderCoverage({ scope: 'windows', open, format, name: 'Case' })).text;
    expect(JSON.parse(render('navigator'))).toMatchObject({ name: 'Case', domain: 'enterprise-attack' });
    expect(JSON.parse(render('json'))).toMatchObject({ hasLogs: true });
    expect(render('csv')).toContain('T1572,Protocol Tunneling,command-and-control,ready,');
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

describe('hints for a draft', () => {
  const hints = (field: string | null, isExcluded = false): CatalogHints =>
    value(service.hints({ techniques: ['T1572'], field, isExcluded }));

  /** Rules that make a test of the logs, told from their opened pages alone. */
  function testers(isExcluded: boolean): Map<string, Set<Rule>> {
    const found = new Map<string, Set<Rule>>();
    for (const rule of rules) {
      const tests = (wanted: boolean): Set<string> =>
        new Set(
          rule.predicates
            .filter(({ role }) => role === (wanted ? 'exclusion' : 'indicator'))
            .flatMap(({ op, values, logField, derived }) => {
              const byName =
                derived && logField ? derived.values.map((text) => `${logField.field} ends_with \\${text}`) : [];
              const texts = op === 'is_null' || op === 'is_not_null' ? [''] : values;
              const whole = texts.flatMap((text) => {
                const test = logTest({ op, value: text, logField, pattern: null });
                return test ? [`${test.field} ${test.op} ${test.value}`] : [];
              });
              return [...whole, ...byName].map((text) => text.toLowerCase());
            }),
        );
      const lookedFor = tests(false);
      for (const test of isExcluded ? tests(true) : lookedFor) {
        if (isExcluded && lookedFor.has(test)) continue;
        found.set(test, (found.get(test) ?? new Set()).add(rule));
      }
    }
    return found;
  }

  it('count each rule once in the field that the logs have, whatever its vendor calls it', () => {
    const expected = testers(false);
    const { fields } = hints(null);
    expect(fields.flatMap(({ names }) => names)).toEqual(expect.arrayContaining(['Image', 'CommandLine', 'IpAddress']));
    for (const { names, rules: count, vendors } of fields.filter((row) => row.how.every(({ op }) => op !== 'match'))) {
      const isOf = (test: string): boolean => names.some((name) => test.startsWith(`${name.toLowerCase()} `));
      const users = new Set([...expected].flatMap(([test, by]) => (isOf(test) ? [...by] : [])));
      expect([names, count, vendors]).toEqual([
        names,
        users.size,
        new Set([...users].map(({ vendor }) => vendor)).size,
      ]);
    }
    expect(hints('IpAddress').values).toEqual(hints('SourceIp').values);
    const image = hints('Image').values.filter(({ op }) => op !== 'match');
    expect(image.length).toBeGreaterThan(3);
    for (const { op, value: text, rules: count } of image) {
      expect([text, count]).toEqual([text, expected.get(`image ${op} ${text}`.toLowerCase())?.size]);
    }
    expect(image.some(({ vendors }) => vendors > 1)).toBe(true);
  });

  it('of a filter are what rules leave out', () => {
    const expected = testers(true);
    const rows = hints(null, true).fields;
    expect(rows.length).toBeGreaterThan(0);
    for (const [field = ''] of rows.map(({ names }) => names)) {
      for (const { op, value: text, rules: count } of hints(field, true).values.filter((row) => row.op !== 'match')) {
        expect([field, text, count]).toEqual([field, text, expected.get(`${field} ${op} ${text}`.toLowerCase())?.size]);
      }
    }
  });

  it('without a technique are of all rules on Windows events', () => {
    const all = value(service.hints({ techniques: [], field: null, isExcluded: false })).fields;
    const tagged = new Map(hints(null).fields.map((row) => [row.names[0], row.rules]));
    for (const { names, rules: count } of all) expect(count).toBeGreaterThanOrEqual(tagged.get(names[0]) ?? 0);
  });
});
