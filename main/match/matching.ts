import type { EventTable } from '../columns/event-table.ts';
import type { Coverage } from '../../shared/catalog/logsource.ts';
import type { RegexEngine } from '../../shared/matching/regex.ts';
import type { ValueTest } from '../../shared/matching/value-test.ts';
import { compileValue } from '../../shared/matching/value-test.ts';
import type { Expr } from '../../shared/model/predicate.ts';
import type { Diagnostic, Logsource, Rule } from '../../shared/model/rule.ts';
import type { CompileOptions, ExprScan, Matching, RulePlan } from './api.ts';
import { CompiledPlan } from './compiled-plan.ts';
import { Collected } from './correlation/correlations.ts';
import { FieldMatcher, type CompiledUnit } from './field-matcher.ts';
import { FieldResolver, type SourceName } from './fields.ts';
import { linkPlan, type TestParts } from './linking/link-plan.ts';
import { loadMappings, type Mappings } from './mappings.ts';
import { EVERYWHERE, Plan, type PlanContext } from './plan.ts';
import { createRegexEngine } from './regex-engine.ts';
import { certaintyOf } from './unit-weight.ts';
import { forEachUnit, toUnits, UnitPool, type Unit } from './units.ts';

/** Units in a matcher that is kept for later plans, and how many such matchers are kept. */
const KEPT_UNITS = 256;
const KEPT_MATCHERS = 48;
const POOL_LIMIT = 100_000;

/**
 * Makes the matcher of a table.
 * @param contentFolder holds `mappings/`.
 * @param sourceName gives the name of a source for the field `File`.
 */
export function createMatching(table: EventTable, contentFolder: string, sourceName: SourceName = String): Matching {
  return new TableMatching(table, loadMappings(contentFolder), createRegexEngine(), sourceName);
}

/**
 * Holds what outlives a plan: compiled units, and matchers of few units with all they have learnt about values, so
 * that an edited rule asks anew only the fields whose predicates changed.
 */
export class TableMatching implements Matching {
  readonly #resolver: FieldResolver;
  readonly #pool = new UnitPool();
  #compiled = new Map<Unit, CompiledUnit | { readonly refused: string }>();
  readonly #matchers = new Map<string, FieldMatcher>();
  readonly #coverages = new Map<string, Coverage>();

  constructor(
    private readonly table: EventTable,
    private readonly mappings: Mappings,
    private readonly regexes: RegexEngine,
    private readonly sourceName: SourceName,
  ) {
    this.#resolver = new FieldResolver(mappings.aliases);
  }

  compile(rules: readonly Rule[], options: CompileOptions = {}): RulePlan {
    this.#trim();
    const previous = options.continues instanceof CompiledPlan ? options.continues.collected : undefined;
    const linked = linkPlan(rules, options.others ?? [], previous ?? new Collected(), (rule, expr) =>
      this.#plan(rule, expr),
    );
    return new CompiledPlan(rules, linked, {
      table: this.table,
      resolver: this.#resolver,
      sourceName: this.sourceName,
      regexes: this.regexes,
      plan: new Plan(linked.planned, this.#context()),
    });
  }

  compileExpr(expr: Expr, logsource?: Logsource): ExprScan {
    this.#trim();
    const tree = toUnits(expr, this.#pool);
    // A filter whose regex is refused matches nothing; whoever lets a user write one checks it beforehand.
    const refused: Unit[] = [];
    forEachUnit(tree, (unit) => {
      if ('refused' in this.#compile(unit)) refused.push(unit);
    });
    if (refused.length > 0) return { run: () => undefined };
    const coverage = logsource ? this.#coverage(logsource) : EVERYWHERE;
    const plan = new Plan([{ number: 0, expr: tree, coverage }], this.#context());
    return { run: (shape, fromRow, toRow, onMatch) => plan.run(shape, fromRow, toRow, (_, event) => onMatch(event)) };
  }

  /** A test of events as its rule's logsource sees them, or why it can't be made. */
  #plan(rule: Rule, expr: Expr): TestParts | readonly Diagnostic[] {
    const diagnostics: Diagnostic[] = [];
    const coverage = this.#coverage(rule.logsource);
    if (!coverage.isKnown) {
      const { category, service } = rule.logsource;
      const message = `No mapping says which Windows events ${[category, service].filter(Boolean).join('/')} are`;
      diagnostics.push({ severity: 'error', code: 'unknown-logsource', message, span: rule.span });
    }
    const units = toUnits(expr, this.#pool);
    forEachUnit(units, (unit) => diagnostics.push(...this.#faultsOf(unit)));
    return diagnostics.length > 0 ? diagnostics : { expr: units, coverage };
  }

  #faultsOf(unit: Unit): Diagnostic[] {
    const { predicate } = unit;
    const error = (code: string, message: string, span = predicate.span): Diagnostic[] => [
      { severity: 'error', code, message, span },
    ];
    if (predicate.op === 'in_lookup') return error('unsupported-lookup', 'Lookups in lists are not supported yet');
    if (!('refused' in this.#compile(unit))) return [];
    return predicate.values.flatMap((value) => {
      const compiled = compileValue(predicate, value, this.regexes);
      return 'refused' in compiled
        ? error('regex-refused', `RE2 refuses this expression: ${compiled.refused}`, value.span)
        : [];
    });
  }

  #coverage(logsource: Logsource): Coverage {
    const key = JSON.stringify([logsource.category, logsource.product, logsource.service, logsource.kinds]);
    let coverage = this.#coverages.get(key);
    if (!coverage) this.#coverages.set(key, (coverage = this.mappings.logsources.coverage(logsource)));
    return coverage;
  }

  #compile(unit: Unit): CompiledUnit | { readonly refused: string } {
    let compiled = this.#compiled.get(unit);
    if (!compiled) this.#compiled.set(unit, (compiled = compileUnit(unit, this.regexes)));
    return compiled;
  }

  /** Forgets units where they have become too many; those in plans live on. */
  #trim(): void {
    if (this.#pool.size <= POOL_LIMIT) return;
    this.#pool.clear();
    this.#compiled = new Map();
  }

  #context(): PlanContext {
    return {
      table: this.table,
      resolver: this.#resolver,
      sourceName: this.sourceName,
      matcherOf: (units, witnesses) => this.#matcherOf(units, witnesses),
    };
  }

  #matcherOf(units: readonly Unit[], witnesses: ReadonlySet<Unit>): FieldMatcher {
    const make = (): FieldMatcher =>
      new FieldMatcher(
        units.map((unit) => {
          const compiled = this.#compile(unit);
          if ('refused' in compiled) throw new Error(`a refused unit came into a plan: ${compiled.refused}`);
          return compiled;
        }),
        (unit) => certaintyOf(unit, witnesses.has(unit)),
      );
    if (units.length > KEPT_UNITS) return make();
    const key = units.map((unit) => (witnesses.has(unit) ? unit.number : ~unit.number)).join();
    const kept = this.#matchers.get(key);
    // Taken out and put back, so that the first in the map is the one unused for longest.
    this.#matchers.delete(key);
    const matcher = kept ?? make();
    this.#matchers.set(key, matcher);
    const [oldest] = this.#matchers.keys();
    if (this.#matchers.size > KEPT_MATCHERS && oldest !== undefined) this.#matchers.delete(oldest);
    return matcher;
  }
}

/** Compiles a unit's tests: regular expressions at once, since one may be refused, others when they are first needed. */
function compileUnit(unit: Unit, regexes: RegexEngine): CompiledUnit | { readonly refused: string } {
  const { predicate } = unit;
  if (predicate.op !== 'match') return new LazyUnit(unit, regexes);
  const tests: ValueTest[] = [];
  for (const value of predicate.values) {
    const test = compileValue(predicate, value, regexes);
    if ('refused' in test) return test;
    tests.push(test);
  }
  return { unit, tests };
}

class LazyUnit implements CompiledUnit {
  #tests: readonly ValueTest[] | undefined;

  constructor(
    readonly unit: Unit,
    private readonly regexes: RegexEngine,
  ) {}

  get tests(): readonly ValueTest[] {
    return (this.#tests ??= this.unit.predicate.values.map((value) => {
      const test = compileValue(this.unit.predicate, value, this.regexes);
      if ('refused' in test) throw new Error(`only a regular expression can be refused: ${test.refused}`);
      return test;
    }));
  }
}
