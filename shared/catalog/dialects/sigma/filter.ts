import type { GlobalFilter } from '../../../model/correlation.ts';
import type { Report } from '../../diagnostics.ts';
import type { YamlEntry, YamlMap } from '../../yaml/tree.ts';
import { entryOf } from '../../yaml/tree.ts';

/** Keys of `filter` that are no selections. */
export const FILTER_KEYS = new Set(['rules', 'condition']);

/**
 * Reads which rules a global filter is for, and which way it works; undefined, with errors reported, where it can't
 * be used.
 *
 * The specification's example suppresses what `condition: selection` holds for; the tools that convert rules add the
 * condition with `and`, so that rules written for them say `condition: not selection` for the same. Either way the
 * selections are what nobody wants to see: a condition that is one negation as a whole is let through, any other is
 * suppressed.
 * Format: Sigma filters specification 2.1.
 */
export function readFilter(entry: YamlEntry, report: Report): GlobalFilter | undefined {
  const map = entry.value;
  if (map.kind !== 'map') {
    report.error('sigma-bad-filter', 'The filter must be a map', map.span);
    return undefined;
  }
  const rules = readRules(map, entry, report);
  const condition = entryOf(map, 'condition')?.value;
  const text = condition?.kind === 'scalar' ? condition.text : '';
  const keeps = isNegation(text);
  return rules && { rules, keeps, span: map.span };
}

function readRules(map: YamlMap, entry: YamlEntry, report: Report): GlobalFilter['rules'] | undefined {
  const value = entryOf(map, 'rules')?.value;
  if (!value) {
    report.error('sigma-missing-rules', 'The filter names no rules', entry.key.span);
    return undefined;
  }
  if (value.kind === 'scalar' && /^(?:any|all)$/i.test(value.text)) return 'any';
  const items = value.kind === 'list' ? value.items : [value];
  if (items.length === 0) return 'any';
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && item.text !== '') return [{ name: item.text, span: item.span }];
    report.error('sigma-bad-value-type', 'A rule is referred to by its id or name', item.span);
    return [];
  });
}

/** Whether a condition is `not x`, `not (…)` or `not 1 of x*` as a whole. */
function isNegation(condition: string): boolean {
  const rest = /^\s*not\s+(.*)$|^\s*not\s*(\(.*)$/is.exec(condition);
  const operand = (rest?.[1] ?? rest?.[2] ?? '').trim();
  if (operand === '') return false;
  if (/^(?:(?:1|any|all)\s+of\s+)?[^\s()|]+$/i.test(operand)) return true;
  if (!operand.startsWith('(')) return false;
  let depth = 0;
  for (let i = 0; i < operand.length; i++) {
    if (operand[i] === '(') depth++;
    if (operand[i] === ')' && --depth === 0) return i === operand.length - 1;
  }
  return false;
}
