import type { Op } from '../../model/predicate.ts';
import type { NormalisedPredicate, NormalisedRule } from '../normalise/normalised-rule.ts';
import { foldValue } from '../normalise/values.ts';

/** What rules are compared by: a field, an operator and one value; '' for operators without one. */
export interface RuleKey {
  readonly field: string;
  readonly op: Op;
  /** As written. */
  readonly value: string;
  /** As compared. */
  readonly folded: string;
  readonly isScope: boolean;
}

/** A rule's keys, each once. A key that is both looked for and excluded is looked for: the two lists are disjoint. */
export interface RuleKeys {
  readonly indicators: readonly RuleKey[];
  readonly exclusions: readonly RuleKey[];
}

export function keyName({ field, op, folded }: Pick<RuleKey, 'field' | 'op' | 'folded'>): string {
  return `${field}\n${op}\n${folded}`;
}

/** The keys of a rule, names derived from paths included. */
export function ruleKeys({ predicates }: Pick<NormalisedRule, 'predicates'>): RuleKeys {
  const indicators = new Map<string, RuleKey>();
  const exclusions = new Map<string, RuleKey>();
  for (const predicate of predicates) {
    const isScope = predicate.role === 'scope';
    const isIndicator = predicate.role === 'indicator' || (isScope && !predicate.negated);
    if (!isIndicator && predicate.role !== 'exclusion') continue;
    const target = isIndicator ? indicators : exclusions;
    for (const key of predicateKeys(predicate, isScope)) {
      const name = keyName(key);
      if (!target.has(name)) target.set(name, key);
    }
  }
  for (const name of indicators.keys()) exclusions.delete(name);
  return { indicators: [...indicators.values()], exclusions: [...exclusions.values()] };
}

function* predicateKeys(predicate: NormalisedPredicate, isScope: boolean): Generator<RuleKey> {
  const { field, op, values, derived } = predicate;
  if (op === 'is_null' || op === 'is_not_null') yield { field, op, value: '', folded: '', isScope };
  for (const value of values) yield { field, op, value, folded: foldValue(op, value), isScope };
  for (const value of derived?.values ?? []) {
    const { field: name, op: derivedOp } = derived as { field: string; op: Op };
    yield { field: name, op: derivedOp, value, folded: foldValue(derivedOp, value), isScope };
  }
}

/** A field that a rule filters on, and how. */
export interface FieldUse {
  readonly field: string;
  readonly native: string;
  readonly op: Op;
  readonly isScope: boolean;
}

/** The fields that a rule's predicates test, whatever their polarity; not those of events that must be absent. */
export function* fieldUses({ predicates }: Pick<NormalisedRule, 'predicates'>): Generator<FieldUse> {
  for (const { field, native, op, role, derived } of predicates) {
    if (role === 'absent') continue;
    const isScope = role === 'scope';
    yield { field, native, op, isScope };
    if (derived) yield { field: derived.field, native, op: derived.op, isScope };
  }
}
