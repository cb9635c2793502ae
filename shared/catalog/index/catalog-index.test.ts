import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPS } from '../../model/predicate.ts';
import type { PredicateRole } from '../normalise/normalised-rule.ts';
import { techniquePage } from '../page/technique-page.ts';
import { buildIndex } from './catalog-index.ts';
import { keyName, ruleKeys } from './rule-keys.ts';
import { predicate, rule } from './rule.test-data.ts';

const anyPredicate = fc
  .record({
    field: fc.constantFrom('process.path', 'process.name', 'event.action'),
    op: fc.constantFrom(...OPS),
    values: fc.array(fc.constantFrom('a', 'A', ' a ', 'b', 'B', '\\d', '\\D'), { maxLength: 4 }),
    role: fc.constantFrom<PredicateRole>('indicator', 'exclusion', 'negated', 'scope', 'absent'),
    negated: fc.boolean(),
  })
  .map(predicate);
const anyRules = fc.array(fc.array(anyPredicate, { maxLength: 5 }), { maxLength: 8 });

describe('the index of any rules', () => {
  it('has for each rule the keys that the rule alone has, each once, on one of two lists', () => {
    fc.assert(
      fc.property(anyRules, (list) => {
        const entries = list.map((predicates, i) => rule(`r${i}`, predicates));
        const index = buildIndex(entries);
        entries.forEach((entry, i) => {
          const { indicators, exclusions } = index.rules[i]!;
          expect(new Set([...indicators, ...exclusions]).size).toBe(indicators.length + exclusions.length);
          const names = (numbers: readonly number[]) =>
            numbers.map((n) => {
              const { field, op, value } = index.keys[n]!;
              return keyName({ field, op, folded: op === 'match' ? value : value.toLowerCase() });
            });
          const alone = ruleKeys(entry.rule);
          expect(names(indicators)).toEqual(alone.indicators.map(keyName));
          expect(names(exclusions)).toEqual(alone.exclusions.map(keyName));
        });
      }),
    );
  });

  it('counts on a page as a count by hand does', () => {
    fc.assert(
      fc.property(anyRules, (list) => {
        const entries = list.map((predicates, i) =>
          rule(`r${i}`, predicates, i % 2 === 0 ? {} : { techniques: ['T1059'], isWindows: i % 3 === 0 }),
        );
        const index = buildIndex(entries);
        for (const scope of ['all', 'windows'] as const) {
          const page = techniquePage(index, 'T1572', { scope, subtechniques: false });
          const inScope = entries.filter((entry) => scope === 'all' || entry.rule.isWindows);
          for (const row of page.indicators) {
            const has = (list: 'indicators' | 'exclusions', { rule: one }: (typeof entries)[number]) =>
              ruleKeys(one)[list].some(
                ({ field, op, folded }) =>
                  field === row.field &&
                  op === row.op &&
                  folded === (op === 'match' ? row.value : row.value.toLowerCase()),
              );
            const here = inScope.filter((entry) => entry.rule.techniques.includes('T1572'));
            expect(row.rules).toBe(here.filter((entry) => has('indicators', entry)).length);
            expect(row.reach).toBe(
              inScope.filter((entry) => has('indicators', entry) || has('exclusions', entry)).length,
            );
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('keys', () => {
  it('compare without case but with blanks, and show the form that most rules write', () => {
    const entries = ['-R', '-r', '-R', ' -r '].map((value, i) =>
      rule(`r${i}`, [predicate({ op: 'contains', values: [value] })]),
    );
    const page = techniquePage(buildIndex(entries), 'T1572', { scope: 'all', subtechniques: false });
    expect(page.indicators.map(({ value, rules }) => [value, rules])).toEqual([
      ['-R', 3],
      [' -r ', 1],
    ]);
  });

  it('of a path and of the name in it meet other vendors in one row', () => {
    const derived = { field: 'process.name', op: 'eq', values: ['Plink.exe'] } as const;
    const index = buildIndex([
      rule('path', [predicate({ op: 'ends_with', values: ['\\Plink.exe'], derived })]),
      rule('name', [predicate({ field: 'process.name', native: 'process.name', values: ['plink.exe'] })], {
        vendor: 'elastic',
      }),
    ]);
    const page = techniquePage(index, 'T1572', { scope: 'all', subtechniques: false });
    expect(page.fields[0]).toMatchObject({ field: 'process.name', rules: 2, native: ['Image', 'process.name'] });
    expect(page.indicators[0]).toMatchObject({ field: 'process.name', op: 'eq', rules: 2, reach: 2 });
    expect(page.vendors).toEqual({ sigma: 1, elastic: 1, splunk: 0, kusto: 0 });
  });
});

describe('pages', () => {
  it('roll sub-techniques up only where asked to', () => {
    const index = buildIndex([
      rule('a', [], { techniques: ['T1021'] }),
      rule('b', [], { techniques: ['T1021.001', 'T1021'] }),
      rule('c', [], { techniques: ['T1021.002'] }),
      rule('d', [], { techniques: ['T1021.001'] }),
    ]);
    const titles = (technique: string, subtechniques: boolean) =>
      techniquePage(index, technique, { scope: 'all', subtechniques }).rules.map(({ rule: one }) => one.title);
    expect(titles('T1021', false)).toEqual(['a', 'b']);
    expect(titles('T1021', true)).toEqual(['a', 'b', 'c', 'd']);
    expect(titles('T1021.001', true)).toEqual(['b', 'd']);
  });

  it('list unread files that name the technique or none', () => {
    const unread = [
      { file: 'here', reason: 'r', line: 1, column: 1, mentions: ['T1572'] },
      { file: 'elsewhere', reason: 'r', line: 1, column: 1, mentions: ['T1003'] },
      { file: 'anywhere', reason: 'r', line: 1, column: 1, mentions: [] },
    ];
    const partly = rule('p', [], { notParsed: [{ isError: false, reason: 'part', line: 3, column: 2 }] });
    const page = techniquePage(buildIndex([partly]), 'T1572', { scope: 'all', subtechniques: false }, unread);
    expect(page.notParsed).toEqual([
      { file: 'p.yml', reason: 'part', line: 3, column: 2 },
      { file: 'here', reason: 'r', line: 1, column: 1 },
      { file: 'anywhere', reason: 'r', line: 1, column: 1 },
    ]);
  });
});
