import type { Head } from '../columns/batch.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { coveredBy, type Coverage } from '../../shared/catalog/logsource.ts';
import type { FieldMatcher } from './field-matcher.ts';
import { KEYWORD_FIELD, type FieldResolver, type Resolution, type SourceName } from './fields.ts';
import { CHUNK, Program, type FieldComparison } from './program.ts';
import { Slot } from './slot.ts';
import { expectedWeight, specialise, type CellExpr } from './specialise.ts';
import { unitsOf, type Unit, type UnitExpr } from './units.ts';

/** A rule as the plan needs it. */
export interface PlannedRule {
  /** The caller's number of the rule. */
  readonly number: number;
  readonly expr: UnitExpr;
  /** Which events it applies to. */
  readonly coverage: Coverage;
}

/** Covers every event. */
export const EVERYWHERE: Coverage = { isKnown: true, mapped: [], plain: true };

/** What a plan is made with. */
export interface PlanContext {
  readonly table: EventTable;
  readonly resolver: FieldResolver;
  readonly sourceName: SourceName;
  /** A matcher of units of one field, made or taken up from an earlier plan. */
  matcherOf(units: readonly Unit[]): FieldMatcher;
}

interface UnitPlace {
  readonly field: string;
  /** Position within the field's units. */
  readonly index: number;
  readonly weight: number;
}

/**
 * The units of a rule set, one matcher for each field, and a program for each kind of event, made when the first
 * such event comes and made anew when its shape gets new fields.
 */
export class Plan {
  readonly #fields = new Map<string, { units: Unit[]; matcher: FieldMatcher | undefined }>();
  readonly #places = new Map<string, UnitPlace>();
  /** Rules by coverage, so that each logsource is looked at once for a kind of event. */
  readonly #groups = new Map<Coverage, PlannedRule[]>();
  readonly #programs = new Map<string, { program: Program; fields: number }>();
  /** By head id of the table. */
  #headPrograms: ({ program: Program; fields: number } | undefined)[] = [];

  constructor(
    rules: readonly PlannedRule[],
    private readonly context: PlanContext,
  ) {
    for (const rule of rules) {
      this.#addUnits(rule.expr);
      const group = this.#groups.get(rule.coverage);
      if (group) group.push(rule);
      else this.#groups.set(rule.coverage, [rule]);
    }
  }

  /** Makes every field's matcher now, not at its first event. */
  prepare(): void {
    for (const field of this.#fields.keys()) this.#matcher(field);
  }

  /** Tests rows [fromRow, toRow) of a shape; hits come in the order of the rows. */
  run(shape: ShapeTable, fromRow: number, toRow: number, onHit: (rule: number, event: number) => void): void {
    const { table } = this.context;
    let from = fromRow;
    while (from < toRow) {
      const program = this.#programOfRow(shape, from);
      let to = from + 1;
      const limit = Math.min(toRow, from + CHUNK);
      while (to < limit && this.#programOfRow(shape, to) === program) to++;
      program.run(table, shape, from, to - from, onHit);
      from = to;
    }
  }

  /**
   * A rule's tree as it stands for events of a head; undefined where its logsource doesn't cover them.
   * `false` means that it can't hold for such an event.
   */
  treeFor(rule: PlannedRule, shape: ShapeTable, head: Head): CellExpr | undefined {
    const aliasSet = coveredBy(rule.coverage, head);
    if (aliasSet === undefined) return undefined;
    return specialise(rule.expr, this.#binder(shape, head, [], []).bind(aliasSet));
  }

  #addUnits(expr: UnitExpr): void {
    if (expr.kind === 'constant') return;
    if (expr.kind !== 'unit') {
      for (const child of expr.children) this.#addUnits(child);
      return;
    }
    const { unit } = expr;
    if (unit.predicate.op === 'eq_field' || this.#places.has(unit.key)) return;
    let field = this.#fields.get(unit.field);
    if (!field) this.#fields.set(unit.field, (field = { units: [], matcher: undefined }));
    this.#places.set(unit.key, { field: unit.field, index: field.units.length, weight: expectedWeight(unit) });
    field.units.push(unit);
  }

  #matcher(name: string): FieldMatcher {
    const field = this.#fields.get(name);
    if (!field) throw new Error(`no unit asks for the field ${name}`);
    return (field.matcher ??= this.context.matcherOf(field.units));
  }

  #programOfRow(shape: ShapeTable, row: number): Program {
    const { table } = this.context;
    const headId = table.head.data[shape.events.data[row] as number] as number;
    const known = this.#headPrograms[headId];
    if (known?.fields === shape.fields.length) return known.program;
    const head = table.heads[headId] as Head;
    const key = JSON.stringify([shape.id, head.channel, head.provider, head.eventId ?? null]);
    let entry = this.#programs.get(key);
    if (entry?.fields !== shape.fields.length) {
      entry = { program: this.#build(shape, head), fields: shape.fields.length };
      this.#programs.set(key, entry);
    }
    this.#headPrograms[headId] = entry;
    return entry.program;
  }

  #build(shape: ShapeTable, head: Head): Program {
    const slots: Slot[] = [];
    const comparisons: FieldComparison[] = [];
    const binder = this.#binder(shape, head, slots, comparisons);
    const rules: { number: number; expr: CellExpr }[] = [];
    for (const [coverage, group] of this.#groups) {
      const aliasSet = coveredBy(coverage, head);
      if (aliasSet === undefined) continue;
      const cellOf = binder.bind(aliasSet);
      for (const rule of group) {
        const expr = specialise(rule.expr, cellOf);
        if (expr !== false) rules.push({ number: rule.number, expr });
      }
    }
    return new Program(rules, slots, comparisons, this.context.sourceName);
  }

  /** Binds units to the slots of a kind of event; equal resolutions of a field share a slot. */
  #binder(shape: ShapeTable, head: Head, slots: Slot[], comparisons: FieldComparison[]) {
    const bound = new Map<string, Slot | { readonly held: ReadonlySet<number> }>();
    const bySource = new Map<string, Slot>();
    let cells = 0;
    // Keywords look at every value of an event: only those that apply here may cost.
    let keywords: { readonly matcher: FieldMatcher; readonly index: ReadonlyMap<string, number> } | undefined;
    const bindField = (field: string, aliasSet: string): Slot | { readonly held: ReadonlySet<number> } => {
      const resolution = this.context.resolver.resolve(shape, field, aliasSet);
      if (field === KEYWORD_FIELD) keywords ??= this.#keywordsFor(head);
      const matcher = field === KEYWORD_FIELD && keywords ? keywords.matcher : this.#matcher(field);
      const held = constantUnits(resolution, matcher, head);
      if (held) return { held };
      const source = `${field}|${JSON.stringify(resolution)}`;
      let slot = bySource.get(source);
      if (!slot) {
        slot = new Slot(field, matcher, resolution, cells);
        cells += matcher.units.length;
        slots.push(slot);
        bySource.set(source, slot);
      }
      return slot;
    };
    return {
      bind: (aliasSet: string) => (unit: Unit) => {
        if (unit.predicate.op === 'eq_field') {
          return this.#bindComparison(unit, shape, aliasSet, comparisons);
        }
        const place = this.#places.get(unit.key) as UnitPlace;
        const key = `${aliasSet}|${place.field}`;
        let slot = bound.get(key);
        if (!slot) bound.set(key, (slot = bindField(place.field, aliasSet)));
        const index = place.field === KEYWORD_FIELD ? (keywords?.index.get(unit.key) as number) : place.index;
        if (!(slot instanceof Slot)) return slot.held.has(index);
        return { cell: slot.base + index, weight: place.weight };
      },
    };
  }

  #keywordsFor(head: Head): { matcher: FieldMatcher; index: ReadonlyMap<string, number> } {
    const units = new Map<string, Unit>();
    for (const [coverage, group] of this.#groups) {
      if (coveredBy(coverage, head) === undefined) continue;
      for (const rule of group) {
        for (const unit of unitsOf(rule.expr)) if (unit.field === KEYWORD_FIELD) units.set(unit.key, unit);
      }
    }
    const index = new Map([...units.keys()].map((key, position) => [key, position]));
    return { matcher: this.context.matcherOf([...units.values()]), index };
  }

  #bindComparison(
    unit: Unit,
    shape: ShapeTable,
    aliasSet: string,
    comparisons: FieldComparison[],
  ): { cell: number; weight: number } | boolean {
    const { resolver } = this.context;
    const left = resolver.resolve(shape, unit.field, aliasSet);
    const right = unit.predicate.values.map((value) => resolver.resolve(shape, value.text, aliasSet));
    if (left.parts.length === 0 || right.every((resolution) => resolution.parts.length === 0)) return false;
    comparisons.push({ predicate: unit.predicate, left, right });
    return { cell: ~(comparisons.length - 1), weight: 0.5 };
  }
}

/** The units that hold for every event of the head's kind, where the field doesn't vary among them. */
function constantUnits(resolution: Resolution, matcher: FieldMatcher, head: Head): ReadonlySet<number> | undefined {
  const absent = (): ReadonlySet<number> => new Set(matcher.set(matcher.absentSet));
  if (resolution.parts.length === 0) return absent();
  const [part] = resolution.parts;
  if (resolution.parts.length > 1 || part?.kind !== 'head' || !part.isIdentity) return undefined;
  const text = part.read(head);
  return text === undefined ? absent() : matcher.unitsOfText(text);
}
