import type { CatalogRule } from '../../catalog-rule.ts';
import { readKusto } from './read.ts';
import { show } from '../one-line.test-data.ts';

/** The rule of one query. */
export function read(query: string): CatalogRule {
  const [rule] = readKusto(`name: T\nquery: |\n  ${query.replaceAll('\n', '\n  ')}\n`, 'rule.yaml').rules;
  return rule as CatalogRule;
}

/** The predicates of each query of a rule. */
export function predicates(query: string): string[] {
  return read(query).queries.map((found) => show(found.predicates));
}
