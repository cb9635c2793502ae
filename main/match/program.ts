import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import type { Dictionary } from '../columns/dictionary.ts';
import { comparesFields } from '../../shared/matching/value-test.ts';
import type { Predicate } from '../../shared/model/predicate.ts';
import { resolvedValues, type Resolution, type SourceName } from './fields.ts';
import type { Slot } from './slot.ts';
import { ACCEPT, DecisionList, witnessOf, type CellExpr } from './specialise.ts';

/** Rows dealt with at once: their sets are collected field by field, then the rules asked row by row. */
export const CHUNK = 1024;

/** An eq_field unit bound to the kind of event: asked only when a rule comes to it. */
export interface FieldComparison {
  readonly predicate: Predicate;
  readonly left: Resolution;
  readonly right: readonly Resolution[];
}

/**
 * All rules that can apply to one kind of event (shape, channel, provider, event id), ready to run. For each event:
 * the sets of true units are looked up field by field; rules are asked only if one of their witnesses is true,
 * except those that have none.
 *
 * Cells: 0 and up are units in slots; ~n is comparison n.
 */
export class Program {
  readonly #slots: readonly Slot[];
  readonly #steps: Int32Array;
  readonly #firstStep: Int32Array;
  /** The plan's number of each rule here. */
  readonly #ruleNumbers: Int32Array;
  /** Rules without a witness, by position. */
  readonly #always: readonly number[];
  readonly #comparisons: readonly FieldComparison[];
  #dictionary: Dictionary | undefined;

  readonly #truth: Int32Array;
  /** By cell: 1 where truth says only "perhaps". */
  readonly #deferred: Uint8Array;
  readonly #ruleSeen: Int32Array;
  #stamp = 0;

  /** Entries (slot, set) of the chunk's rows as linked lists. */
  readonly #rowFirst = new Int32Array(CHUNK);
  readonly #rowAsks = new Uint8Array(CHUNK);
  #entrySlot = new Int32Array(CHUNK * 4);
  #entrySet = new Int32Array(CHUNK * 4);
  #entryNext = new Int32Array(CHUNK * 4);
  #entries = 0;

  /** @param rules trees that are no constants false, with the plan's number of each. */
  constructor(
    rules: readonly { readonly number: number; readonly expr: CellExpr }[],
    slots: readonly Slot[],
    comparisons: readonly FieldComparison[],
    private readonly sourceName: SourceName,
  ) {
    const list = new DecisionList();
    const always: number[] = [];
    this.#firstStep = new Int32Array(rules.length);
    rules.forEach(({ expr }, position) => {
      this.#firstStep[position] = list.add(expr);
      const witness = witnessOf(expr);
      // A comparison is not looked up beforehand, so it can't call for its rule.
      if (!witness || witness.cells.some((cell) => cell < 0)) {
        always.push(position);
        return;
      }
      for (const cell of new Set(witness.cells)) slotOf(slots, cell).addWitness(cell, position);
    });
    this.#steps = Int32Array.from(list.steps);
    for (let i = 0; i < this.#steps.length; i += 3) {
      const cell = this.#steps[i] as number;
      if (cell >= 0) {
        const slot = slotOf(slots, cell);
        slot.use(cell - slot.base);
      }
    }
    this.#slots = slots;
    this.#always = always;
    this.#comparisons = comparisons;
    this.#ruleNumbers = Int32Array.from(rules, (rule) => rule.number);
    const last = slots.at(-1);
    this.#truth = new Int32Array(last ? last.base + last.matcher.units.length : 0);
    this.#deferred = new Uint8Array(this.#truth.length);
    for (const { base, matcher } of slots) {
      for (let unit = 0; unit < matcher.units.length; unit++) {
        if (matcher.isDeferred(unit)) this.#deferred[base + unit] = 1;
      }
    }
    this.#ruleSeen = new Int32Array(rules.length);
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
    this.#rowFirst.fill(-1, 0, count);
    this.#rowAsks.fill(0, 0, count);
    this.#entries = 0;
    // All before any is read: slots may share a matcher, and set numbers must stay good for the chunk.
    for (const slot of this.#slots) slot.refresh();
    this.#slots.forEach((slot, number) => {
      slot.collect(table, shape, from, count, this.sourceName, (row, set) => {
        if (slot.cellsOf(set).length === 0) return;
        this.#enter(row, number, set);
        if (slot.rulesOf(set).length > 0) this.#rowAsks[row] = 1;
      });
    });
    const events = shape.events.data;
    const asksAll = this.#always.length > 0;
    for (let row = 0; row < count; row++) {
      if (asksAll || this.#rowAsks[row] === 1) this.#ask(table, shape, row, events[from + row] as number, onHit);
    }
  }

  #enter(row: number, slot: number, set: number): void {
    const entry = this.#entries++;
    if (entry === this.#entrySlot.length) {
      this.#entrySlot = doubled(this.#entrySlot);
      this.#entrySet = doubled(this.#entrySet);
      this.#entryNext = doubled(this.#entryNext);
    }
    this.#entrySlot[entry] = slot;
    this.#entrySet[entry] = set;
    this.#entryNext[entry] = this.#rowFirst[row] as number;
    this.#rowFirst[row] = entry;
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
    for (let entry = this.#rowFirst[row] as number; entry >= 0; entry = this.#entryNext[entry] as number) {
      const slot = this.#slots[this.#entrySlot[entry] as number] as Slot;
      const cells = slot.cellsOf(this.#entrySet[entry] as number);
      for (let i = 0; i < cells.length; i++) truth[cells[i] as number] = stamp;
    }
    if (this.#rowAsks[row] === 1) {
      for (let entry = this.#rowFirst[row] as number; entry >= 0; entry = this.#entryNext[entry] as number) {
        const slot = this.#slots[this.#entrySlot[entry] as number] as Slot;
        const rules = slot.rulesOf(this.#entrySet[entry] as number);
        for (let i = 0; i < rules.length; i++) {
          const rule = rules[i] as number;
          if (this.#ruleSeen[rule] === stamp) continue;
          this.#ruleSeen[rule] = stamp;
          if (this.#holds(rule, stamp, table, shape, event)) onHit(this.#ruleNumbers[rule] as number, event);
        }
      }
    }
    for (const rule of this.#always) {
      if (this.#holds(rule, stamp, table, shape, event)) onHit(this.#ruleNumbers[rule] as number, event);
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
    const steps = this.#steps;
    let step = this.#firstStep[rule] as number;
    while (step >= 0) {
      const cell = steps[step * 3] as number;
      let isTrue: boolean;
      if (cell < 0) isTrue = this.#compares(~cell, table, shape, event);
      else {
        isTrue = this.#truth[cell] === stamp;
        if (isTrue && this.#deferred[cell] === 1) {
          isTrue = slotOf(this.#slots, cell).verify(table, shape, event, cell, this.sourceName);
        }
      }
      step = steps[step * 3 + (isTrue ? 1 : 2)] as number;
    }
    return step === ACCEPT;
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

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}

/** The slot that a cell is in: slots are in the order of their bases. */
function slotOf(slots: readonly Slot[], cell: number): Slot {
  let low = 0;
  let high = slots.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((slots[middle] as Slot).base <= cell) low = middle;
    else high = middle - 1;
  }
  return slots[low] as Slot;
}
