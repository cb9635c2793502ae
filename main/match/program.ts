import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import type { Dictionary } from '../columns/dictionary.ts';
import { comparesFields } from '../../shared/matching/value-test.ts';
import type { Predicate } from '../../shared/model/predicate.ts';
import { EMPTY_SET, PERHAPS, SURE } from './field-matcher.ts';
import { resolvedValues, type Resolution, type SourceName } from './fields.ts';
import type { Slot } from './slot.ts';
import { ACCEPT, DecisionList, reweigh, witnessOf, type CellExpr } from './specialise.ts';

/** Rows dealt with at once: their sets are collected field by field, then the rules asked row by row. */
export const CHUNK = 1024;

/** Events of a kind after which its rules are arranged by what has been seen. */
const TRIAL = 4 * CHUNK;
/** Of these, those that it is not yet counted in: most kinds of a case have no more, and need not pay for it. */
const UNCOUNTED = CHUNK;

/** In place of a rule's first step: its steps have not been written. */
const UNWRITTEN = -3;

/** A rule's tree for the kind of event, no constant false, and the plan's number of the rule. */
export interface ProgramRule {
  readonly number: number;
  readonly expr: CellExpr;
}

/** A unit in a slot: true or false for an event. */
export interface Cell {
  readonly slot: Slot;
  /** Position among the units of the slot's matcher. */
  readonly unit: number;
}

/** An eq_field unit bound to the kind of event: asked only when a rule comes to it. */
export interface FieldComparison {
  readonly predicate: Predicate;
  readonly left: Resolution;
  readonly right: readonly Resolution[];
}

/** The fields of a kind of event, as rules were bound to them. */
export interface BoundFields {
  readonly slots: readonly Slot[];
  readonly cells: readonly Cell[];
  readonly comparisons: readonly FieldComparison[];
}

/** Room for the set numbers of a chunk, by slot: all programs of a plan use the same, one after the other. */
export class ChunkSets {
  readonly #bySlot: Int32Array[] = [];

  of(slot: number): Int32Array {
    while (this.#bySlot.length <= slot) this.#bySlot.push(new Int32Array(CHUNK));
    return this.#bySlot[slot] as Int32Array;
  }
}

/**
 * All rules that can apply to one kind of event (shape, channel, provider, event id), ready to run. For each event:
 * the sets of true units are looked up field by field; rules are asked only if one of their witnesses is true,
 * except those that have none.
 *
 * Cells: 0 and up are units in slots; ~n is comparison n.
 */
export class Program {
  readonly #rules: readonly ProgramRule[];
  readonly #slots: readonly Slot[];
  readonly #cells: readonly Cell[];
  /** By slot: the sets of the chunk's rows. */
  readonly #sets: readonly Int32Array[];
  /** Steps of the rules that have been asked. */
  #list = new DecisionList();
  readonly #firstStep: Int32Array;
  /** Rules without a witness, by position. */
  #always: readonly number[] = [];
  readonly #comparisons: readonly FieldComparison[];
  #dictionary: Dictionary | undefined;

  /** By cell: the number of the last event whose sets it was in. */
  readonly #truth: Int32Array;
  /** By cell: what that says. */
  readonly #certainty: Uint8Array;
  readonly #ruleSeen: Int32Array;
  #stamp = 0;
  #seen = 0;
  /** Events of which it has been counted how often cells are true. */
  #counted = 0;
  #trueCount = new Int32Array(0);

  constructor(
    rules: readonly ProgramRule[],
    { slots, cells, comparisons }: BoundFields,
    chunkSets: ChunkSets,
    private readonly sourceName: SourceName,
  ) {
    this.#rules = rules;
    this.#slots = slots;
    this.#cells = cells;
    this.#sets = slots.map((_, slot) => chunkSets.of(slot));
    this.#comparisons = comparisons;
    this.#firstStep = new Int32Array(rules.length);
    this.#truth = new Int32Array(cells.length);
    this.#certainty = Uint8Array.from(cells, ({ slot, unit }) => slot.matcher.certainty(unit));
    this.#ruleSeen = new Int32Array(rules.length);
    this.#arrange();
  }

  /** Chooses each rule's witness by what cells are expected or have been seen to do. */
  #arrange(): void {
    this.#list = new DecisionList();
    this.#firstStep.fill(UNWRITTEN);
    const always: number[] = [];
    for (const slot of this.#slots) slot.forgetWitnesses();
    for (let position = 0; position < this.#rules.length; position++) {
      const witness = witnessOf(this.#weighed(position));
      if (!witness) always.push(position);
      else {
        for (const number of new Set(witness.cells)) {
          const { slot, unit } = this.#cells[number] as Cell;
          slot.addWitness(unit, position);
        }
      }
    }
    this.#always = always;
  }

  /** A rule's tree with the weights that are known by now. */
  #weighed(position: number): CellExpr {
    const { expr } = this.#rules[position] as ProgramRule;
    return this.#counted === 0 ? expr : reweigh(expr, (cell, weight) => this.#seenWeight(cell, weight));
  }

  /** How often a cell was true; what was expected tells apart those that never were. */
  #seenWeight(cell: number, expected: number): number {
    return expected === Infinity ? Infinity : (this.#trueCount[cell] as number) / this.#counted + expected / 1000;
  }

  /** Arranges the rules anew once enough events have been seen. */
  #observe(rows: number): void {
    if (this.#seen >= UNCOUNTED) this.#count(rows);
    this.#seen += rows;
    if (this.#seen >= TRIAL && this.#counted > 0) this.#arrange();
  }

  /** Counts which cells are true. */
  #count(rows: number): void {
    if (this.#counted === 0) this.#trueCount = new Int32Array(this.#cells.length);
    this.#sets.forEach((sets, number) => {
      const slot = this.#slots[number] as Slot;
      for (let row = 0; row < rows; row++) {
        for (const cell of slot.cellsOf(sets[row] as number)) (this.#trueCount[cell] as number)++;
      }
    });
    this.#counted += rows;
  }

  /** Tests rows [from, from + count) of the shape, at most CHUNK. */
  run(
    table: EventTable,
    shape: ShapeTable,
    from: number,
    count: number,
    onHit: (rule: number, event: number) => void,
  ): void {
    if (this.#firstStep.length === 0) return;
    if (this.#dictionary !== table.dictionary) {
      for (const slot of this.#slots) slot.forgetRefs();
      this.#dictionary = table.dictionary;
    }
    // All before any is read: slots may share a matcher, and set numbers must stay good for the chunk.
    for (const slot of this.#slots) slot.refresh(table.dictionary);
    for (let slot = 0; slot < this.#slots.length; slot++) {
      (this.#slots[slot] as Slot).collect(table, shape, from, count, this.sourceName, this.#sets[slot] as Int32Array);
    }
    if (this.#seen < TRIAL) this.#observe(count);
    const events = shape.events.data;
    for (let row = 0; row < count; row++) {
      if (this.#always.length > 0 || this.#isCalled(row)) {
        this.#ask(table, shape, row, events[from + row] as number, onHit);
      }
    }
  }

  /** Whether a witness of any rule is true in a row. */
  #isCalled(row: number): boolean {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const set = (this.#sets[slot] as Int32Array)[row] as number;
      if (set !== EMPTY_SET && (this.#slots[slot] as Slot).rulesOf(set).length > 0) return true;
    }
    return false;
  }

  #ask(
    table: EventTable,
    shape: ShapeTable,
    row: number,
    event: number,
    onHit: (rule: number, event: number) => void,
  ): void {
    const stamp = this.#nextStamp();
    const truth = this.#truth;
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const set = (this.#sets[slot] as Int32Array)[row] as number;
      if (set === EMPTY_SET) continue;
      const cells = (this.#slots[slot] as Slot).cellsOf(set);
      for (let i = 0; i < cells.length; i++) truth[cells[i] as number] = stamp;
    }
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const set = (this.#sets[slot] as Int32Array)[row] as number;
      if (set === EMPTY_SET) continue;
      const rules = (this.#slots[slot] as Slot).rulesOf(set);
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i] as number;
        if (this.#ruleSeen[rule] === stamp) continue;
        this.#ruleSeen[rule] = stamp;
        if (this.#holds(rule, stamp, table, shape, event)) onHit((this.#rules[rule] as ProgramRule).number, event);
      }
    }
    for (const rule of this.#always) {
      if (this.#holds(rule, stamp, table, shape, event)) onHit((this.#rules[rule] as ProgramRule).number, event);
    }
  }

  #nextStamp(): number {
    if (this.#stamp === 0x7fffffff) {
      this.#truth.fill(0);
      this.#ruleSeen.fill(0);
      this.#stamp = 0;
    }
    return ++this.#stamp;
  }

  #holds(rule: number, stamp: number, table: EventTable, shape: ShapeTable, event: number): boolean {
    const { steps } = this.#list;
    let step = this.#firstStep[rule] as number;
    if (step === UNWRITTEN) this.#firstStep[rule] = step = this.#list.add(this.#weighed(rule));
    while (step >= 0) {
      const cell = steps[step * 3] as number;
      const isTrue =
        cell < 0 ? this.#compares(~cell, table, shape, event) : this.#isTrue(cell, stamp, table, shape, event);
      step = steps[step * 3 + (isTrue ? 1 : 2)] as number;
    }
    return step === ACCEPT;
  }

  #isTrue(cell: number, stamp: number, table: EventTable, shape: ShapeTable, event: number): boolean {
    const certainty = this.#certainty[cell];
    if (certainty === SURE) return this.#truth[cell] === stamp;
    if (certainty === PERHAPS && this.#truth[cell] !== stamp) return false;
    const { slot, unit } = this.#cells[cell] as Cell;
    return slot.verify(table, shape, event, unit, this.sourceName);
  }

  #compares(number: number, table: EventTable, shape: ShapeTable, event: number): boolean {
    const { predicate, left, right } = this.#comparisons[number] as FieldComparison;
    const textsOf = (resolution: Resolution): string[] =>
      resolvedValues(table, shape, event, resolution, '', this.sourceName).map((value) => value.text);
    const texts = textsOf(left);
    if (texts.length === 0) return false;
    return right.some((resolution) =>
      textsOf(resolution).some((other) => texts.some((text) => comparesFields(predicate, text, other))),
    );
  }
}
