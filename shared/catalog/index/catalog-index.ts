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

interface OpenKey extends IndexedKey {
  value: string;
  readonly rules: number[];
  readonly excludedBy: number[];
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
  return { rules, keys: table.closed(), byTechnique, byEvent, byField };
}

/** Numbers of keys by their value, as written and as compared. Rules share most of their texts: those are found as written. */
interface Numbers {
  readonly written: Map<string, number>;
  readonly folded: Map<string, number>;
}

/** Gives keys their numbers, and tells which rules have them. */
class KeyTable {
  readonly #keys: OpenKey[] = [];
  readonly #numbers = new Map<string, Map<string, Numbers>>();
  /** By key: how many lists of rules have it. */
  readonly #uses: number[] = [];
  /** Of keys that are written in several forms: how many lists have each. */
  readonly #forms = new Map<number, Map<string, number>>();

  addRule(
    { predicates }: NormalisedRule,
    number: number,
  ): { readonly indicators: readonly number[]; readonly exclusions: readonly number[] } {
    const indicators: number[] = [];
    const excluded = new Set<number>();
    const add = (field: string, op: Op, values: readonly string[], isLookedFor: boolean, isScope: boolean): void => {
      const numbers = this.#numbersOf(field, op);
      for (const value of values) {
        const at = this.#number(numbers, field, op, value, isScope);
        const { rules } = this.#keys[at] as OpenKey;
        if (isLookedFor ? rules.at(-1) === number : excluded.has(at)) continue;
        if (isLookedFor) {
          rules.push(number);
          indicators.push(at);
        } else excluded.add(at);
        this.#countForm(at, value);
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
    const exclusions = [...excluded].filter((key) => this.#keys[key]?.rules.at(-1) !== number);
    for (const key of exclusions) this.#keys[key]?.excludedBy.push(number);
    return { indicators, exclusions };
  }

  /** The keys, each with the value in the form that most rules write. */
  closed(): readonly IndexedKey[] {
    for (const [key, forms] of this.#forms) {
      const [most] = [...forms].sort(([a, n], [b, m]) => m - n || compareText(a, b));
      if (most) (this.#keys[key] as OpenKey).value = most[0];
    }
    return this.#keys;
  }

  #numbersOf(field: string, op: Op): Numbers {
    let ofField = this.#numbers.get(field);
    if (!ofField) this.#numbers.set(field, (ofField = new Map<string, Numbers>()));
    let ofOp = ofField.get(op);
    if (!ofOp) ofField.set(op, (ofOp = { written: new Map(), folded: new Map() }));
    return ofOp;
  }

  #number({ written, folded }: Numbers, field: string, op: Op, value: string, isScope: boolean): number {
    const known = written.get(value);
    if (known !== undefined) return known;
    const compared = foldValue(op, value);
    let number = folded.get(compared);
    if (number === undefined) {
      number = this.#keys.push({ field, op, value, isScope, rules: [], excludedBy: [] }) - 1;
      this.#uses.push(0);
      folded.set(compared, number);
    }
    written.set(value, number);
    return number;
  }

  #countForm(key: number, form: string): void {
    const uses = this.#uses[key] as number;
    this.#uses[key] = uses + 1;
    const { value } = this.#keys[key] as OpenKey;
    let forms = this.#forms.get(key);
    if (!forms) {
      if (form === value) return;
      forms = new Map([[value, uses]]);
      this.#forms.set(key, forms);
    }
    forms.set(form, (forms.get(form) ?? 0) + 1);
  }
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

/** Order of texts by code units: the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
