import { compareText, type IndexedKey, type IndexedRule } from '../../shared/catalog/index/catalog-index.ts';
import { techniqueRules } from '../../shared/catalog/page/technique-page.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import type { CatalogIndicatorRow } from '../../shared/ipc/catalog-calls.ts';
import { techniqueLines } from './pages.ts';
import { keepsRule, pageChoice, type Wire } from './wire.ts';

/** The rules of one value. */
export function indicatorRules(wire: Wire, input: CallInput<'catalog.indicator'>): CallOutput<'catalog.indicator'> {
  const key = wire.catalog.key(input.field, input.op, input.value);
  return {
    rules: wire.ruleRefs(key?.rules ?? [], input),
    excludedBy: wire.ruleRefs(key?.excludedBy ?? [], input),
  };
}

/** All values of a field, on a technique's page or in the whole catalog. */
export function fieldValues(wire: Wire, input: CallInput<'catalog.field'>): CallOutput<'catalog.field'> {
  const { field, technique, choice } = input;
  const { index } = wire.catalog;
  const rules =
    technique === null
      ? index.rules.filter((rule) => (choice.scope === 'all' || rule.rule.isWindows) && keepsRule(choice, rule))
      : techniqueRules(index, technique, pageChoice(choice));
  const counts = new Map<number, { rules: number; excluded: number }>();
  const count = (key: number, what: 'rules' | 'excluded'): void => {
    if ((index.keys[key] as IndexedKey).field !== field) return;
    const known = counts.get(key) ?? { rules: 0, excluded: 0 };
    known[what]++;
    counts.set(key, known);
  };
  let using = 0;
  const users = new Set(index.byField.get(field));
  for (const { number, indicators, exclusions } of rules) {
    if (users.has(number)) using++;
    for (const key of indicators) count(key, 'rules');
    for (const key of exclusions) count(key, 'excluded');
  }
  return {
    field,
    kind: wire.facts.fields.get(field)?.kind ?? '',
    logField: wire.logField(field),
    native: wire.catalog.nativesOf(field).map((name) => ({ ...name })),
    rules: using,
    values: [...counts]
      .map(([key, both]) => ({ ...keyRow(wire, index.keys[key] as IndexedKey, input.choice), ...both }))
      .sort((a, b) => b.rules - a.rules || b.excluded - a.excluded || compareText(a.value, b.value)),
  };
}

/** Everything in the catalog that has all the words, best first of each kind. */
export function search(wire: Wire, input: CallInput<'catalog.search'>): CallOutput<'catalog.search'> {
  const { catalog } = wire;
  const { index } = catalog;
  const words = input.words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const fits = (...texts: readonly string[]): boolean => {
    const text = texts.join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const isShown = (number: number): boolean =>
    input.scope === 'all' || (index.rules[number] as IndexedRule).rule.isWindows;
  const inScope = (numbers: readonly number[]): number => numbers.filter(isShown).length;
  if (words.length === 0) return NOTHING;
  const techniques = techniqueLines(wire, input)
    .filter(({ id, name }) => fits(id, name))
    .map(({ id, name, all }) => ({ id, name, rules: all }))
    .sort((a, b) => b.rules - a.rules);
  const events = [...index.byEvent.values()]
    .map(({ event, rules }) => ({ ...wire.event(event), rules: inScope(rules) }))
    .filter(({ channel, eventId, title, rules }) => rules > 0 && fits(channel, String(eventId ?? ''), title))
    .sort((a, b) => b.rules - a.rules);
  const fields = [...index.byField]
    .map(([field, rules]) => ({ field, rules: inScope(rules), natives: catalog.nativesOf(field) }))
    .filter(({ field, natives, rules }) => rules > 0 && fits(field, ...natives.map(({ name }) => name)))
    .sort((a, b) => b.rules - a.rules);
  const values = index.keys
    .filter(({ field, value, isScope }) => !isScope && value !== '' && fits(value, field))
    .map((key) => keyRow(wire, key, input))
    .filter(({ reach }) => reach > 0)
    .sort((a, b) => b.reach - a.reach || compareText(a.value, b.value));
  const rules = index.rules.filter(({ rule, file, number }) => isShown(number) && fits(rule.title, rule.id, file));
  const { limit } = input;
  return {
    techniques: techniques.slice(0, limit),
    events: events.slice(0, limit),
    fields: fields.slice(0, limit).map(({ field, natives, rules: users }) => ({
      field,
      native: [...new Set(natives.map(({ name }) => name))],
      rules: users,
      logField: wire.logField(field),
    })),
    values: values.slice(0, limit),
    rules: rules.slice(0, limit).map((rule) => wire.ruleRef(rule)),
    totals: {
      techniques: techniques.length,
      events: events.length,
      fields: fields.length,
      values: values.length,
      rules: rules.length,
    },
  };
}

const NOTHING: CallOutput<'catalog.search'> = {
  techniques: [],
  events: [],
  fields: [],
  values: [],
  rules: [],
  totals: { techniques: 0, events: 0, fields: 0, values: 0, rules: 0 },
};

/** A key as a row; without a page of its own, the rules here are those of its reach. */
function keyRow(wire: Wire, key: IndexedKey, { scope }: { readonly scope: 'windows' | 'all' }): CatalogIndicatorRow {
  const { field, op, value, isScope, rules, excludedBy } = key;
  const isIn = (number: number): boolean =>
    scope === 'all' || (wire.catalog.index.rules[number] as IndexedRule).rule.isWindows;
  const reach = rules.filter(isIn).length + excludedBy.filter(isIn).length;
  const onlyVendor = wire.onlyVendor(key);
  return { field, op, value, isScope, rules: reach, reach, ...wire.asked(key), onlyVendor };
}
