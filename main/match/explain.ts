import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { Subject, compileValue, comparesFields } from '../../shared/matching/value-test.ts';
import type { RegexEngine } from '../../shared/matching/regex.ts';
import type { Expr, Predicate } from '../../shared/model/predicate.ts';
import type { Rule } from '../../shared/model/rule.ts';
import type { MatchedField } from './api.ts';
import { resolvedValues, type FieldResolver, type FieldValue, type SourceName } from './fields.ts';

/** What is needed to look at one event as a rule's logsource sees it. */
export interface ExplainContext {
  readonly table: EventTable;
  readonly resolver: FieldResolver;
  readonly regexes: RegexEngine;
  readonly sourceName: SourceName;
}

/** Says what made a rule hold for one event. Reads the texts themselves; meant for one event at a time. */
export class Explainer {
  readonly #shape: ShapeTable;
  readonly #values = new Map<string, FieldValue[]>();
  readonly #held = new Map<Predicate, MatchedField[] | undefined>();

  constructor(
    private readonly context: ExplainContext,
    private readonly event: number,
    private readonly aliasSet: string,
  ) {
    this.#shape = context.table.shapeOf(event);
  }

  /** The predicates that held, selection by selection in the rule's order; empty where the rule doesn't hold. */
  explain(rule: Rule): MatchedField[] {
    if (!rule.condition || !this.#holds(rule.condition)) return [];
    const names = new Map(rule.selections.map((selection) => [selection.expr, selection.name]));
    const found: MatchedField[] = [];
    this.#collect(rule.condition, false, '', names, found);
    const seen = new Set<string>();
    return found.filter((field) => {
      const key = JSON.stringify([field.selection, field.field, field.op, field.wanted, field.value]);
      return !seen.has(key) && seen.add(key);
    });
  }

  #collect(
    expr: Expr,
    negated: boolean,
    selection: string,
    names: ReadonlyMap<Expr, string>,
    found: MatchedField[],
  ): void {
    const name = names.get(expr) ?? selection;
    // What is under one `not` holds by absence: there is nothing to show.
    if (expr.kind !== 'constant' && this.#holds(expr) === negated) return;
    switch (expr.kind) {
      case 'constant':
        return;
      case 'not':
        return this.#collect(expr.child, !negated, name, names, found);
      case 'and':
      case 'or':
        for (const child of expr.children) this.#collect(child, negated, name, names, found);
        return;
      case 'predicate':
        if (negated) return;
        for (const field of this.#match(expr) ?? []) found.push({ ...field, selection: name });
    }
  }

  #holds(expr: Expr): boolean {
    switch (expr.kind) {
      case 'constant':
        return expr.value;
      case 'not':
        return !this.#holds(expr.child);
      case 'and':
        return expr.children.every((child) => this.#holds(child));
      case 'or':
        return expr.children.some((child) => this.#holds(child));
      case 'predicate':
        return this.#match(expr) !== undefined;
    }
  }

  #valuesOf(field: string): FieldValue[] {
    let values = this.#values.get(field);
    if (!values) {
      const { table, resolver, sourceName } = this.context;
      const resolution = resolver.resolve(this.#shape, field, this.aliasSet);
      values = resolvedValues(table, this.#shape, this.event, resolution, field, sourceName);
      this.#values.set(field, values);
    }
    return values;
  }

  /** The matches of a predicate that holds; undefined where it doesn't. */
  #match(predicate: Predicate): MatchedField[] | undefined {
    if (!this.#held.has(predicate)) this.#held.set(predicate, this.#compute(predicate));
    return this.#held.get(predicate);
  }

  #compute(predicate: Predicate): MatchedField[] | undefined {
    const values = this.#valuesOf(predicate.field);
    const base = { selection: '', op: predicate.native === '' ? predicate.op : predicate.native };
    if (predicate.op === 'is_null') {
      return values.length > 0 ? undefined : [{ ...base, field: predicate.field, value: '', wanted: '', ranges: [] }];
    }
    if (predicate.op === 'is_not_null') {
      const fields = values.map(({ field, text }) => ({ ...base, field, value: text, wanted: '', ranges: [] }));
      return fields.length > 0 ? fields : undefined;
    }
    const found: MatchedField[] = [];
    for (const wanted of predicate.values) {
      const matches =
        predicate.op === 'eq_field'
          ? values.filter(({ text }) =>
              this.#valuesOf(wanted.text).some((other) => comparesFields(predicate, text, other.text)),
            )
          : values;
      const test = compileValue(predicate, wanted, this.context.regexes);
      if ('refused' in test) return undefined;
      const before = found.length;
      for (const { field, text } of matches) {
        const subject = new Subject(text);
        if (predicate.op !== 'eq_field' && !test.test(subject)) continue;
        found.push({ ...base, field, value: text, wanted: wanted.text, ranges: test.ranges(subject) });
      }
      if (found.length === before && predicate.quantifier === 'all') return undefined;
    }
    return found.length > 0 || predicate.quantifier === 'all' ? found : undefined;
  }
}
