import { logTest, type LogTest } from '../../shared/catalog/log-test.ts';
import { compareText, type IndexedKey, type IndexedRule } from '../../shared/catalog/index/catalog-index.ts';
import { techniqueRules } from '../../shared/catalog/page/technique-page.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import type { Op } from '../../shared/model/predicate.ts';
import type { Vendor } from '../../shared/model/rule.ts';
import type { Wire } from './wire.ts';

/** More values of one field are of no use in a list that is chosen from while writing. */
const MOST_VALUES = 200;

/**
 * What other rules test, as a rule over the open logs would write it: vendors' names for the same field fall together,
 * and so do a path's end and the name that another vendor has a field for. Each rule counts once in a row.
 */
export function draftHints(wire: Wire, input: CallInput<'catalog.hints'>): CallOutput<'catalog.hints'> {
  const fields = new Map<string, FieldTally>();
  const values = new Map<string, { readonly test: LogTest; readonly tally: Tally }>();
  const testOf = logTests(wire);
  const wanted = input.field === null ? null : firstName(wire, input.field);
  for (const rule of rulesOf(wire, input.techniques)) {
    for (const key of input.isExcluded ? rule.exclusions : rule.indicators) {
      const test = testOf(key);
      if (!test) continue;
      let ofField = fields.get(test.field);
      if (!ofField) fields.set(test.field, (ofField = { all: new Tally(), how: new Map() }));
      ofField.all.add(rule);
      let ofOp = ofField.how.get(test.op);
      if (!ofOp) ofField.how.set(test.op, (ofOp = new Tally()));
      ofOp.add(rule);
      if (test.field !== wanted) continue;
      const name = `${test.op}\n${test.value.toLowerCase()}`;
      let ofValue = values.get(name);
      if (!ofValue) values.set(name, (ofValue = { test, tally: new Tally() }));
      ofValue.tally.add(rule);
    }
  }
  return {
    fields: [...fields]
      .map(([field, { all, how }]) => ({
        names: namesOf(wire, field),
        ...all.counts(),
        how: [...how].map(([op, tally]) => ({ op, rules: tally.counts().rules })).sort((a, b) => b.rules - a.rules),
      }))
      .sort((a, b) => b.rules - a.rules || compareText(a.names.join(), b.names.join())),
    values: [...values.values()]
      .map(({ test: { op, value }, tally }) => ({ op, value, ...tally.counts() }))
      .sort((a, b) => b.rules - a.rules || b.vendors - a.vendors || compareText(a.value, b.value))
      .slice(0, MOST_VALUES),
  };
}

/** The name by which the logs are asked, for any that Windows events have of the same field. */
function firstName(wire: Wire, name: string): string {
  const canonical = wire.facts.fields.lookup('sigma', name, new Set());
  return (canonical && wire.logField(canonical.name)?.field) ?? name;
}

/** The names of a field in the events: the first, and those that Sigma's rules use. */
function namesOf(wire: Wire, first: string): string[] {
  const canonical = wire.facts.fields.lookup('sigma', first, new Set());
  const natives = canonical ? wire.catalog.nativesOf(canonical.name) : [];
  return [...new Set([first, ...natives.filter(({ vendor }) => vendor === 'sigma').map(({ name }) => name)])];
}

/** Rules of any of the techniques and their sub-techniques; without a technique, all; those over Windows events only. */
function rulesOf(wire: Wire, techniques: readonly string[]): Iterable<IndexedRule> {
  const { index } = wire.catalog;
  if (techniques.length === 0) return index.rules.filter(({ rule }) => rule.isWindows);
  const choice = { scope: 'windows', subtechniques: true } as const;
  return new Set(techniques.flatMap((technique) => techniqueRules(index, technique, choice)));
}

/** The test of the logs that a key stands for, each found once; undefined where they have none, or it is of scope. */
function logTests(wire: Wire): (key: number) => LogTest | undefined {
  const known = new Map<number, LogTest | undefined>();
  return (number) => {
    if (known.has(number)) return known.get(number);
    const key = wire.catalog.index.keys[number] as IndexedKey;
    const test = key.isScope ? undefined : logTest({ op: key.op, value: key.value, ...wire.asked(key) });
    known.set(number, test);
    return test;
  };
}

interface FieldTally {
  readonly all: Tally;
  readonly how: Map<Op, Tally>;
}

/** Counts rules that come in order, each once, and their vendors. */
class Tally {
  readonly #vendors = new Set<Vendor>();
  #last: IndexedRule | undefined;
  #rules = 0;

  add(rule: IndexedRule): void {
    if (rule === this.#last) return;
    this.#last = rule;
    this.#rules++;
    this.#vendors.add(rule.rule.vendor);
  }

  counts(): { readonly rules: number; readonly vendors: number } {
    return { rules: this.#rules, vendors: this.#vendors.size };
  }
}
