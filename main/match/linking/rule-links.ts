import type { Expr } from '../../../shared/model/predicate.ts';
import type { Correlation, CorrelationPart } from '../../../shared/model/correlation.ts';
import type { Diagnostic, Logsource, Rule } from '../../../shared/model/rule.ts';
import { UUID } from '../../../shared/catalog/dialects/sigma/metadata.ts';

/**
 * How the rules of a set bear on each other: which rules a correlation's names mean, and which filters a rule is under.
 * Pure look-up; whether a rule can run is asked of the caller.
 */
export class RuleLinks {
  readonly #byLabel = new Map<string, Rule[]>();
  readonly #filters: Rule[];

  /** @param rules where several have a name, those of the same text go first, then the order here. */
  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      if (rule.filter) continue;
      for (const label of new Set([labelOf(rule.id), labelOf(rule.name ?? '')])) {
        if (label === '') continue;
        const known = this.#byLabel.get(label);
        if (known) known.push(rule);
        else this.#byLabel.set(label, [rule]);
      }
    }
    this.#filters = rules.filter((rule) => rule.filter && rule.condition);
  }

  /** The rule that a name or id stands for in a rule; undefined where there is none. */
  find(label: string, from: Rule): Rule | undefined {
    const known = this.#byLabel.get(labelOf(label)) ?? [];
    return known.find(({ origin }) => origin !== undefined && origin === from.origin) ?? known[0];
  }

  /** The rules that a correlation refers to, without those that aren't there. */
  partsOf(rule: Rule): Rule[] {
    return (rule.correlation?.parts ?? []).flatMap((part: CorrelationPart) =>
      part.kind === 'reference' ? (this.find(part.name, rule) ?? []) : [],
    );
  }

  /**
   * A rule's correlation with aliases that go by what `parts` calls a rule: a text may list a rule by its id and name it
   * in an alias by its name.
   */
  correlationOf(rule: Rule): Correlation | undefined {
    const { correlation } = rule;
    if (!correlation || Object.keys(correlation.aliases).length === 0) return correlation;
    const aliases = Object.create(null) as Record<string, Record<string, string>>;
    for (const [alias, fields] of Object.entries(correlation.aliases)) {
      const own = (aliases[alias] = Object.assign(Object.create(null) as Record<string, string>, fields));
      for (const part of correlation.parts) {
        const found =
          part.kind === 'reference' && own[part.name] === undefined ? this.find(part.name, rule) : undefined;
        const label = found && Object.keys(fields).find((name) => isLabelOf(name, found));
        if (label !== undefined) own[part.name] = fields[label] as string;
      }
    }
    return { ...correlation, aliases };
  }

  /** Names in a correlation's aliases that are of none of its rules. */
  strangersIn(rule: Rule): string[] {
    const parts = this.partsOf(rule);
    const names = Object.values(rule.correlation?.aliases ?? {}).flatMap((fields) => Object.keys(fields));
    const written = new Set(rule.correlation?.parts.map(({ name }) => name));
    return [...new Set(names)].filter((name) => !written.has(name) && !parts.some((part) => isLabelOf(name, part)));
  }

  /** Filters that apply to a rule, in the order of the set. A rule about other rules' hits has none. */
  filtersOf(rule: Rule): Rule[] {
    if (rule.filter || isAboutRules(rule)) return [];
    return this.#filters.filter((filter) => names(filter, rule) && covers(filter.logsource, rule.logsource));
  }

  /** What is wrong with a filter's list of rules: it is no fault that a filter is loaded without them. */
  notesOf(filter: Rule): Diagnostic[] {
    const rules = filter.filter?.rules ?? 'any';
    if (rules === 'any') return [];
    return rules.flatMap(({ name, span }) => {
      const found = this.#byLabel.get(labelOf(name)) ?? [];
      const warn = (code: string, message: string): Diagnostic[] => [{ severity: 'warning', code, message, span }];
      if (found.length === 0) return warn('filter-without-rule', `No rule with the id or name "${name}" is loaded`);
      if (found.every(isAboutRules))
        return warn('filter-on-correlation', `"${name}" is a correlation: filter its rules`);
      if (found.some((rule) => covers(filter.logsource, rule.logsource))) return [];
      return warn('filter-logsource', `The filter's logsource does not cover that of "${name}": it is not applied`);
    });
  }

  /**
   * Says, for each rule, what of other rules its hits hang on: equal keys before and after a change of the set mean
   * that nothing about the rule has changed.
   * @param numberOf gives each rule object a number of its own.
   */
  keyOf(rule: Rule, numberOf: (rule: Rule) => number, silencers: ReadonlySet<Rule>, depth = 0): string {
    const filters = this.filtersOf(rule).map(numberOf).join();
    const notes = this.notesOf(rule).map(({ message }) => message);
    const parts =
      depth > DEPTH_LIMIT
        ? []
        : this.partsOf(rule).map((part) => `${numberOf(part)}(${this.keyOf(part, numberOf, silencers, depth + 1)})`);
    return `${silencers.has(rule) ? 'silent' : ''};${filters};${parts.join()};${notes.join()}`;
  }
}

/** The key of a rule that hangs on no other. */
const NO_LINKS = ';;;';
const NUMBERS = new WeakMap<Rule, number>();
let lastNumber = 0;

/**
 * For each rule of a set that hangs on others, what of them its hits hang on (see `RuleLinks.keyOf`). A rule whose key is the
 * same in two sets, or that has none in both, hits the same in both.
 */
export function linkKeys(rules: readonly Rule[]): ReadonlyMap<Rule, string> {
  const about = rules.filter(isAboutRules);
  if (about.length === 0 && rules.every(({ filter }) => !filter)) return new Map();
  const links = new RuleLinks(rules);
  const silent = new Set(silentRules(about, links).keys());
  const numberOf = (rule: Rule): number => {
    let number = NUMBERS.get(rule);
    if (number === undefined) NUMBERS.set(rule, (number = ++lastNumber));
    return number;
  };
  return new Map(
    rules.flatMap((rule) => {
      const key = links.keyOf(rule, numberOf, silent);
      return key === NO_LINKS ? [] : [[rule, key]];
    }),
  );
}

/** Correlations of correlations of correlations … deeper than anybody writes; a circle ends here. */
const DEPTH_LIMIT = 16;

/** Whether a rule looks at other rules' hits, not at events. */
export function isAboutRules(rule: Rule): boolean {
  return rule.correlation?.parts.some(({ kind }) => kind === 'reference') ?? false;
}

/** Rules whose hits only count for a correlation: those it refers to, unless a correlation says `generate`. */
export function silentRules(correlations: readonly Rule[], links: RuleLinks): ReadonlyMap<Rule, Rule> {
  const silent = new Map<Rule, Rule>();
  const loud = new Set<Rule>();
  for (const rule of correlations) {
    for (const part of links.partsOf(rule)) {
      if (rule.correlation?.generate === true) loud.add(part);
      else if (!silent.has(part)) silent.set(part, rule);
    }
  }
  for (const rule of loud) silent.delete(rule);
  return silent;
}

/** An expression under a rule's filters. */
export function filtered(expr: Expr, filters: readonly Rule[]): Expr {
  const added = filters.flatMap(({ condition, filter }): Expr[] => {
    if (!condition || !filter) return [];
    return [filter.keeps ? condition : { kind: 'not', child: condition, span: condition.span }];
  });
  return added.length === 0 ? expr : { kind: 'and', children: [expr, ...added], span: expr.span };
}

function names({ filter }: Rule, rule: Rule): boolean {
  if (!filter) return false;
  return filter.rules === 'any' || filter.rules.some(({ name }) => isLabelOf(name, rule));
}

/** A name as rules are found by: that of an id has no case (RFC 9562, 4). */
function labelOf(written: string): string {
  return UUID.test(written) ? written.toLowerCase() : written;
}

/** Whether a rule is referred to by a name or an id. */
export function isLabelOf(written: string, rule: Rule): boolean {
  const label = labelOf(written);
  return label === labelOf(rule.id) || label === rule.name;
}

/** Whether every part that the one names is the same in the other. */
function covers(wide: Logsource, narrow: Logsource): boolean {
  const same = (a: string | undefined, b: string | undefined): boolean => a === undefined || a === b;
  return (
    same(wide.product, narrow.product) && same(wide.category, narrow.category) && same(wide.service, narrow.service)
  );
}
