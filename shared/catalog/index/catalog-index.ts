import type { Op } from '../../model/predicate.ts';
import { eventKey } from '../normalise/event-map.ts';
import type { CatalogEvent, NormalisedRule } from '../normalise/normalised-rule.ts';
import { fieldUses, keyName, ruleKeys, type RuleKey } from './rule-keys.ts';

/** A rule and the file it is from. */
export interface CatalogEntry {
  /** As the user knows it. */
  readonly file: string;
  readonly rule: NormalisedRule;
}

/** A rule of the index, with its keys as numbers into `keys`. */
export interface IndexedRule extends CatalogEntry {
  readonly number: number;
  readonly indicators: readonly number[];
  readonly exclusions: readonly number[];
}

/** A key, and the rules that have it. */
export interface IndexedKey {
  readonly field: string;
  readonly op: Op;
  /** In the form that most rules write. */
  readonly value: string;
  readonly isScope: boolean;
  /** Numbers of the rules that look for it, ascending. */
  readonly rules: readonly number[];
  /** Numbers of the rules that exclude it, ascending. */
  readonly excludedBy: readonly number[];
}

/** Everything that the catalog's pages are computed from; immutable. Rules are known by their numbers. */
export interface CatalogIndex {
  readonly rules: readonly IndexedRule[];
  readonly keys: readonly IndexedKey[];
  readonly byTechnique: ReadonlyMap<string, readonly number[]>;
  /** By `channel/id`, `*` for any id. */
  readonly byEvent: ReadonlyMap<string, { readonly event: CatalogEvent; readonly rules: readonly number[] }>;
  /** By canonical or native name: the rules that filter on it. */
  readonly byField: ReadonlyMap<string, readonly number[]>;
}

interface OpenKey {
  readonly field: string;
  readonly op: Op;
  value: string;
  readonly isScope: boolean;
  readonly rules: number[];
  readonly excludedBy: number[];
  /** How many rules write each form; undefined while there is one form. */
  forms: Map<string, number> | undefined;
}

/** Builds the index of a catalog. Time and memory are linear in the rules' values. */
export function buildIndex(entries: readonly CatalogEntry[]): CatalogIndex {
  const rules: IndexedRule[] = [];
  const keys: OpenKey[] = [];
  const numbers = new Map<string, number>();
  const byTechnique = new Map<string, number[]>();
  const byEvent = new Map<string, { event: CatalogEvent; rules: number[] }>();
  const byField = new Map<string, number[]>();

  const numberOf = (key: RuleKey): number => {
    const name = keyName(key);
    const known = numbers.get(name);
    if (known !== undefined) {
      countForm(keys[known] as OpenKey, key.value);
      return known;
    }
    const { field, op, value, isScope } = key;
    numbers.set(name, keys.length);
    keys.push({ field, op, value, isScope, rules: [], excludedBy: [], forms: undefined });
    return keys.length - 1;
  };

  for (const { file, rule } of entries) {
    const number = rules.length;
    const { indicators, exclusions } = ruleKeys(rule);
    const indexed = { file, rule, number, indicators: indicators.map(numberOf), exclusions: exclusions.map(numberOf) };
    rules.push(indexed);
    for (const key of indexed.indicators) (keys[key] as OpenKey).rules.push(number);
    for (const key of indexed.exclusions) (keys[key] as OpenKey).excludedBy.push(number);
    for (const technique of rule.techniques) addTo(byTechnique, technique, number);
    for (const event of rule.events) {
      const name = eventKey(event);
      const known = byEvent.get(name);
      if (known) known.rules.push(number);
      else byEvent.set(name, { event, rules: [number] });
    }
    for (const field of new Set([...fieldUses(rule)].map((use) => use.field))) addTo(byField, field, number);
  }
  return { rules, keys: keys.map(closed), byTechnique, byEvent, byField };
}

function addTo(map: Map<string, number[]>, key: string, number: number): void {
  const known = map.get(key);
  if (known) known.push(number);
  else map.set(key, [number]);
}

function countForm(key: OpenKey, form: string): void {
  if (!key.forms) {
    const before = key.rules.length + key.excludedBy.length;
    if (form === key.value) return;
    key.forms = new Map([[key.value, before]]);
  }
  key.forms.set(form, (key.forms.get(form) ?? 0) + 1);
}

function closed({ forms, ...key }: OpenKey): IndexedKey {
  if (!forms) return key;
  const [most] = [...forms].sort(([a, n], [b, m]) => m - n || compareText(a, b));
  return { ...key, value: most?.[0] ?? key.value };
}

/** Order of texts by code units: the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
