import type { ProviderRow } from '../../store/provider-table.ts';
import type { ProviderEvent, ProviderTexts } from '../api.ts';
import { guidOf } from './provider-json.ts';

interface Group {
  readonly name: string;
  readonly guid: string;
  readonly language: string;
  readonly events: ProviderEvent[];
}

/** Providers from the rows of a table, one row an event. `fields` is a JSON list of names, or names with commas. */
export function providersOfRows(rows: readonly ProviderRow[]): ProviderTexts[] {
  const groups = new Map<string, Group>();
  for (const { provider, guid, language, id, version, message, title, fields } of rows) {
    const key = JSON.stringify([provider, guid, language]);
    let group = groups.get(key);
    if (!group) {
      group = { name: provider, guid: guidOf(guid), language, events: [] };
      groups.set(key, group);
    }
    group.events.push({ id, version, message, title, fields: fieldNames(fields) });
  }
  const rest = { parameters: {}, messageFiles: [], parameterFiles: [] };
  return [...groups.values()].map((group) => ({ kind: 'provider', ...group, ...rest }));
}

function fieldNames(text: string): string[] | undefined {
  if (text.trim() === '') return undefined;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list.map(String);
  } catch {
    // Not JSON, so names with commas.
  }
  return text.split(',').map((name) => name.trim());
}
