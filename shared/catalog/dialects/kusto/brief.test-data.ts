import type { Expr } from '../../../model/predicate.ts';
import type { CatalogRule } from '../../catalog-rule.ts';
import { readKusto } from './read.ts';

/** The rule of one query. */
export function read(query: string): CatalogRule {
  const [rule] = readKusto(`name: T\nquery: |\n  ${query.replaceAll('\n', '\n  ')}\n`, 'rule.yaml').rules;
  return rule as CatalogRule;
}

/** An expression as one line: `field op value | value`, with `!` for not. */
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

/** The predicates of each query of a rule. */
export function predicates(query: string): string[] {
  return read(query).queries.map((found) => show(found.predicates));
}
