import type { Expr, Predicate } from '../../model/predicate.ts';

/**
 * What a predicate is for its rule:
 *   indicator  looked for
 *   exclusion  under a NOT whose ancestors are only AND: taken out of the hits
 *   negated    under a NOT that stands under an OR: neither of the two
 */
export type Polarity = 'indicator' | 'exclusion' | 'negated';

/** A predicate and where it stands in its rule's boolean tree. */
export interface PlacedPredicate {
  readonly predicate: Predicate;
  readonly polarity: Polarity;
  /** Whether an odd number of NOTs stands above it. */
  readonly negated: boolean;
  /** The way down to it, such as `AND[1]/NOT/OR[0]`; '' at the root. */
  readonly path: string;
}

/**
 * The predicates of an expression, left to right, each with its polarity. `and` and `or` of one child are that child,
 * and a NOT of a NOT is neither, so that the way something is written does not matter.
 */
export function placePredicates(expr: Expr): readonly PlacedPredicate[] {
  const found: PlacedPredicate[] = [];
  visit(expr, { path: '', nots: 0, isUnderOr: false, isNotUnderOr: false }, found);
  return found;
}

interface Place {
  readonly path: string;
  readonly nots: number;
  /** Whether an OR stands above, up to now. */
  readonly isUnderOr: boolean;
  /** Whether one stood above the outermost NOT. */
  readonly isNotUnderOr: boolean;
}

function visit(expr: Expr, place: Place, found: PlacedPredicate[]): void {
  switch (expr.kind) {
    case 'constant':
      return;
    case 'predicate': {
      const negated = place.nots % 2 === 1;
      const polarity = !negated ? 'indicator' : place.isNotUnderOr ? 'negated' : 'exclusion';
      found.push({ predicate: expr, polarity, negated, path: place.path });
      return;
    }
    case 'not': {
      const inner = single(expr.child);
      if (inner.kind === 'not') return visit(inner.child, place, found);
      const isNotUnderOr = place.nots === 0 ? place.isUnderOr : place.isNotUnderOr;
      return visit(inner, { ...place, path: below(place.path, 'NOT'), nots: place.nots + 1, isNotUnderOr }, found);
    }
    case 'and':
    case 'or': {
      const only = single(expr);
      if (only !== expr) return visit(only, place, found);
      const isUnderOr = place.isUnderOr || expr.kind === 'or';
      const children = flat(expr.kind, expr.children);
      children.forEach((child, i) => {
        const path = below(place.path, `${expr.kind.toUpperCase()}[${i}]`);
        visit(child, { ...place, path, isUnderOr }, found);
      });
    }
  }
}

/** An expression without the `and` and `or` of one child around it. */
function single(expr: Expr): Expr {
  let inner = expr;
  while ((inner.kind === 'and' || inner.kind === 'or') && inner.children.length === 1)
    inner = inner.children[0] as Expr;
  return inner;
}

/** `a and (b and c)` is `a and b and c`, in order; chains can be longer than functions can be nested. */
function flat(kind: 'and' | 'or', children: readonly Expr[]): readonly Expr[] {
  const found: Expr[] = [];
  const waiting = children.toReversed();
  for (let written = waiting.pop(); written; written = waiting.pop()) {
    const child = single(written);
    if (child.kind !== kind) found.push(child);
    else for (const inner of child.children.toReversed()) waiting.push(inner);
  }
  return found;
}

function below(path: string, step: string): string {
  return path === '' ? step : `${path}/${step}`;
}
