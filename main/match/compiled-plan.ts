import type { Head } from '../columns/batch.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { coveredBy } from '../../shared/catalog/logsource.ts';
import type { RegexEngine } from '../../shared/matching/regex.ts';
import type { Diagnostic, Rule } from '../../shared/model/rule.ts';
import type { CorrelationHit, MatchedField, RulePlan } from './api.ts';
import { whyNever } from './cannot-fire.ts';
import { Correlations, type Collected } from './correlation/correlations.ts';
import { Explainer } from './explain.ts';
import type { FieldResolver, SourceName } from './fields.ts';
import type { LinkedPlan } from './linking/link-plan.ts';
import type { Plan } from './plan.ts';
import type { PlannedRule } from './rule-groups.ts';

export interface CompiledContext {
  readonly table: EventTable;
  readonly resolver: FieldResolver;
  readonly sourceName: SourceName;
  readonly regexes: RegexEngine;
  readonly plan: Plan;
}

/** A rule set over a table: the plan of its tests, and the correlations that they feed. */
export class CompiledPlan implements RulePlan {
  readonly #byNumber: ReadonlyMap<number, PlannedRule>;
  readonly #correlations: Correlations;

  constructor(
    readonly rules: readonly Rule[],
    private readonly linked: LinkedPlan,
    private readonly context: CompiledContext,
  ) {
    this.#byNumber = new Map(linked.planned.map((rule) => [rule.number, rule]));
    this.#correlations = new Correlations(linked.correlations, linked.collected, context);
  }

  get notRun(): ReadonlyMap<number, readonly Diagnostic[]> {
    return this.linked.notRun;
  }

  get notes(): ReadonlyMap<number, readonly Diagnostic[]> {
    return this.linked.notes;
  }

  get collected(): Collected {
    return this.linked.collected;
  }

  get correlates(): boolean {
    return this.#correlations.count > 0;
  }

  get isStale(): boolean {
    return this.#correlations.isChanged;
  }

  run(
    shape: ShapeTable,
    fromRow: number,
    toRow: number,
    onHit: (rule: number, event: number) => void,
    onCollect?: (event: number) => void,
  ): void {
    const { plan } = this.context;
    if (!this.correlates) {
      plan.run(shape, fromRow, toRow, onHit);
      return;
    }
    const { feeds, silent } = this.linked;
    plan.run(shape, fromRow, toRow, (number, event) => {
      const wanting = feeds.get(number);
      if (wanting) {
        const aliasSet = this.#aliasSetOf(number, this.context.table.headOf(event)) ?? '';
        if (this.#correlations.take(wanting, shape, event, aliasSet)) onCollect?.(event);
      }
      if (number < this.rules.length && !silent.has(number)) onHit(number, event);
    });
  }

  correlate(): CorrelationHit[] {
    return this.#correlations.evaluate().filter(({ rule }) => !this.linked.silent.has(rule));
  }

  correlationNotes(): ReturnType<Correlations['notes']> {
    return this.#correlations.notes();
  }

  advance(events: number): void {
    this.#correlations.advance(events);
  }

  applies(rule: number, head: Head): boolean {
    return this.#testsOf(rule).some(({ coverage }) => coveredBy(coverage, head) !== undefined);
  }

  cannotFire(number: number): string | null {
    const by = this.linked.silent.get(number);
    if (by) return `its hits only count for the correlation "${by.title}"`;
    const { plan, resolver, table } = this.context;
    const reasons = this.#testsOf(number).map((test) =>
      whyNever(test, this.linked.ruleOf.get(test.number)?.logsource ?? {}, plan, resolver, table),
    );
    const first = reasons.find((reason) => reason !== null);
    if (first === undefined) return null;
    return needsAll(this.rules[number]) || !reasons.includes(null) ? first : null;
  }

  explain(number: number, event: number): MatchedField[] {
    const rule = this.rules[number];
    if (!rule) return [];
    if (rule.correlation) return this.#correlations.explain(number, event);
    const { table } = this.context;
    const aliasSet = this.#aliasSetOf(number, table.headOf(event));
    return aliasSet === undefined ? [] : new Explainer(this.context, event, aliasSet).explain(rule);
  }

  related(number: number, event: number): number[] {
    return this.#correlations.related(number, event);
  }

  /** The tests that a rule's hits come from. */
  #testsOf(rule: number): readonly PlannedRule[] {
    const own = this.#byNumber.get(rule);
    return own ? [own] : (this.linked.testsOf.get(rule) ?? []);
  }

  #aliasSetOf(number: number, head: Head): string | undefined {
    const known = this.#byNumber.get(number);
    return known && coveredBy(known.coverage, head);
  }
}

/** Whether a rule needs hits of each of the tests it looks at. */
function needsAll(rule: Rule | undefined): boolean {
  const correlation = rule?.correlation;
  if (!correlation || !correlation.type.startsWith('temporal') || correlation.formula) return false;
  return correlation.criteria.some(({ op, value }) => op === 'gte' && value >= correlation.parts.length);
}
