import type { Expr, Predicate } from '../../../model/predicate.ts';
import { joined, predicateOf } from '../common/lowering.ts';
import type { QueryDraft } from './draft.ts';
import { SCOPE_FIELDS, SCOPE_SYNONYMS } from './scope-fields.ts';

/**
 * The tests of a query as the matcher must run them to give what Splunk gives:
 * - Tests that only say where events come from are left to the query's sources.
 * - `field!=value` finds no event without the field, as `NOT field=value` does.
 * - `where` has a third truth value: a comparison with a missing field is neither true nor false, nor is its negation.
 * Undefined where nothing is left to test.
 */
export function conditionOf(query: QueryDraft): Expr | undefined {
  const parts = query.tests.flatMap(({ expr, isEval }) => {
    const conjuncts = expr.kind === 'and' ? expr.children : [expr];
    const own = conjuncts.filter((part) => !isScope(part));
    return own.map((part) => (isEval ? knownTruth(part, false) : presentTruth(part)));
  });
  const [first] = parts;
  return first && joined('and', parts, { start: first.span.start, end: (parts.at(-1) as Expr).span.end });
}

/** `eventtype=a OR source=b` only says where events come from; `Channel=a` by itself is a test. */
function isScope(expr: Expr): boolean {
  switch (expr.kind) {
    case 'predicate':
      return SCOPE_FIELDS.has(expr.field) || expr.field === 'eventtype';
    case 'and':
    case 'or': {
      const others = expr.children.filter((child) => !isScope(child));
      return (
        others.length < expr.children.length &&
        others.every((child) => child.kind === 'predicate' && SCOPE_SYNONYMS.has(child.field))
      );
    }
    case 'not':
      return isScope(expr.child);
    case 'constant':
      return false;
  }
}

function exists(predicate: Predicate): Predicate {
  const { field, native, caseSensitive, span } = predicate;
  return predicateOf({ field, native, caseSensitive, quantifier: 'any', span }, 'is_not_null', []);
}

function isNullTest({ op }: Predicate): boolean {
  return op === 'is_null' || op === 'is_not_null';
}

/** In a search, `!=` asks for the field to be there. */
function presentTruth(expr: Expr): Expr {
  switch (expr.kind) {
    case 'predicate':
    case 'constant':
      return expr;
    case 'and':
    case 'or':
      return { ...expr, children: expr.children.map(presentTruth) };
    case 'not': {
      const { child, span } = expr;
      if (child.kind !== 'predicate' || !child.native.endsWith('!=') || isNullTest(child)) {
        return { kind: 'not', child: presentTruth(child), span };
      }
      return { kind: 'and', children: [exists(child), expr], span };
    }
  }
}

/** In `where`: pushes negations down to the tests, each of which then asks for its field to be there. */
function knownTruth(expr: Expr, isNegated: boolean): Expr {
  switch (expr.kind) {
    case 'constant':
      return isNegated ? { ...expr, value: !expr.value } : expr;
    case 'predicate': {
      if (!isNegated) return expr;
      const { span } = expr;
      const not: Expr = { kind: 'not', child: expr, span };
      return isNullTest(expr) ? not : { kind: 'and', children: [exists(expr), not], span };
    }
    case 'not':
      return knownTruth(expr.child, !isNegated);
    case 'and':
    case 'or': {
      const kind = (expr.kind === 'and') === isNegated ? 'or' : 'and';
      return { kind, children: expr.children.map((child) => knownTruth(child, isNegated)), span: expr.span };
    }
  }
}
