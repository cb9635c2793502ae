import type { Diagnostic } from '../../../model/rule.ts';
import { Report } from '../../diagnostics.ts';
import { readYaml, type YamlEntry, type YamlScalar } from '../../yaml/tree.ts';
import type { Placeholders } from './detection.ts';

/**
 * Reads lists for placeholders: a YAML map of a name (with percent signs or without) and its values. A value may hold
 * wildcards, as a value of a rule may. Never throws; a list with a fault is left out.
 *
 * Example: `Administrators: [adm_*, root]`
 */
export function readPlaceholders(text: string): {
  readonly lists: Placeholders;
  readonly diagnostics: readonly Diagnostic[];
} {
  const documents = readYaml(text);
  const report = new Report(documents.flatMap(({ diagnostics }) => diagnostics));
  const lists = Object.create(null) as Record<string, readonly string[]>;
  for (const { root } of documents) {
    if (!root) continue;
    if (root.kind !== 'map') {
      report.error('placeholders-not-a-map', 'Expected a map of names and lists, such as Admins: [adm_*]', root.span);
      continue;
    }
    for (const entry of root.entries) {
      const values = readList(entry, report);
      if (values) lists[nameOf(entry.key)] = values;
    }
  }
  return { lists, diagnostics: report.diagnostics };
}

function nameOf(key: YamlScalar): string {
  return key.text.replace(/^%(.*)%$/, '$1');
}

function readList({ key, value }: YamlEntry, report: Report): readonly string[] | undefined {
  const items = value.kind === 'list' ? value.items : [value];
  if (items.length === 0) {
    report.error('placeholders-empty-list', `The list ${nameOf(key)} is empty`, value.span);
    return undefined;
  }
  const texts: string[] = [];
  for (const item of items) {
    if (item.kind === 'scalar' && item.type !== 'null') texts.push(item.text);
    else report.error('placeholders-bad-value', `A value of the list ${nameOf(key)} must be text`, item.span);
  }
  return texts.length < items.length ? undefined : texts;
}
