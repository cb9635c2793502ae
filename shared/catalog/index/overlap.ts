import type { NormalisedPredicate, NormalisedRule } from '../normalise/normalised-rule.ts';
import { lastPartOf } from '../normalise/values.ts';
import type { CatalogIndex, IndexedRule } from './catalog-index.ts';
import { keyName, listOf, predicateKeys, type RuleKey } from './rule-keys.ts';

/** Two rules, and how much of what they look for is the same, 0 to 1. */
export interface Overlap {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
  /** Keys that both have. */
  readonly shared: number;
}

/** What two rules have in common. */
export interface Comparison {
  /** Keys that both have, those that fewest rules have first. */
  readonly shared: readonly RuleKey[];
  /** How many keys each of the two has. */
  readonly ofA: number;
  readonly ofB: number;
}

export interface OverlapChoice {
  /** Least similarity, above 0. */
  readonly minimum: number;
  /** Only pairs of different vendors. */
  readonly isAcrossVendors: boolean;
}

/** Answers which rules look for the same. */
export interface OverlapFinder {
  /** Rules like one, most similar first. */
  similarTo(rule: number, choice: OverlapChoice): readonly Overlap[];
  /** Pairs among some rules, most similar first. */
  pairs(rules: readonly number[], choice: OverlapChoice): readonly Overlap[];
  compare(a: number, b: number): Comparison;
}

/** A key that more rules have says too little to find candidates by; it still counts once a pair is found. */
const CANDIDATE_REACH = 100;

/**
 * Compares rules by what they look for: a weighted Jaccard index, the weight of what both look for over the weight of
 * what either does. A key weighs 1 / log2(1 + reach), so that sharing a rare value says more than sharing `cmd.exe`.
 * A path's end and the name in it are one key, so that vendors that write the one or the other can meet.
 */
export function findOverlaps(index: CatalogIndex): OverlapFinder {
  const numbers = new Map<string, number>();
  const keys: RuleKey[] = [];
  const reach: number[] = [];
  const features = index.rules.map(({ rule }) =>
    [...comparedKeys(rule)].map(([name, key]) => {
      const number = numbers.get(name) ?? keys.push(key) - 1;
      numbers.set(name, number);
      reach[number] = (reach[number] ?? 0) + 1;
      return number;
    }),
  );
  const weight = reach.map((n) => 1 / Math.log2(1 + n));
  const total = features.map((list) => list.reduce((sum, feature) => sum + (weight[feature] as number), 0));
  const rulesOf: number[][] = reach.map(() => []);
  features.forEach((list, rule) => {
    for (const feature of list) rulesOf[feature]?.push(rule);
  });

  /** @param among the only rules to compare with; undefined for all. */
  const like = (rule: number, choice: OverlapChoice, among?: ReadonlySet<number>): Overlap[] => {
    const own = new Set(features[rule]);
    const candidates = new Set<number>();
    for (const feature of own) {
      if ((reach[feature] as number) > CANDIDATE_REACH) continue;
      for (const other of rulesOf[feature] ?? []) if (!among || among.has(other)) candidates.add(other);
    }
    candidates.delete(rule);
    const { vendor } = (index.rules[rule] as IndexedRule).rule;
    return [...candidates]
      .filter((other) => !choice.isAcrossVendors || index.rules[other]?.rule.vendor !== vendor)
      .map((other): Overlap => {
        const both = (features[other] as number[]).filter((feature) => own.has(feature));
        const weightOfBoth = both.reduce((sum, feature) => sum + (weight[feature] as number), 0);
        const weightOfEither = (total[rule] as number) + (total[other] as number) - weightOfBoth;
        return { a: rule, b: other, similarity: weightOfBoth / weightOfEither, shared: both.length };
      })
      .filter(({ similarity }) => similarity >= choice.minimum)
      .sort(byLikeness);
  };

  return {
    similarTo: (rule, choice) => like(rule, choice),
    pairs: (rules, choice) => {
      const among = new Set(rules);
      return rules.flatMap((rule) => like(rule, choice, among).filter(({ a, b }) => a < b)).sort(byLikeness);
    },
    compare: (a, b) => {
      const [ofA = [], ofB = []] = [features[a], features[b]];
      const own = new Set(ofA);
      const both = ofB.filter((feature) => own.has(feature));
      const byReach = (left: number, right: number): number => (reach[left] as number) - (reach[right] as number);
      return {
        shared: both.toSorted(byReach).map((feature) => keys[feature] as RuleKey),
        ofA: ofA.length,
        ofB: ofB.length,
      };
    },
  };
}

function byLikeness(a: Overlap, b: Overlap): number {
  return b.similarity - a.similarity || b.shared - a.shared || a.a - b.a || a.b - b.b;
}

/** What a rule looks for, without its scope: keys by their names. */
function comparedKeys({ predicates }: NormalisedRule): ReadonlyMap<string, RuleKey> {
  const keys = new Map<string, RuleKey>();
  for (const predicate of predicates) {
    if (predicate.role === 'scope' || listOf(predicate) !== 'indicators') continue;
    for (const key of predicateKeys(predicate)) if (!isPathOfName(predicate, key)) keys.set(keyName(key), key);
  }
  return keys;
}

/** Whether a key is the path's end that another key of the predicate, the name, is derived from. */
export function isPathOfName({ field, derived }: NormalisedPredicate, key: RuleKey): boolean {
  return derived !== undefined && key.field === field && lastPartOf(key.value) !== undefined;
}
