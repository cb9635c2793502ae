import type { Head } from '../columns/batch.ts';
import type { EventTable } from '../columns/event-table.ts';
import { coveredBy, type Coverage } from '../../shared/catalog/logsource.ts';
import type { RegexEngine } from '../../shared/matching/regex.ts';
import type { ValueTest } from '../../shared/matching/value-test.ts';
import { compileValue } from '../../shared/matching/value-test.ts';
import type { Expr } from '../../shared/model/predicate.ts';
import type { Diagnostic, Logsource, Rule } from '../../shared/model/rule.ts';
import type { ExprScan, Matching, RulePlan } from './api.ts';
import { whyNever } from './cannot-fire.ts';
import { Explainer } from './explain.ts';
import { FieldMatcher, type CompiledUnit } from './field-matcher.ts';
import { FieldResolver, type SourceName } from './fields.ts';
import { loadMappings, type Mappings } from './mappings.ts';
import { EVERYWHERE, Plan, type PlanContext, type PlannedRule } from './plan.ts';
import { createRegexEngine } from './regex-engine.ts';
import { toUnits, unitsOf, type Unit } from './units.ts';

/** Units in a matcher that is kept for later plans, and how many such matchers are kept. */
const KEPT_UNITS = 256;
const KEPT_MATCHERS = 48;
const COMPILED_LIMIT = 100_000;

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
  readonly #compiled = new Map<string, CompiledUnit | { readonly refused: string }>();
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

  compile(rules: readonly Rule[]): RulePlan {
    if (this.#compiled.size > COMPILED_LIMIT) this.#compiled.clear();
    const notRun = new Map<number, readonly Diagnostic[]>();
    const planned: PlannedRule[] = [];
    const byNumber = new Map<number, PlannedRule>();
    rules.forEach((rule, number) => {
      const made = this.#plan(rule, number);
      if ('expr' in made) {
        planned.push(made);
        byNumber.set(number, made);
      } else {
        notRun.set(number, made);
      }
    });
    const plan = new Plan(planned, this.#context());
    const aliasSetOf = (rule: number, head: Head): string | undefined => {
      const known = byNumber.get(rule);
      return known && coveredBy(known.coverage, head);
    };
    return {
      rules,
      notRun,
      notes: new Map(),
      run: (shape, fromRow, toRow, onHit) => plan.run(shape, fromRow, toRow, onHit),
      applies: (rule, head) => aliasSetOf(rule, head) !== undefined,
      cannotFire: (number) => {
        const known = byNumber.get(number);
        const rule = rules[number];
        return known && rule ? whyNever(known, rule.logsource, plan, this.#resolver, this.table) : null;
      },
      explain: (number, event) => {
        const rule = rules[number];
        const aliasSet = aliasSetOf(number, this.table.headOf(event));
        if (!rule || aliasSet === undefined) return [];
        const { table, regexes, sourceName } = this;
        const context = { table, regexes, sourceName, resolver: this.#resolver };
        return new Explainer(context, event, aliasSet).explain(rule);
      },
    };
  }

  compileExpr(expr: Expr, logsource?: Logsource): ExprScan {
    const tree = toUnits(expr);
    // A filter whose regex is refused matches nothing; whoever lets a user write one checks it beforehand.
    const isRefused = unitsOf(tree).some((unit) => 'refused' in this.#compile(unit));
    if (isRefused) return { run: () => undefined };
    const coverage = logsource ? this.#coverage(logsource) : EVERYWHERE;
    const plan = new Plan([{ number: 0, expr: tree, coverage }], this.#context());
    return { run: (shape, fromRow, toRow, onMatch) => plan.run(shape, fromRow, toRow, (_, event) => onMatch(event)) };
  }

  #plan(rule: Rule, number: number): PlannedRule | readonly Diagnostic[] {
    if (!rule.condition) return rule.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
    const diagnostics: Diagnostic[] = [];
    const coverage = this.#coverage(rule.logsource);
    if (!coverage.isKnown) {
      const { category, service } = rule.logsource;
      const message = `No mapping says which Windows events ${[category, service].filter(Boolean).join('/')} are`;
      diagnostics.push({ severity: 'error', code: 'unknown-logsource', message, span: rule.span });
    }
    const expr = toUnits(rule.condition);
    for (const unit of unitsOf(expr)) diagnostics.push(...this.#faultsOf(unit));
    return diagnostics.length > 0 ? diagnostics : { number, expr, coverage };
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
    const key = JSON.stringify([logsource.category, logsource.product, logsource.service]);
    let coverage = this.#coverages.get(key);
    if (!coverage) this.#coverages.set(key, (coverage = this.mappings.logsources.coverage(logsource)));
    return coverage;
  }

  #compile(unit: Unit): CompiledUnit | { readonly refused: string } {
    let compiled = this.#compiled.get(unit.key);
    if (!compiled) {
      compiled = compileUnit(unit, this.regexes);
      this.#compiled.set(unit.key, compiled);
    }
    return compiled;
  }

  #context(): PlanContext {
    return {
      table: this.table,
      resolver: this.#resolver,
      sourceName: this.sourceName,
      matcherOf: (units) => this.#matcherOf(units),
    };
  }

  #matcherOf(units: readonly Unit[]): FieldMatcher {
    const make = (): FieldMatcher =>
      new FieldMatcher(
        units.map((unit) => {
          const compiled = this.#compile(unit);
          if ('refused' in compiled) throw new Error(`a refused unit came into a plan: ${compiled.refused}`);
          return compiled;
        }),
      );
    if (units.length > KEPT_UNITS) return make();
    const key = units.map((unit) => unit.key).join('\n');
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

function compileUnit(unit: Unit, regexes: RegexEngine): CompiledUnit | { readonly refused: string } {
  const tests: ValueTest[] = [];
  for (const value of unit.predicate.values) {
    const test = compileValue(unit.predicate, value, regexes);
    if ('refused' in test) return test;
    tests.push(test);
  }
  return { unit, tests };
}
