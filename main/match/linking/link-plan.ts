import type { Coverage } from '../../../shared/catalog/logsource.ts';
import type { Expr } from '../../../shared/model/predicate.ts';
import type { Correlation, CorrelationPart } from '../../../shared/model/correlation.ts';
import type { Diagnostic, Rule } from '../../../shared/model/rule.ts';
import { Correlator } from '../correlation/correlator.ts';
import type { Collected, Feed, PlannedCorrelation } from '../correlation/correlations.ts';
import type { PlannedRule } from '../rule-groups.ts';
import { filtered, isAboutRules, RuleLinks, silentRules } from './rule-links.ts';
import type { UnitExpr } from '../units.ts';

/** A test without its number. */
export interface TestParts {
  readonly expr: UnitExpr;
  readonly coverage: Coverage;
}

/** Makes a test of an expression under a rule's logsource, or says why that can't be. */
type MakeTest = (rule: Rule, expr: Expr) => TestParts | readonly Diagnostic[];

/** A rule set as its plan runs it. */
export interface LinkedPlan {
  /** Tests of single events. Numbers below the number of rules are the rules'; those above only feed correlations. */
  readonly planned: readonly PlannedRule[];
  readonly correlations: readonly PlannedCorrelation[];
  /** By number of a test: the correlations that want its hits. */
  readonly feeds: ReadonlyMap<number, readonly Feed[]>;
  /** By index of a rule: the correlation that its hits only count for. */
  readonly silent: ReadonlyMap<number, Rule>;
  /** By index of a rule: tests whose hits a correlation in it looks at, in the end. */
  readonly testsOf: ReadonlyMap<number, readonly PlannedRule[]>;
  /** By number of a test: the rule it is of. */
  readonly ruleOf: ReadonlyMap<number, Rule>;
  readonly notRun: ReadonlyMap<number, readonly Diagnostic[]>;
  readonly notes: ReadonlyMap<number, readonly Diagnostic[]>;
  readonly collected: Collected;
}

/**
 * Puts filters to the rules that they are for, finds the rules that correlations refer to, and makes the tests.
 * @param others rules that may be referred to, and filters.
 */
export function linkPlan(
  rules: readonly Rule[],
  others: readonly Rule[],
  collected: Collected,
  makeTest: MakeTest,
): LinkedPlan {
  return new Linking(rules, others, collected, makeTest).result();
}

/** Code of the note on a rule that gives no hits of its own. */
export const ONLY_FOR_CORRELATION = 'only-for-correlation';

type Made<T> = T | readonly Diagnostic[];
const isFault = <T>(made: Made<T>): made is readonly Diagnostic[] => Array.isArray(made);

class Linking {
  readonly #links: RuleLinks;
  readonly #planned: PlannedRule[] = [];
  readonly #correlations: PlannedCorrelation[] = [];
  readonly #feeds = new Map<number, Feed[]>();
  readonly #ruleOf = new Map<number, Rule>();
  readonly #tests = new Map<Rule, Made<PlannedRule>>();
  readonly #made = new Map<Rule, Made<PlannedCorrelation>>();
  readonly #numbers: ReadonlyMap<Rule, number>;
  /** Correlations that are being made, outermost first: one that is met again stands in a circle. */
  readonly #open: Rule[] = [];
  /** Fields that correlations ask of those they look at. */
  readonly #carried = new Map<Rule, Set<string>>();
  #next: number;

  constructor(
    private readonly rules: readonly Rule[],
    others: readonly Rule[],
    private readonly collected: Collected,
    private readonly makeTest: MakeTest,
  ) {
    this.#next = rules.length;
    this.#numbers = new Map(rules.map((rule, number) => [rule, number]));
    const isRefused = (rule: Rule): boolean =>
      rule.filter !== undefined && rule.condition !== undefined && isFault(makeTest(rule, rule.condition));
    this.#links = new RuleLinks([...rules, ...others].filter((rule) => !isRefused(rule)));
  }

  result(): LinkedPlan {
    const notRun = new Map<number, readonly Diagnostic[]>();
    const notes = new Map<number, readonly Diagnostic[]>();
    for (const rule of this.rules) if (isAboutRules(rule)) this.#carry(rule, new Set());
    this.rules.forEach((rule, number) => {
      const faults = this.#add(rule);
      if (faults.length > 0) notRun.set(number, faults);
      else if (rule.filter) notes.set(number, this.#links.notesOf(rule));
    });
    const running = this.rules.filter((rule, number) => rule.correlation && !notRun.has(number));
    const silent = new Map<number, Rule>();
    for (const [rule, by] of silentRules(running, this.#links)) {
      const number = this.#numbers.get(rule);
      if (number === undefined) continue;
      silent.set(number, by);
      const message = `Its hits only count for the correlation "${by.title}", which does not say generate: true`;
      const note: Diagnostic = { severity: 'info', code: ONLY_FOR_CORRELATION, message, span: rule.span };
      notes.set(number, [...(notes.get(number) ?? []), note]);
    }
    const testsOf = new Map(
      this.#correlations.flatMap((one) => (one.number === undefined ? [] : [[one.number, this.#testsBelow(one)]])),
    );
    const { collected } = this;
    return {
      ...{ planned: this.#planned, correlations: this.#correlations, feeds: this.#feeds },
      ...{ silent, testsOf, notRun, notes, collected, ruleOf: this.#ruleOf },
    };
  }

  /** Gives why a rule can't run. */
  #add(rule: Rule): readonly Diagnostic[] {
    const own = ownErrors(rule);
    if (own.length > 0 || !rule.condition) return own;
    if (rule.filter) {
      const test = this.makeTest(rule, rule.condition);
      return isFault(test) ? test : [];
    }
    const made = rule.correlation ? this.#correlation(rule) : this.#test(rule);
    return isFault(made) ? made : [];
  }

  #test(rule: Rule): Made<PlannedRule> {
    const known = this.#tests.get(rule);
    if (known) return known;
    const own = ownErrors(rule);
    const made = own.length > 0 || !rule.condition ? own : this.#plan(rule, rule.condition, this.#numbers.get(rule));
    this.#tests.set(rule, made);
    return made;
  }

  #plan(rule: Rule, expr: Expr, number = this.#next++): Made<PlannedRule> {
    const test = this.makeTest(rule, filtered(expr, this.#links.filtersOf(rule)));
    if (isFault(test)) return test;
    const planned = { number, ...test };
    this.#planned.push(planned);
    this.#ruleOf.set(number, rule);
    return planned;
  }

  #correlation(rule: Rule): Made<PlannedCorrelation> {
    const known = this.#made.get(rule);
    if (known) return known;
    const made = this.#makeCorrelation(rule);
    this.#made.set(rule, made);
    return made;
  }

  #makeCorrelation(rule: Rule): Made<PlannedCorrelation> {
    const own = ownErrors(rule);
    const correlation = this.#links.correlationOf(rule);
    if (own.length > 0 || !correlation) return own;
    this.#open.push(rule);
    const faults: Diagnostic[] = [];
    const found = new Set<Rule>();
    const children: (PlannedCorrelation | undefined)[] = [];
    const tests: (PlannedRule | undefined)[] = [];
    for (const part of correlation.parts) {
      const made = part.kind === 'inline' ? this.#plan(rule, part.expr) : this.#referred(rule, part);
      const referred = part.kind === 'reference' ? this.#links.find(part.name, rule) : undefined;
      if (isFault(made)) faults.push(...made);
      else if (referred && found.has(referred)) faults.push(...twice(part));
      else {
        if (referred) found.add(referred);
        children.push('correlator' in made ? made : undefined);
        tests.push('correlator' in made ? undefined : made);
      }
    }
    this.#open.pop();
    if (faults.length === 0) faults.push(...this.#strangers(rule, correlation));
    if (faults.length > 0) return faults;
    const { texts, budget, correlators } = this.collected;
    const carried = [...(this.#carried.get(rule) ?? [])];
    const correlator = correlators.get(rule) ?? new Correlator(correlation, carried, texts, budget);
    correlators.set(rule, correlator);
    tests.forEach((test, part) => {
      if (test) this.#feeds.set(test.number, [...(this.#feeds.get(test.number) ?? []), { correlator, part }]);
    });
    const made = { rule, number: this.#numbers.get(rule), children, labels: this.#labelsOf(rule), correlator };
    this.#correlations.push(made);
    return made;
  }

  #referred(
    from: Rule,
    part: CorrelationPart & { readonly kind: 'reference' },
  ): Made<PlannedRule> | Made<PlannedCorrelation> {
    const fault = (code: string, message: string): Diagnostic[] => [
      { severity: 'error', code, message, span: part.span },
    ];
    const rule = this.#links.find(part.name, from);
    if (!rule) return fault('unknown-rule-reference', `No rule with the id or name "${part.name}" is loaded`);
    if (this.#open.includes(rule)) {
      return fault('correlation-cycle', `"${part.name}" looks at this rule itself: correlations go round in a circle`);
    }
    const made = rule.correlation ? this.#correlation(rule) : this.#test(rule);
    if (!isFault(made)) return made;
    const why = made[0]?.message ?? 'it has an error';
    return fault('reference-cannot-run', `The rule "${part.name}" cannot run: ${why}`);
  }

  /** Notes which fields a correlation, and those above it, want of the ones it looks at. */
  #carry(rule: Rule, seen: Set<Rule>): void {
    const correlation = this.#links.correlationOf(rule);
    if (!correlation || seen.has(rule)) return;
    const wanted = [...correlation.groupBy, ...correlation.fields, ...(this.#carried.get(rule) ?? [])];
    for (const part of correlation.parts) {
      const child = part.kind === 'reference' ? this.#links.find(part.name, rule) : undefined;
      if (!child?.correlation) continue;
      const fields = this.#carried.get(child) ?? new Set<string>();
      for (const column of wanted) fields.add(correlation.aliases[column]?.[part.name] ?? column);
      this.#carried.set(child, fields);
      this.#carry(child, new Set([...seen, rule]));
    }
  }

  /** What to call each part: an id tells nobody anything. */
  #labelsOf(rule: Rule): string[] {
    return (rule.correlation?.parts ?? []).map((part, i) => {
      const found = part.kind === 'reference' ? this.#links.find(part.name, rule) : undefined;
      return found?.id.toLowerCase() === part.name.toLowerCase()
        ? (found.name ?? found.title)
        : part.name || `part ${i + 1}`;
    });
  }

  #strangers(rule: Rule, { span }: Correlation): Diagnostic[] {
    return this.#links.strangersIn(rule).map((name) => {
      const message = `The aliases name "${name}", which is not among the rules of the correlation`;
      return { severity: 'error', code: 'sigma-unknown-alias-rule', message, span };
    });
  }

  #testsBelow(one: PlannedCorrelation): PlannedRule[] {
    const own = this.#planned.filter(({ number }) =>
      this.#feeds.get(number)?.some(({ correlator }) => correlator === one.correlator),
    );
    return [...own, ...one.children.flatMap((child) => (child ? this.#testsBelow(child) : []))];
  }
}

/** A rule that a correlation lists by its id and by its name, which would count as two. */
function twice({ name, span }: CorrelationPart): Diagnostic[] {
  const message = `"${name}" is a rule that stands in the list already`;
  return [{ severity: 'error', code: 'sigma-duplicate-reference', message, span }];
}

function ownErrors(rule: Rule): readonly Diagnostic[] {
  if (rule.condition) return [];
  return rule.diagnostics.filter(({ severity }) => severity === 'error');
}
