import type { Expr, Predicate, PredicateValue } from '../../shared/model/predicate.ts';
import { encodeValue } from '../../shared/matching/encode.ts';
import { dashVariants, foldText, withoutDashes } from '../../shared/matching/fold.ts';
import { wildcardLiterals } from '../../shared/matching/wildcard.ts';
import { regexNeeds } from './regex-needs.ts';

/**
 * A unit is what is decided once for each distinct value of a field: a predicate of which one value is enough, or
 * one value of a predicate that wants all. Rules that ask the same share a unit.
 */
export interface Unit {
  readonly key: string;
  readonly field: string;
  /** The predicate with only the unit's values; quantifier `any`. */
  readonly predicate: Predicate;
}

/** The boolean tree over units; `not` stands only directly above a unit or is pushed there. */
export type UnitExpr =
  | { readonly kind: 'unit'; readonly unit: Unit; readonly negated: boolean }
  | { readonly kind: 'and' | 'or'; readonly children: readonly UnitExpr[] }
  | { readonly kind: 'constant'; readonly value: boolean };

/** Turns a rule's tree into one over units, negations pushed down to them (De Morgan). */
export function toUnits(expr: Expr, negated = false): UnitExpr {
  switch (expr.kind) {
    case 'constant':
      return { kind: 'constant', value: expr.value !== negated };
    case 'not':
      return toUnits(expr.child, !negated);
    case 'and':
    case 'or': {
      const kind = (expr.kind === 'and') !== negated ? 'and' : 'or';
      return { kind, children: expr.children.map((child) => toUnits(child, negated)) };
    }
    case 'predicate': {
      const units = unitsOfPredicate(expr).map((unit) => ({ kind: 'unit' as const, unit, negated }));
      const [only] = units;
      if (units.length === 1 && only) return only;
      if (units.length === 0) return { kind: 'constant', value: (expr.quantifier === 'all') !== negated };
      return { kind: negated ? 'or' : 'and', children: units };
    }
  }
}

/** Every unit of a tree, as often as it stands there. */
export function unitsOf(expr: UnitExpr): Unit[] {
  if (expr.kind === 'constant') return [];
  return expr.kind === 'unit' ? [expr.unit] : expr.children.flatMap(unitsOf);
}

function unitsOfPredicate(predicate: Predicate): Unit[] {
  if (predicate.values.length === 0) {
    return predicate.op === 'is_null' || predicate.op === 'is_not_null' ? [unit(predicate, [])] : [];
  }
  if (predicate.quantifier === 'any') return [unit(predicate, predicate.values)];
  return predicate.values.map((value) => unit({ ...predicate, quantifier: 'any' }, [value]));
}

function unit(predicate: Predicate, values: readonly PredicateValue[]): Unit {
  const { field, op, caseSensitive, encodings, windash, regexFlags, fieldCompare, timePart } = predicate;
  const texts = values.map((value) => value.text);
  const flags = [
    op,
    caseSensitive,
    encodings?.join() ?? '',
    windash ?? false,
    regexFlags ?? '',
    fieldCompare ?? '',
    timePart ?? '',
  ];
  return { key: JSON.stringify([field, ...flags, ...texts]), field, predicate: { ...predicate, values } };
}

/** Ways to write a value's dashes that are looked for one by one: all for one or two dashes. */
const VARIANT_LIMIT = 25;

/**
 * Folded texts of which any value that fulfils the predicate's value must hold one; undefined where there is no
 * such set. The characters are those of the folded value.
 */
export function literalsOf(predicate: Predicate, value: PredicateValue): readonly string[] | undefined {
  if (predicate.timePart) return undefined;
  const { windash = false } = predicate;
  const longest = (parts: readonly string[]): string =>
    parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  const partOf = (text: string): string => (windash ? longest(withoutDashes(text)) : text);
  let literals: readonly string[];
  switch (predicate.op) {
    case 'eq':
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      literals = encodeValue(value.text, predicate.encodings ?? []).flatMap((text) => {
        const variants = windash ? dashVariants(text, VARIANT_LIMIT) : [text];
        return variants ?? [partOf(text)];
      });
      break;
    case 'wildcard':
      literals = [longest(wildcardLiterals(value.text).map(partOf))];
      break;
    case 'match': {
      const required = regexNeeds(value.text).literals;
      if (!required) return undefined;
      literals = required;
      break;
    }
    default:
      return undefined;
  }
  const folded = literals.map(foldText);
  return folded.length > 0 && folded.every((text) => text !== '') ? folded : undefined;
}

/**
 * Whether the literals of `literalsOf` are all ways to write the value, in full: where one stands as the op wants
 * it, the value is fulfilled without further comparison.
 */
export function literalsDecide(predicate: Predicate, value: PredicateValue): boolean {
  const { op, caseSensitive, windash, timePart } = predicate;
  if (timePart || caseSensitive || (op !== 'contains' && op !== 'starts_with' && op !== 'ends_with')) return false;
  return (
    !windash || encodeValue(value.text, predicate.encodings ?? []).every((text) => dashVariants(text, VARIANT_LIMIT))
  );
}
