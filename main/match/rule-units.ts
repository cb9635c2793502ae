import type { Head } from '../columns/batch.ts';
import type { Coverage } from '../../shared/catalog/logsource.ts';
import { FieldMatcher } from './field-matcher.ts';
import { KEYWORD_FIELD } from './fields.ts';
import { GroupIndex, RuleGroup, type PlannedRule } from './rule-groups.ts';
import { certaintyOf, witnessUnits } from './unit-weight.ts';
import { sameTree, type Unit, type UnitExpr } from './units.ts';

/** The matcher of a field, with the place of each unit in it. */
export interface PlacedMatcher {
  readonly matcher: FieldMatcher;
  indexOf(unit: Unit): number;
}

/** Makes a matcher of units of one field, or takes up one that is kept. */
export type MatcherOf = (units: readonly Unit[], witnesses: ReadonlySet<Unit>) => FieldMatcher;

/**
 * What a rule set asks, apart from any table: its rules by the events that they apply to, and a matcher of the units of
 * each field, made when the first kind of event has the field. Plans of several tables may stand on it.
 */
export class RuleUnits {
  readonly #fields = new Map<string, { units: Unit[]; placed: PlacedMatcher | undefined }>();
  /** By unit: its position within the field's units. */
  readonly #places = new Map<Unit, number>();
  readonly #witnesses = new Set<Unit>();
  readonly #groups = new Map<Coverage, RuleGroup>();
  readonly #groupIndex = new GroupIndex();
  /** By the numbers of the groups whose keywords they are. */
  readonly #keywordMatchers = new Map<string, PlacedMatcher>();

  constructor(
    readonly rules: readonly PlannedRule[],
    private readonly matcherOf: MatcherOf,
  ) {
    for (const rule of rules) {
      let group = this.#groups.get(rule.coverage);
      if (!group) {
        this.#groups.set(rule.coverage, (group = new RuleGroup(this.#groups.size, rule.coverage)));
        this.#groupIndex.add(group);
      }
      group.add(rule);
      this.#addUnits(rule.expr, group.keywords);
      for (const unit of witnessUnits(rule.expr)?.units ?? []) this.#witnesses.add(unit);
    }
  }

  /** Whether it is of the same rules, in the same order. */
  isOf(rules: readonly PlannedRule[]): boolean {
    if (rules.length !== this.rules.length) return false;
    return rules.every((rule, i) => {
      const own = this.rules[i] as PlannedRule;
      return own.number === rule.number && own.coverage === rule.coverage && sameTree(own.expr, rule.expr);
    });
  }

  /** Calls back for each rule that may hold for events of a kind, with the set of field aliases that it reads them under. */
  forEachRule(head: Head, take: (rule: PlannedRule, aliasSet: string) => void): void {
    for (const { group, aliasSet } of this.#groupIndex.covering(head)) {
      for (const rule of group.rulesFor(head.eventId)) take(rule, aliasSet);
    }
  }

  /** The matcher of a field in events of a kind. */
  matcherFor(name: string, head: Head): PlacedMatcher {
    if (name === KEYWORD_FIELD) return this.#keywordsFor(head);
    const field = this.#fields.get(name);
    if (!field) throw new Error(`no unit asks for the field ${name}`);
    return (field.placed ??= {
      matcher: this.matcherOf(field.units, this.#witnesses),
      indexOf: (unit) => this.#places.get(unit) as number,
    });
  }

  /** Gives each unit of a tree its place. */
  #addUnits(expr: UnitExpr, keywords: Set<Unit>): void {
    if (expr.kind === 'constant') return;
    if (expr.kind !== 'unit') {
      for (const child of expr.children) this.#addUnits(child, keywords);
      return;
    }
    const { unit } = expr;
    if (unit.field === KEYWORD_FIELD) keywords.add(unit);
    if (unit.predicate.op === 'eq_field' || this.#places.has(unit)) return;
    let field = this.#fields.get(unit.field);
    if (!field) this.#fields.set(unit.field, (field = { units: [], placed: undefined }));
    this.#places.set(unit, field.units.push(unit) - 1);
  }

  /** Keywords look at every value of an event: only those that apply to its kind may cost. */
  #keywordsFor(head: Head): PlacedMatcher {
    const covering = this.#groupIndex.covering(head).map(({ group }) => group);
    const groups = covering.filter(({ keywords }) => keywords.size > 0);
    const key = groups.map(({ number }) => number).join();
    let placed = this.#keywordMatchers.get(key);
    if (!placed) {
      const units = [...new Set(groups.flatMap(({ keywords }) => [...keywords]))];
      const positions = new Map(units.map((unit, position) => [unit, position]));
      placed = {
        matcher: this.matcherOf(units, this.#witnesses),
        indexOf: (unit) => positions.get(unit) as number,
      };
      this.#keywordMatchers.set(key, placed);
    }
    return placed;
  }
}

/** Makes a matcher of units. */
export function makeMatcher(units: readonly Unit[], witnesses: ReadonlySet<Unit>): FieldMatcher {
  return new FieldMatcher(units, (unit) => certaintyOf(unit, witnesses.has(unit)));
}
