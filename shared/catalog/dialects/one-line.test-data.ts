import type { Expr } from '../../model/predicate.ts';

/** An expression as one line: `field op value|value` (`&` where all must hold), with `!` for not. */
export function show(expr: Expr | undefined): string {
  if (!expr) return '-';
  switch (expr.kind) {
    case 'predicate': {
      const join = expr.quantifier === 'all' ? '&' : '|';
      return [expr.field, expr.op, expr.values.map(({ text }) => text).join(join)].join(' ').trim();
    }
    case 'not':
      return `!(${show(expr.child)})`;
    case 'constant':
      return String(expr.value);
    case 'and':
    case 'or':
      return `(${expr.children.map(show).join(` ${expr.kind} `)})`;
  }
}
