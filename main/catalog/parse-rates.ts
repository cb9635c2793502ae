import type { QueryLanguage } from '../../shared/catalog/catalog-rule.ts';
import type { CatalogEntry } from '../../shared/catalog/index/catalog-index.ts';
import type { NormalisedRule } from '../../shared/catalog/normalise/normalised-rule.ts';

/** How the reading of one language's rules went. */
export interface ParseRate {
  readonly language: QueryLanguage;
  readonly rules: number;
  /** All of the query understood. */
  readonly parsed: number;
  /** Predicates came out, but not of every part. */
  readonly partly: number;
  /** Nothing of the query came out. */
  readonly not: number;
  /** Rules with at least one test of what is in an event, not only of which events are read. */
  readonly withPredicates: number;
  /** Rules not of status deprecated, and those of them with predicates. */
  readonly active: number;
  readonly activeWithPredicates: number;
  /** Rules whose condition the matcher can run as it is. */
  readonly runnable: number;
  /** Rules of which every field has a canonical name, among those over Windows events and among all. */
  readonly windows: number;
  readonly windowsMapped: number;
  readonly mapped: number;
  /** Why rules were not or only partly parsed, most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly rules: number }[];
}

/** How many rules test a field that has no canonical name. */
export interface UnmappedField {
  readonly vendor: string;
  readonly field: string;
  readonly rules: number;
}

/** Counts, by language in order of name. */
export function parseRates(entries: readonly CatalogEntry[]): readonly ParseRate[] {
  const byLanguage = groupBy(entries);
  return [...byLanguage].sort(([a], [b]) => (a < b ? -1 : 1)).map(([language, rules]) => rateOf(language, rules));
}

function groupBy(entries: readonly CatalogEntry[]): ReadonlyMap<QueryLanguage, readonly NormalisedRule[]> {
  const groups = new Map<QueryLanguage, NormalisedRule[]>();
  for (const { rule } of entries) {
    const group = groups.get(rule.language);
    if (group) group.push(rule);
    else groups.set(rule.language, [rule]);
  }
  return groups;
}

function rateOf(language: QueryLanguage, rules: readonly NormalisedRule[]): ParseRate {
  const count = (isCounted: (rule: NormalisedRule) => boolean): number => rules.filter(isCounted).length;
  const isNot = ({ notParsed }: NormalisedRule): boolean => notParsed.some(({ isError }) => isError);
  const isMapped = ({ predicates }: NormalisedRule): boolean => predicates.every((predicate) => predicate.isMapped);
  const hasTests = ({ predicates }: NormalisedRule): boolean => predicates.some(({ role }) => role !== 'scope');
  const isActive = ({ status }: NormalisedRule): boolean => status !== 'deprecated';
  const reasons = new Map<string, number>();
  for (const { notParsed } of rules) {
    for (const reason of new Set(notParsed.map((one) => one.reason)))
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return {
    language,
    rules: rules.length,
    parsed: count(({ notParsed }) => notParsed.length === 0),
    partly: count((rule) => rule.notParsed.length > 0 && !isNot(rule)),
    not: count(isNot),
    withPredicates: count(hasTests),
    active: count(isActive),
    activeWithPredicates: count((rule) => isActive(rule) && hasTests(rule)),
    runnable: count(({ notRunnable }) => notRunnable === ''),
    windows: count(({ isWindows }) => isWindows),
    windowsMapped: count((rule) => rule.isWindows && isMapped(rule)),
    mapped: count(isMapped),
    reasons: [...reasons].map(([reason, n]) => ({ reason, rules: n })).sort((a, b) => b.rules - a.rules),
  };
}

/** Fields without a canonical name, most rules first. */
export function unmappedFields(entries: readonly CatalogEntry[]): readonly UnmappedField[] {
  const counts = new Map<string, UnmappedField>();
  for (const { rule } of entries) {
    for (const field of new Set(rule.predicates.filter(({ isMapped }) => !isMapped).map(({ native }) => native))) {
      const key = `${rule.vendor} ${field}`;
      counts.set(key, { vendor: rule.vendor, field, rules: (counts.get(key)?.rules ?? 0) + 1 });
    }
  }
  return [...counts.values()].sort((a, b) => b.rules - a.rules || (a.field < b.field ? -1 : 1));
}
