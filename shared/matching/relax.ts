import type { Expr } from '../model/predicate.ts';
import type { Span } from '../model/span.ts';

/** A part of a condition without which the rest still says something. */
export interface Relaxation {
  /** `test`: an event must fulfil it; `exclusion`: an event must not. */
  readonly part: 'test' | 'exclusion';
  /** Where it is written. */
  readonly span: Span;
  /** The condition without it, wherever it uses it. */
  readonly without: Expr;
}

/**
 * The parts that a condition can be relaxed by, in the order of the text: tests that must hold beside others, and what
 * is left out, each filter of `not 1 of filter_*` by itself. Alternatives are none: without one, less is hit.
 */
export function relaxations(condition: Expr): readonly Relaxation[] {
  const found = new Map<string, Omit<Relaxation, 'without'>>();
  visit(condition, (part, expr) => {
    if (!found.has(keyOf(expr.span))) found.set(keyOf(expr.span), { part, span: expr.span });
    return true;
  });
  return [...found.values()]
    .sort((a, b) => a.span.start - b.span.start)
    .map(({ part, span }) => {
      const without = visit(condition, (_, expr) => keyOf(expr.span) !== keyOf(span));
      return { part, span, without: without ?? { kind: 'constant', value: true, span } };
    });
}

type Keeps = (part: Relaxation['part'], expr: Expr) => boolean;

/** The condition with those of its parts that are kept; undefined where nothing is. */
function visit(expr: Expr, keeps: Keeps): Expr | undefined {
  switch (expr.kind) {
    case 'and':
      return joined(
        expr,
        expr.children.flatMap((child) => visitMember(child, keeps) ?? []),
      );
    case 'or':
      return joined(
        expr,
        expr.children.map((child) =>
          child.kind === 'and' || child.kind === 'or' ? (visit(child, keeps) ?? TRUE) : child,
        ),
      );
    default:
      return expr;
  }
}

const TRUE: Expr = { kind: 'constant', value: true, span: { start: 0, end: 0 } };

/** One of several conditions that must all hold. */
function visitMember(expr: Expr, keeps: Keeps): Expr | undefined {
  switch (expr.kind) {
    case 'predicate':
      return keeps('test', expr) ? expr : undefined;
    case 'not': {
      const excluded = expr.child.kind === 'or' ? expr.child.children : [expr.child];
      const kept = excluded.filter((child) => keeps('exclusion', child));
      if (kept.length === 0) return undefined;
      return { ...expr, child: joined({ kind: 'or', children: kept, span: expr.child.span }, kept) as Expr };
    }
    default:
      return visit(expr, keeps);
  }
}

function joined(expr: Extract<Expr, { kind: 'and' | 'or' }>, children: readonly Expr[]): Expr | undefined {
  return children.length > 1 ? { ...expr, children } : children[0];
}

function keyOf({ start, end }: Span): string {
  return `${String(start)} ${String(end)}`;
}
