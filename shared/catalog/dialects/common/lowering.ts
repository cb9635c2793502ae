import type { Expr, Op, Predicate, PredicateValue } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import type { PlacedText } from '../../syntax/wildcards.ts';

/** A value with the op that it asks for. */
export interface OpValue {
  readonly op: Op;
  readonly value: PredicateValue;
}

/** An op value of a text split at its wildcards. */
export function opValue({ op, text }: PlacedText, span: Span): OpValue {
  return { op, value: { text, span } };
}

/** What all values of one test have in common. */
export interface TestShape {
  readonly field: string;
  readonly native: string;
  readonly caseSensitive: boolean;
  readonly quantifier: 'any' | 'all';
  /** EQL `?field`. */
  readonly optional?: true;
  readonly span: Span;
}

/**
 * One predicate for each op among the values, in the order of their first value; joined by `or` (`and` for quantifier
 * all) where there are several.
 */
export function groupByOp(shape: TestShape, values: readonly OpValue[]): Expr {
  const groups = new Map<Op, PredicateValue[]>();
  for (const { op, value } of values) {
    const known = groups.get(op);
    if (known) known.push(value);
    else groups.set(op, [value]);
  }
  const predicates = [...groups].map(([op, group]) => predicateOf(shape, op, group));
  return joined(shape.quantifier === 'any' ? 'or' : 'and', predicates, shape.span);
}

export function predicateOf(shape: TestShape, op: Op, values: readonly PredicateValue[]): Predicate {
  const takesValues = op !== 'is_null' && op !== 'is_not_null';
  return { kind: 'predicate', ...shape, op, values: takesValues ? values : [] };
}

/** And/or of some parts: none is a constant, one is itself. */
export function joined(kind: 'and' | 'or', children: readonly Expr[], span: Span): Expr {
  if (children.length === 0) return { kind: 'constant', value: kind === 'and', span };
  return children.length === 1 ? (children[0] as Expr) : { kind, children, span };
}

/** Every predicate of an expression with whether it stands under an odd number of NOTs. */
export function* eachPredicate(expr: Expr, isNegated = false): Generator<{ predicate: Predicate; isNegated: boolean }> {
  switch (expr.kind) {
    case 'predicate':
      yield { predicate: expr, isNegated };
      break;
    case 'and':
    case 'or':
      for (const child of expr.children) yield* eachPredicate(child, isNegated);
      break;
    case 'not':
      yield* eachPredicate(expr.child, !isNegated);
      break;
    case 'constant':
      break;
  }
}

/** Rewrites each predicate of an expression. */
export function mapPredicates(expr: Expr, rewrite: (predicate: Predicate) => Expr): Expr {
  switch (expr.kind) {
    case 'predicate':
      return rewrite(expr);
    case 'constant':
      return expr;
    case 'not':
      return { ...expr, child: mapPredicates(expr.child, rewrite) };
    case 'and':
    case 'or':
      return { ...expr, children: expr.children.map((child) => mapPredicates(child, rewrite)) };
  }
}

/** Whether an expression has more nodes than a limit; counts no further. */
export function isLargerThan(expr: Expr, limit: number): boolean {
  const waiting: Expr[] = [expr];
  for (let count = 0; ; count++) {
    const next = waiting.pop();
    if (!next) return false;
    if (count >= limit) return true;
    if (next.kind === 'not') waiting.push(next.child);
    else if (next.kind === 'and' || next.kind === 'or') waiting.push(...next.children.slice(0, limit));
  }
}

/** The two texts of a comparison turned round, so that the field stands left. */
export const FLIPPED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

export const RANGE_OPS: Readonly<Record<string, Op>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

/** Functions before a native operator: `length() `; signs stand as they are. */
export function nativeFunctions(names: readonly string[]): string {
  return names.map((name) => (/^\w/.test(name) ? `${name}() ` : `${name} `)).join('');
}
