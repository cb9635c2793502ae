import type { Coverage } from '../../shared/catalog/logsource.ts';
import { compileValue } from '../../shared/matching/value-test.ts';
import type { RegexEngine } from '../../shared/matching/regex.ts';
import type { Expr, Predicate } from '../../shared/model/predicate.ts';
import type { Diagnostic, Logsource, Rule } from '../../shared/model/rule.ts';
import type { Span } from '../../shared/model/span.ts';
import type { FieldMatcher } from './field-matcher.ts';
import type { TestParts } from './linking/link-plan.ts';
import type { Mappings } from './mappings.ts';
import type { PlannedRule } from './rule-groups.ts';
import { makeMatcher, RuleUnits } from './rule-units.ts';
import { toUnits, UnitPool, type Unit, type UnitExpr } from './units.ts';

/** Units in a matcher that is kept for later plans, and how many such matchers are kept. */
const KEPT_UNITS = 256;
const KEPT_MATCHERS = 48;
/** Rules of a set that is kept for another table, and how many such sets are kept. */
const KEPT_RULES = 64;
const KEPT_SETS = 2;
const POOL_LIMIT = 100_000;

/**
 * What is known of rules whatever the events: their tests, compiled units, and matchers. It outlives plans and tables, so
 * that of an edited rule only what changed is made anew, and of a rule set that meets other logs nothing is.
 */
export class RuleStock {
  readonly regexes: RegexEngine;
  readonly #pool: UnitPool;
  #trees = new WeakMap<Expr, UnitExpr>();
  /** Why expressions are refused, by flags and expression; undefined where they are not. */
  readonly #refusals = new Map<string, string | undefined>();
  readonly #matchers = new Map<string, FieldMatcher>();
  readonly #coverages = new Map<string, Coverage>();
  /** The newest first. */
  #sets: readonly RuleUnits[] = [];

  constructor(
    readonly mappings: Mappings,
    regexes: RegexEngine,
  ) {
    this.regexes = regexes;
    this.#pool = new UnitPool(regexes);
  }

  /** A test of events as the rule's logsource sees them, or why it can't be made. */
  testOf(rule: Rule, expr: Expr): TestParts | readonly Diagnostic[] {
    const diagnostics: Diagnostic[] = [];
    const coverage = this.coverage(rule.logsource);
    if (!coverage.isKnown) {
      const { category, service } = rule.logsource;
      const message = `No mapping says which Windows events ${[category, service].filter(Boolean).join('/')} are`;
      diagnostics.push(error('unknown-logsource', message, rule.span));
    }
    this.#findFaults(expr, diagnostics);
    return diagnostics.length > 0 ? diagnostics : { expr: this.treeOf(expr), coverage };
  }

  /** Whether an expression can be tested. */
  accepts(expr: Expr): boolean {
    const diagnostics: Diagnostic[] = [];
    this.#findFaults(expr, diagnostics);
    return diagnostics.length === 0;
  }

  treeOf(expr: Expr): UnitExpr {
    let tree = this.#trees.get(expr);
    if (!tree) this.#trees.set(expr, (tree = toUnits(expr, this.#pool)));
    return tree;
  }

  coverage(logsource: Logsource): Coverage {
    const { category, product, service, kinds } = logsource;
    const key = JSON.stringify([category, product, service, kinds]);
    let coverage = this.#coverages.get(key);
    if (!coverage) this.#coverages.set(key, (coverage = this.mappings.logsources.coverage(logsource)));
    return coverage;
  }

  /** The units of a rule set: those of an equal set where it is among the last. */
  unitsOf(rules: readonly PlannedRule[]): RuleUnits {
    const known = this.#sets.find((set) => set.isOf(rules));
    const units = known ?? new RuleUnits(rules, (own, witnesses) => this.#matcherOf(own, witnesses));
    if (rules.length >= KEPT_RULES) {
      this.#sets = [units, ...this.#sets.filter((set) => set !== units)].slice(0, KEPT_SETS);
    }
    return units;
  }

  /** Forgets units where they have become too many; those in plans live on. */
  trim(): void {
    if (this.#pool.size <= POOL_LIMIT) return;
    this.#pool.clear();
    this.#trees = new WeakMap();
    this.#refusals.clear();
  }

  #findFaults(expr: Expr, found: Diagnostic[]): void {
    switch (expr.kind) {
      case 'constant':
        return;
      case 'not':
        this.#findFaults(expr.child, found);
        return;
      case 'and':
      case 'or':
        for (const child of expr.children) this.#findFaults(child, found);
        return;
      case 'predicate':
        if (expr.op === 'match') this.#findRefused(expr, found);
        else if (expr.op === 'in_lookup') {
          found.push(error('unsupported-lookup', 'Lookups in lists are not supported yet', expr.span));
        }
    }
  }

  #findRefused(predicate: Predicate, found: Diagnostic[]): void {
    for (const value of predicate.values) {
      const key = `${predicate.regexFlags ?? ''}/${value.text}`;
      if (!this.#refusals.has(key)) {
        const compiled = compileValue(predicate, value, this.regexes);
        this.#refusals.set(key, 'refused' in compiled ? compiled.refused : undefined);
      }
      const reason = this.#refusals.get(key);
      if (reason === undefined) continue;
      found.push(error('regex-refused', `RE2 refuses this expression: ${reason}`, value.span));
    }
  }

  #matcherOf(units: readonly Unit[], witnesses: ReadonlySet<Unit>): FieldMatcher {
    if (units.length > KEPT_UNITS) return makeMatcher(units, witnesses);
    const key = units.map((unit) => (witnesses.has(unit) ? unit.number : ~unit.number)).join();
    const matcher = this.#matchers.get(key) ?? makeMatcher(units, witnesses);
    // Taken out and put back, so that the first in the map is the one unused for longest.
    this.#matchers.delete(key);
    this.#matchers.set(key, matcher);
    const [oldest] = this.#matchers.keys();
    if (this.#matchers.size > KEPT_MATCHERS && oldest !== undefined) this.#matchers.delete(oldest);
    return matcher;
  }
}

function error(code: string, message: string, span: Span): Diagnostic {
  return { severity: 'error', code, message, span };
}
