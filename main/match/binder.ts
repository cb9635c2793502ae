import type { Head } from '../columns/batch.ts';
import type { ShapeTable } from '../columns/event-table.ts';
import { Subject } from '../../shared/matching/value-test.ts';
import { UNSAID } from './field-matcher.ts';
import type { FieldResolver } from './fields.ts';
import type { Cell, FieldComparison } from './program.ts';
import type { PlacedMatcher, RuleUnits } from './rule-units.ts';
import { Slot } from './slot.ts';
import { expectedWeight } from './unit-weight.ts';
import type { CellOf } from './specialise.ts';
import type { Unit } from './units.ts';
import type { TableValues } from './value-sets.ts';

/** A field as a kind of event has it: a slot, or the truth of its units where that is the same for all such events. */
type BoundField = { readonly slot: Slot; readonly placed: PlacedMatcher } | { holds(unit: Unit): boolean };

interface BindContext {
  readonly resolver: FieldResolver;
  readonly values: TableValues;
}

/** Binds units to the slots of a kind of event; equal resolutions of a field share a slot. */
export class Binder {
  readonly slots: Slot[] = [];
  readonly cells: Cell[] = [];
  readonly comparisons: FieldComparison[] = [];
  /** By cell: how often it is expected to be true. */
  readonly #weights: number[] = [];
  readonly #bySource = new Map<string, BoundField>();
  /** By set of aliases, then by field. */
  readonly #bound = new Map<string, Map<string, BoundField>>();

  constructor(
    private readonly units: RuleUnits,
    private readonly context: BindContext,
    private readonly shape: ShapeTable,
    private readonly head: Head,
  ) {}

  /** Binds the units of a rule that reads events under a set of field aliases. */
  under(aliasSet: string): CellOf {
    let bound = this.#bound.get(aliasSet);
    if (!bound) this.#bound.set(aliasSet, (bound = new Map<string, BoundField>()));
    const known = bound;
    return (unit) => {
      if (unit.predicate.op === 'eq_field') return this.#bindComparison(unit, aliasSet);
      let field = known.get(unit.field);
      if (!field) known.set(unit.field, (field = this.#bindField(unit.field, aliasSet)));
      if ('holds' in field) return field.holds(unit);
      return this.#cellOf(field.slot, field.placed.indexOf(unit), unit);
    };
  }

  #bindField(field: string, aliasSet: string): BoundField {
    const resolution = this.context.resolver.resolve(this.shape, field, aliasSet);
    const [part] = resolution.parts;
    if (!part) return ABSENT_FIELD;
    const source = `${field}|${JSON.stringify(resolution)}`;
    let bound = this.#bySource.get(source);
    if (!bound) {
      if (resolution.parts.length === 1 && part.kind === 'head' && part.isIdentity) {
        bound = constantField(part.read(this.head));
      } else {
        const placed = this.units.matcherFor(field, this.head);
        const slot = new Slot(field, this.context.values.of(placed.matcher), resolution);
        this.slots.push(slot);
        bound = { slot, placed };
      }
      this.#bySource.set(source, bound);
    }
    return bound;
  }

  #cellOf(slot: Slot, index: number, unit: Unit): { cell: number; weight: number } {
    const known = slot.cellOf(index);
    if (known !== undefined) return { cell: known, weight: this.#weights[known] as number };
    const weight = slot.matcher.certainty(index) === UNSAID ? Infinity : expectedWeight(unit);
    const cell = this.cells.push({ slot, unit: index }) - 1;
    this.#weights.push(weight);
    slot.use(index, cell);
    return { cell, weight };
  }

  #bindComparison({ field, predicate }: Unit, aliasSet: string): { cell: number; weight: number } | boolean {
    const { resolver } = this.context;
    const left = resolver.resolve(this.shape, field, aliasSet);
    const right = predicate.values.map((value) => resolver.resolve(this.shape, value.text, aliasSet));
    if (left.parts.length === 0 || right.every((resolution) => resolution.parts.length === 0)) return false;
    this.comparisons.push({ predicate, left, right });
    return { cell: ~(this.comparisons.length - 1), weight: Infinity };
  }
}

const ABSENT_FIELD: BoundField = { holds: (unit) => unit.predicate.op === 'is_null' };

/** A field that has the same value in every event of the kind. */
function constantField(text: string | undefined): BoundField {
  if (text === undefined) return ABSENT_FIELD;
  const subject = new Subject(text);
  return {
    holds: ({ predicate, tests }) => predicate.op === 'is_not_null' || tests.some((test) => test.test(subject)),
  };
}
