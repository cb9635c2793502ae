import type { Head } from '../columns/batch.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { coveredBy, type Coverage } from '../../shared/catalog/logsource.ts';
import { UNSAID, type FieldMatcher } from './field-matcher.ts';
import { KEYWORD_FIELD, type FieldResolver, type Resolution, type SourceName } from './fields.ts';
import { CHUNK, ChunkSets, Program, type Cell, type FieldComparison, type ProgramRule } from './program.ts';
import { Slot } from './slot.ts';
import { specialise, witnessOf, type CellExpr } from './specialise.ts';
import { expectedWeight } from './unit-weight.ts';
import type { Unit, UnitExpr } from './units.ts';

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
  /**
   * A matcher of units of one field, made or taken up from an earlier plan.
   * @param witnesses units that stand witness for a rule of the plan.
   */
  matcherOf(units: readonly Unit[], witnesses: ReadonlySet<Unit>): FieldMatcher;
}

/** A unit's place in the plan. */
interface UnitPlace {
  /** Position within the field's units. */
  readonly index: number;
  readonly weight: number;
}

/** Rules of one coverage: a kind of event is asked once for all. */
interface RuleGroup {
  readonly number: number;
  readonly rules: PlannedRule[];
  readonly keywords: Set<Unit>;
}

/** The matcher of a field, with the place of each unit in it. */
interface PlacedMatcher {
  readonly matcher: FieldMatcher;
  indexOf(unit: Unit): number;
}

/**
 * The units of a rule set, one matcher for each field, and a program for each kind of event, made when the first
 * such event comes and made anew when its shape gets new fields.
 */
export class Plan {
  readonly #fields = new Map<string, { units: Unit[]; placed: PlacedMatcher | undefined }>();
  readonly #places = new Map<Unit, UnitPlace>();
  readonly #witnesses = new Set<Unit>();
  readonly #groups = new Map<Coverage, RuleGroup>();
  #keywordGroups: (readonly [Coverage, RuleGroup])[] | undefined;
  /** By the numbers of the groups whose keywords they are. */
  readonly #keywordMatchers = new Map<string, PlacedMatcher>();
  readonly #programs = new Map<string, { program: Program; fields: number }>();
  /** By head id of the table. */
  #headPrograms: ({ program: Program; fields: number } | undefined)[] = [];
  readonly #chunkSets = new ChunkSets();

  constructor(
    rules: readonly PlannedRule[],
    private readonly context: PlanContext,
  ) {
    for (const rule of rules) {
      let group = this.#groups.get(rule.coverage);
      if (!group)
        this.#groups.set(rule.coverage, (group = { number: this.#groups.size, rules: [], keywords: new Set() }));
      group.rules.push(rule);
      this.#addRule(rule.expr, group);
    }
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
    return specialise(rule.expr, new Binder(this.#binding, shape, head).bind(aliasSet));
  }

  /** Notes a rule's units, and which of them stand witness for it. */
  #addRule(expr: UnitExpr, group: RuleGroup): void {
    const own: Unit[] = [];
    const tree = specialise(expr, (unit) => {
      if (unit.field === KEYWORD_FIELD) group.keywords.add(unit);
      return { cell: own.push(unit) - 1, weight: this.#place(unit).weight };
    });
    for (const cell of witnessOf(tree)?.cells ?? []) this.#witnesses.add(own[cell] as Unit);
  }

  #place(unit: Unit): UnitPlace {
    let place = this.#places.get(unit);
    if (!place) {
      let field = this.#fields.get(unit.field);
      if (!field) this.#fields.set(unit.field, (field = { units: [], placed: undefined }));
      const index = unit.predicate.op === 'eq_field' ? -1 : field.units.push(unit) - 1;
      place = { index, weight: expectedWeight(unit) };
      this.#places.set(unit, place);
    }
    return place;
  }

  #matcherFor(name: string, head: Head): PlacedMatcher {
    if (name === KEYWORD_FIELD) return this.#keywordsFor(head);
    const field = this.#fields.get(name);
    if (!field) throw new Error(`no unit asks for the field ${name}`);
    return (field.placed ??= {
      matcher: this.context.matcherOf(field.units, this.#witnesses),
      indexOf: (unit) => (this.#places.get(unit) as UnitPlace).index,
    });
  }

  /** Keywords look at every value of an event: only those that apply to its kind may cost. */
  #keywordsFor(head: Head): PlacedMatcher {
    this.#keywordGroups ??= [...this.#groups].filter(([, { keywords }]) => keywords.size > 0);
    const groups = this.#keywordGroups.filter(([coverage]) => coveredBy(coverage, head) !== undefined);
    const key = groups.map(([, { number }]) => number).join();
    let placed = this.#keywordMatchers.get(key);
    if (!placed) {
      const units = [...new Set(groups.flatMap(([, { keywords }]) => [...keywords]))];
      const positions = new Map(units.map((unit, position) => [unit, position]));
      placed = {
        matcher: this.context.matcherOf(units, this.#witnesses),
        indexOf: (unit) => positions.get(unit) as number,
      };
      this.#keywordMatchers.set(key, placed);
    }
    return placed;
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
    const binder = new Binder(this.#binding, shape, head);
    const rules: ProgramRule[] = [];
    for (const [coverage, group] of this.#groups) {
      const aliasSet = coveredBy(coverage, head);
      if (aliasSet === undefined) continue;
      const cellOf = binder.bind(aliasSet);
      for (const rule of group.rules) {
        const expr = specialise(rule.expr, cellOf);
        if (expr !== false) rules.push({ number: rule.number, expr });
      }
    }
    return new Program(rules, binder, this.#chunkSets, this.context.sourceName);
  }

  readonly #binding: Binding = {
    resolve: (shape, field, aliasSet) => this.context.resolver.resolve(shape, field, aliasSet),
    matcherFor: (field, head) => this.#matcherFor(field, head),
    weightOf: (unit) => (this.#places.get(unit) as UnitPlace).weight,
  };
}

/** What binding units to a kind of event needs of the plan. */
interface Binding {
  resolve(shape: ShapeTable, field: string, aliasSet: string): Resolution;
  matcherFor(field: string, head: Head): PlacedMatcher;
  weightOf(unit: Unit): number;
}

/** A field as a kind of event has it: a slot, or the truth of its units where that is the same for all such events. */
type BoundField = { readonly slot: Slot; readonly placed: PlacedMatcher } | { holds(unit: Unit): boolean };

/** Binds units to the slots of a kind of event; equal resolutions of a field share a slot. */
class Binder {
  readonly slots: Slot[] = [];
  readonly cells: Cell[] = [];
  readonly comparisons: FieldComparison[] = [];
  readonly #bySource = new Map<string, BoundField>();

  constructor(
    private readonly binding: Binding,
    private readonly shape: ShapeTable,
    private readonly head: Head,
  ) {}

  bind(aliasSet: string): (unit: Unit) => { cell: number; weight: number } | boolean {
    const bound = new Map<string, BoundField>();
    return (unit) => {
      if (unit.predicate.op === 'eq_field') return this.#bindComparison(unit, aliasSet);
      let field = bound.get(unit.field);
      if (!field) bound.set(unit.field, (field = this.#bindField(unit.field, aliasSet)));
      if ('holds' in field) return field.holds(unit);
      const index = field.placed.indexOf(unit);
      const isSaid = field.placed.matcher.certainty(index) !== UNSAID;
      return { cell: this.#cellOf(field.slot, index), weight: isSaid ? this.binding.weightOf(unit) : Infinity };
    };
  }

  #bindField(field: string, aliasSet: string): BoundField {
    const resolution = this.binding.resolve(this.shape, field, aliasSet);
    const [part] = resolution.parts;
    if (!part) return ABSENT_FIELD;
    const source = `${field}|${JSON.stringify(resolution)}`;
    let bound = this.#bySource.get(source);
    if (!bound) {
      const placed = this.binding.matcherFor(field, this.head);
      if (resolution.parts.length === 1 && part.kind === 'head' && part.isIdentity) {
        bound = constantField(part.read(this.head), placed);
      } else {
        const slot = new Slot(field, placed.matcher, resolution);
        this.slots.push(slot);
        bound = { slot, placed };
      }
      this.#bySource.set(source, bound);
    }
    return bound;
  }

  #cellOf(slot: Slot, unit: number): number {
    let cell = slot.cellOf(unit);
    if (cell === undefined) {
      cell = this.cells.push({ slot, unit }) - 1;
      slot.use(unit, cell);
    }
    return cell;
  }

  #bindComparison({ field, predicate }: Unit, aliasSet: string): { cell: number; weight: number } | boolean {
    const left = this.binding.resolve(this.shape, field, aliasSet);
    const right = predicate.values.map((value) => this.binding.resolve(this.shape, value.text, aliasSet));
    if (left.parts.length === 0 || right.every((resolution) => resolution.parts.length === 0)) return false;
    this.comparisons.push({ predicate, left, right });
    return { cell: ~(this.comparisons.length - 1), weight: Infinity };
  }
}

const ABSENT_FIELD: BoundField = { holds: (unit) => unit.predicate.op === 'is_null' };

/** A field that has the same value in every event of the kind. */
function constantField(text: string | undefined, placed: PlacedMatcher): BoundField {
  if (text === undefined) return ABSENT_FIELD;
  const held = placed.matcher.unitsOfText(text);
  return { holds: (unit) => held.has(placed.indexOf(unit)) };
}
