import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogFile, type RuleDialect } from '../../shared/catalog/read-catalog.ts';
import { ruleKeys, keyName } from '../../shared/catalog/index/rule-keys.ts';
import { foldValue } from '../../shared/catalog/normalise/values.ts';
import type { NormalisedPredicate, NormalisedRule } from '../../shared/catalog/normalise/normalised-rule.ts';
import type { Op } from '../../shared/model/predicate.ts';
import { corpusPath, projectRoot } from '../testing/corpus.ts';
import { loadCatalogMappings } from './mappings.ts';
import { readSplunkMacros } from '../testing/splunk-macros.ts';

interface GoldPredicate {
  readonly field: string;
  readonly op: Op;
  readonly values: readonly string[];
  readonly quantifier: string;
  readonly negated: boolean;
  readonly derived?: { readonly field: string; readonly op: Op; readonly values: readonly string[] };
}

interface GoldRule {
  readonly vendor: RuleDialect;
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly events: readonly { readonly channel: string; readonly eventId: number }[];
  readonly predicates: readonly GoldPredicate[];
  readonly exclusions: readonly GoldPredicate[];
  readonly distinctKeys: number;
}

const goldFile = corpusPath('catalog', 't1572-gold.json');
const corpus = corpusPath('corpus');
const mappings = loadCatalogMappings(join(projectRoot, 'rules'));

describe.skipIf(goldFile === undefined || corpus === undefined)('rules read by hand', () => {
  const gold =
    goldFile === undefined ? [] : (JSON.parse(readFileSync(goldFile, 'utf8')) as { rules: GoldRule[] }).rules;
  const macros = readSplunkMacros(join(corpus ?? '', 'splunk', 'macros'));

  it('are twelve', () => {
    expect(gold).toHaveLength(12);
  });

  it.each(gold)('$vendor: $title', (wanted) => {
    const path = join(corpus as string, wanted.vendor, wanted.file);
    const { rules, faults } = readCatalogFile(wanted.vendor, readFileSync(path, 'utf8'), path, macros, mappings);
    expect(faults).toEqual([]);
    const rule = rules.find(({ id }) => id === wanted.id) ?? rules[0];
    if (!rule) throw new Error('The file holds no rule');
    expect(rule.notParsed).toEqual([]);
    expect(rule.title).toBe(wanted.title);
    const split = (isWanted: boolean) => rule.predicates.filter(({ role }) => (role === 'exclusion') === isWanted);
    expect(tests(split(false))).toEqual(tests(wanted.predicates));
    expect(tests(split(true))).toEqual(tests(wanted.exclusions));
    expect(derived(split(false))).toEqual(derived(wanted.predicates));
    expect(rule.events.map(eventText).sort()).toEqual(wanted.events.map(eventText).sort());
    expect(writtenKeys(rule)).toBe(wanted.distinctKeys);
  });
});

function tests(predicates: readonly (GoldPredicate | NormalisedPredicate)[]): string[] {
  const all = predicates.flatMap(({ field, op, values, negated }) =>
    (values.length === 0 ? [''] : values).map((value) => JSON.stringify([field, op, foldValue(op, value), negated])),
  );
  return [...new Set(all)].sort();
}

function derived(predicates: readonly (GoldPredicate | NormalisedPredicate)[]): string[] {
  return [...new Set(predicates.flatMap((one) => (one.derived ? tests([{ ...one, ...one.derived }]) : [])))].sort();
}

function eventText({ channel, eventId }: { readonly channel: string; readonly eventId: number | null }): string {
  return `${channel}/${eventId}`;
}

/** Keys that the rule looks for, without those derived from paths. */
function writtenKeys(rule: NormalisedRule): number {
  const written = rule.predicates.map(({ derived: _, ...predicate }) => predicate);
  return new Set(ruleKeys({ predicates: written }).indicators.map(keyName)).size;
}
