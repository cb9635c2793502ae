import type { IndexedRule } from '../../shared/catalog/index/catalog-index.ts';
import type { OverlapFinder } from '../../shared/catalog/index/overlap.ts';
import { techniqueRules } from '../../shared/catalog/page/technique-page.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import { pageChoice, type Wire } from './wire.ts';

/** Rules whose likeness is below this have little more in common than their tool. */
const LEAST_SIMILARITY = 0.2;
const LEAST_FOR_PAIRS = 0.3;
const MOST_SIMILAR = 40;

type Similar = CallOutput<'catalog.similar'>[number];

/** Rules that look for the same as one; undefined where the catalog has no such rule. */
export function similarRules(wire: Wire, { rule, scope }: CallInput<'catalog.similar'>): Similar[] | undefined {
  const { catalog } = wire;
  const indexed = catalog.rule(rule);
  if (!indexed) return undefined;
  const ruleAt = (number: number): IndexedRule => catalog.index.rules[number] as IndexedRule;
  return catalog.overlaps
    .similarTo(indexed.number, { minimum: LEAST_SIMILARITY, isAcrossVendors: false })
    .filter(({ b }) => scope === 'all' || ruleAt(b).rule.isWindows)
    .toSorted((a, b) => Number(isOwnVendor(a.b)) - Number(isOwnVendor(b.b)))
    .slice(0, MOST_SIMILAR)
    .map(({ a, b, similarity }) => {
      const { shared, ofA, ofB } = commonOf(catalog.overlaps, a, b);
      const { techniques } = ruleAt(b).rule;
      const ref = wire.ruleRef(ruleAt(b));
      return { rule: ref, techniques: [...techniques], similarity, shared, ofThis: ofA, ofOther: ofB };
    });

  function isOwnVendor(number: number): boolean {
    return ruleAt(number).rule.vendor === indexed?.rule.vendor;
  }
}

/** Pairs of a technique's rules that look for the same. */
export function overlapPairs(wire: Wire, input: CallInput<'catalog.overlap'>): CallOutput<'catalog.overlap'> {
  const { catalog } = wire;
  const { technique, choice, isAcrossVendors, limit } = input;
  const rules = techniqueRules(catalog.index, technique, pageChoice(choice));
  const pairs = catalog.overlaps.pairs(
    rules.map(({ number }) => number),
    { minimum: LEAST_FOR_PAIRS, isAcrossVendors },
  );
  const refOf = (number: number) => wire.ruleRef(catalog.index.rules[number] as IndexedRule);
  return {
    total: pairs.length,
    pairs: pairs.slice(0, limit).map(({ a, b, similarity }) => ({
      a: refOf(a),
      b: refOf(b),
      similarity,
      ...commonOf(catalog.overlaps, a, b),
    })),
  };
}

function commonOf(finder: OverlapFinder, a: number, b: number): Pick<Similar, 'shared'> & { ofA: number; ofB: number } {
  const { shared, ofA, ofB } = finder.compare(a, b);
  return { shared: shared.map(({ field, op, value }) => ({ field, op, value })), ofA, ofB };
}
