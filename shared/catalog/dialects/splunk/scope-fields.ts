import type { ScopeSource } from '../../catalog-rule.ts';
import { attempt } from '../../syntax/cursor.ts';
import { parseSearch } from './search/parser.ts';
import { searchTokens } from './search/tokens.ts';
import type { SearchNode } from './search/tree.ts';

/** Fields that say where an event comes from, not what is in it. */
export const SCOPE_FIELDS: ReadonlyMap<string, ScopeSource['kind']> = new Map([
  ['index', 'index'],
  ['source', 'sourcetype'],
  ['sourcetype', 'sourcetype'],
]);

/** Fields that a macro may name beside those, for sites that know a source by another name. */
export const SCOPE_SYNONYMS: ReadonlySet<string> = new Set(['eventtype', 'Channel']);

/** Whether a macro's definition does nothing but say where events come from. */
export function isScopeMacro(definition: string): boolean {
  const range = { start: 0, end: definition.length };
  const parsed = attempt(() => parseSearch(searchTokens(definition, range), range.end));
  return parsed.ok && parsed.tree !== undefined && isScopeOnly(parsed.tree);
}

function isScopeOnly(node: SearchNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.children.every(isScopeOnly);
    case 'not':
      return isScopeOnly(node.child);
    case 'compare':
    case 'in':
      return SCOPE_FIELDS.has(node.field) || SCOPE_SYNONYMS.has(node.field);
    case 'term':
    case 'subsearch':
    case 'nothing':
      return false;
  }
}
