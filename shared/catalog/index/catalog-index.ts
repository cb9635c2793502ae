import type { Op } from '../../model/predicate.ts';
import { eventKey } from '../normalise/event-map.ts';
import type { CatalogEvent, NormalisedRule } from '../normalise/normalised-rule.ts';
import { foldValue } from '../normalise/values.ts';
import { fieldUses, keyValues, listOf } from './rule-keys.ts';

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
  /** Rules that have it, on either list. */
  uses: number;
  /** How many rules write each form; undefined while there is one form. */
  forms: Map<string, number> | undefined;
}

/** Builds the index of a catalog. Time and memory are linear in the rules' values. */
export function buildIndex(entries: readonly CatalogEntry[]): CatalogIndex {
  const rules: IndexedRule[] = [];
  const table = new KeyTable();
  const byTechnique = new Map<string, number[]>();
  const byEvent = new Map<string, { event: CatalogEvent; rules: number[] }>();
  const byField = new Map<string, number[]>();
  for (const { file, rule } of entries) {
    const number = rules.length;
    rules.push({ file, rule, number, ...table.addRule(rule, number) });
    for (const technique of rule.techniques) addOnce(byTechnique, technique, number);
    for (const event of rule.events) {
      const name = eventKey(event);
      const known = byEvent.get(name);
      if (known) known.rules.push(number);
      else byEvent.set(name, { event, rules: [number] });
    }
    for (const { field } of fieldUses(rule)) addOnce(byField, field, number);
  }
  return { rules, keys: table.keys.map(closed), byTechnique, byEvent, byField };
}

/** Gives keys their numbers, and tells which rules have them. */
class KeyTable {
  readonly keys: OpenKey[] = [];
  /** By field and operator, then by folded value. */
  readonly #numbers = new Map<string, Map<string, Map<string, number>>>();

  addRule(
    { predicates }: NormalisedRule,
    number: number,
  ): { readonly indicators: readonly number[]; readonly exclusions: readonly number[] } {
    const indicators: number[] = [];
    const excluded = new Set<number>();
    const add = (field: string, op: Op, values: readonly string[], isLookedFor: boolean, isScope: boolean): void => {
      const numbers = inner(inner(this.#numbers, field), op);
      for (const value of values) {
        const at = this.#number(numbers, field, op, value, isScope);
        const open = this.keys[at] as OpenKey;
        if (isLookedFor ? open.rules.at(-1) === number : excluded.has(at)) continue;
        if (isLookedFor) {
          open.rules.push(number);
          indicators.push(at);
        } else excluded.add(at);
        countForm(open, value);
      }
    };
    for (const predicate of predicates) {
      const list = listOf(predicate);
      if (list === undefined) continue;
      const { field, op, derived, role } = predicate;
      const isLookedFor = list === 'indicators';
      add(field, op, keyValues(predicate), isLookedFor, role === 'scope');
      if (derived) add(derived.field, derived.op, derived.values, isLookedFor, role === 'scope');
    }
    // What is looked for as well is no exclusion.
    const exclusions = [...excluded].filter((key) => this.keys[key]?.rules.at(-1) !== number);
    for (const key of exclusions) this.keys[key]?.excludedBy.push(number);
    return { indicators, exclusions };
  }

  #number(numbers: Map<string, number>, field: string, op: Op, value: string, isScope: boolean): number {
    const folded = foldValue(op, value);
    const known = numbers.get(folded);
    if (known !== undefined) return known;
    numbers.set(folded, this.keys.length);
    return this.keys.push({ field, op, value, isScope, uses: 0, rules: [], excludedBy: [], forms: undefined }) - 1;
  }
}

function inner<K, V>(outer: Map<string, Map<K, V>>, key: string): Map<K, V> {
  const known = outer.get(key);
  if (known) return known;
  const made = new Map<K, V>();
  outer.set(key, made);
  return made;
}

/** Numbers come in ascending order. */
function addOnce(map: Map<string, number[]>, key: string, number: number): void {
  if (map.get(key)?.at(-1) !== number) addTo(map, key, number);
}

function addTo(map: Map<string, number[]>, key: string, number: number): void {
  const known = map.get(key);
  if (known) known.push(number);
  else map.set(key, [number]);
}

function countForm(key: OpenKey, form: string): void {
  key.uses++;
  if (!key.forms) {
    if (form === key.value) return;
    key.forms = new Map([[key.value, key.uses - 1]]);
  }
  key.forms.set(form, (key.forms.get(form) ?? 0) + 1);
}

function closed({ forms, field, op, value, isScope, rules, excludedBy }: OpenKey): IndexedKey {
  const [most] = forms ? [...forms].sort(([a, n], [b, m]) => m - n || compareText(a, b)) : [];
  return { field, op, value: most?.[0] ?? value, isScope, rules, excludedBy };
}

/** Order of texts by code units: the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
