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

/** On which of a rule's two lists a predicate's keys are; undefined for neither. */
export function listOf({ role, negated }: NormalisedPredicate): 'indicators' | 'exclusions' | undefined {
  if (role === 'indicator' || (role === 'scope' && !negated)) return 'indicators';
  return role === 'exclusion' ? 'exclusions' : undefined;
}

/** The keys of a rule, names derived from paths included. */
export function ruleKeys({ predicates }: Pick<NormalisedRule, 'predicates'>): RuleKeys {
  const lists = { indicators: new Map<string, RuleKey>(), exclusions: new Map<string, RuleKey>() };
  for (const predicate of predicates) {
    const list = listOf(predicate);
    if (list === undefined) continue;
    for (const key of predicateKeys(predicate)) {
      const name = keyName(key);
      if (!lists[list].has(name)) lists[list].set(name, key);
    }
  }
  for (const name of lists.indicators.keys()) lists.exclusions.delete(name);
  return { indicators: [...lists.indicators.values()], exclusions: [...lists.exclusions.values()] };
}

const NO_VALUE: readonly string[] = [''];

/** The values that a predicate's keys have, those of its derived name aside. */
export function keyValues({ op, values }: NormalisedPredicate): readonly string[] {
  return op === 'is_null' || op === 'is_not_null' ? NO_VALUE : values;
}

/** A predicate's keys, in order; the same key may come twice. */
export function predicateKeys(predicate: NormalisedPredicate): readonly RuleKey[] {
  const { field, op, derived } = predicate;
  const isScope = predicate.role === 'scope';
  const keys = keyValues(predicate).map((value): RuleKey => ({
    field,
    op,
    value,
    folded: foldValue(op, value),
    isScope,
  }));
  for (const value of derived?.values ?? []) {
    const { field: name, op: nameOp } = derived as { field: string; op: Op };
    keys.push({ field: name, op: nameOp, value, folded: foldValue(nameOp, value), isScope });
  }
  return keys;
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
