import type { Expr, Op, Predicate, PredicateValue } from '../../model/predicate.ts';

/** What a test becomes in an event; or why nothing says the same there. */
export type Rewritten = Expr | { readonly reason: string };

export function isReason(rewritten: Rewritten): rewritten is { readonly reason: string } {
  return 'reason' in rewritten;
}

/** Ops that compare a text, as a whole or in part, without being a regular expression. */
export const PART_OPS: ReadonlySet<Op> = new Set<Op>(['contains', 'starts_with', 'ends_with', 'wildcard']);

export function isNullTest({ op }: Predicate): boolean {
  return op === 'is_null' || op === 'is_not_null';
}

/** The predicate with another field, op and values. */
export function test(predicate: Predicate, field: string, op: Op, values: readonly PredicateValue[]): Predicate {
  const { regexFlags: _flags, ...rest } = predicate;
  const flags = op === 'match' ? { regexFlags: predicate.caseSensitive ? 's' : 'is' } : {};
  return { ...rest, ...flags, field, op, values };
}

export function constant(value: boolean, { span }: Predicate): Expr {
  return { kind: 'constant', value, span };
}

export function join(kind: 'and' | 'or', children: readonly Expr[], predicate: Predicate): Expr {
  const [only] = children;
  if (!only) return constant(kind === 'and', predicate);
  return children.length === 1 ? only : { kind, children, span: predicate.span };
}

/** Rewrites a predicate value by value, and joins what comes out as its quantifier says. */
export function eachValue(predicate: Predicate, rewriteOne: (value: PredicateValue) => Rewritten): Rewritten {
  const children: Expr[] = [];
  for (const value of predicate.values) {
    const one = rewriteOne(value);
    if (isReason(one)) return one;
    const last = children.at(-1);
    const merged = predicate.quantifier === 'any' ? mergedTest(last, one) : undefined;
    if (merged) children[children.length - 1] = merged;
    else children.push(one);
  }
  return join(predicate.quantifier === 'all' ? 'and' : 'or', children, predicate);
}

/** Two tests that differ in their values only, as one. */
function mergedTest(a: Expr | undefined, b: Expr): Expr | undefined {
  if (a?.kind !== 'predicate' || b.kind !== 'predicate' || a.values.length === 0 || b.values.length === 0)
    return undefined;
  if (a.field !== b.field || a.op !== b.op || a.caseSensitive !== b.caseSensitive) return undefined;
  return { ...a, values: [...a.values, ...b.values] };
}
