import type { Expr } from '../../../model/predicate.ts';

/** A tree in short, for comparing in tests: `field op values` (`~` where case is ignored), with not, and, or. */
export function brief(expr: Expr | undefined): unknown {
  if (!expr) return undefined;
  switch (expr.kind) {
    case 'predicate': {
      const sign = expr.caseSensitive ? '' : '~';
      return `${expr.optional ? '?' : ''}${expr.field} ${expr.op}${sign} ${expr.values.map(({ text }) => text).join(',')}`.trim();
    }
    case 'constant':
      return expr.value;
    case 'not':
      return { not: brief(expr.child) };
    case 'and':
    case 'or':
      return { [expr.kind]: expr.children.map(brief) };
  }
}
