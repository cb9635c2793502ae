import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { ABSENT, decimalRef, INLINE_LIMIT } from '../columns/value-ref.ts';
import { EMPTY_SET, type FieldMatcher } from './field-matcher.ts';
import { derivedText, partValues, type FieldPart, type Resolution, type SourceName } from './fields.ts';

const NOTHING = new Int32Array(0);

/** Takes a set that holds for row `row` of the chunk. */
export type TakeSet = (row: number, set: number) => void;

/**
 * A field of one kind of event, bound to its matcher: gives for each event the sets of units that hold. Its units
 * have the cells [base, base + units).
 */
export class Slot {
  /** By unit: whether a rule of this program asks it. */
  readonly #isUsed: Uint8Array;
  /** By unit: rules that it stands witness for. */
  readonly #rulesOfUnit: number[][];
  /** By set: the cells that are true, and the rules that have a witness among them. */
  #cells: (Int32Array | undefined)[] = [];
  #rules: (Int32Array | undefined)[] = [];
  #epoch: number;
  /** Sets of parts that don't go by value refs: by part, then by head or source. */
  readonly #memo = new Map<FieldPart, Map<number, number>>();
  readonly #derived = new Map<FieldPart, Map<number, Map<number, number>>>();

  constructor(
    readonly field: string,
    readonly matcher: FieldMatcher,
    readonly resolution: Resolution,
    readonly base: number,
  ) {
    this.#isUsed = new Uint8Array(matcher.units.length);
    this.#rulesOfUnit = matcher.units.map(() => []);
    this.#epoch = matcher.epoch;
  }

  use(unit: number): void {
    this.#isUsed[unit] = 1;
  }

  addWitness(cell: number, rule: number): void {
    (this.#rulesOfUnit[cell - this.base] as number[]).push(rule);
  }

  /** Drops what was remembered by set numbers that have become void. */
  refresh(): void {
    this.matcher.trim();
    if (this.#epoch === this.matcher.epoch) return;
    this.#epoch = this.matcher.epoch;
    this.#cells = [];
    this.#rules = [];
    this.#memo.clear();
    this.#derived.clear();
  }

  /** Cells of this program that a set makes true. */
  cellsOf(set: number): Int32Array {
    return this.#cells[set] ?? this.#learn(set);
  }

  /** Rules of this program that have a witness in a set. Call after `cellsOf`. */
  rulesOf(set: number): Int32Array {
    return this.#rules[set] ?? NOTHING;
  }

  #learn(set: number): Int32Array {
    const cells: number[] = [];
    const rules = new Set<number>();
    for (const unit of this.matcher.set(set)) {
      if (this.#isUsed[unit] === 0) continue;
      cells.push(this.base + unit);
      for (const rule of this.#rulesOfUnit[unit] as number[]) rules.add(rule);
    }
    const found = cells.length === 0 ? NOTHING : Int32Array.from(cells);
    this.#cells[set] = found;
    this.#rules[set] = rules.size === 0 ? NOTHING : Int32Array.from(rules);
    return found;
  }

  /** Gives every non-empty set of rows [from, from + count) of the shape; `row` counts from 0. */
  collect(
    table: EventTable,
    shape: ShapeTable,
    from: number,
    count: number,
    sourceName: SourceName,
    take: TakeSet,
  ): void {
    const [part] = this.resolution.parts;
    if (this.resolution.mode === 'union' && this.matcher.absentSet === EMPTY_SET) {
      this.#collectUnion(table, shape, from, count, sourceName, take);
      return;
    }
    const isOneColumn = this.resolution.parts.length === 1 && part?.kind === 'columns' && part.columns.length === 1;
    if (isOneColumn)
      this.#collectColumn(table, shape, part.columns[0] as number, from, count, take, this.matcher.absentSet);
    else for (let row = 0; row < count; row++) this.#collectRow(table, shape, from + row, row, sourceName, take);
  }

  #collectColumn(
    table: EventTable,
    shape: ShapeTable,
    column: number,
    from: number,
    count: number,
    take: TakeSet,
    absentSet: number,
  ): void {
    const refs = (shape.columns[column] as ShapeTable['columns'][number]).data;
    const { matcher } = this;
    const { dictionary } = table;
    let lastRef = ABSENT;
    let lastSet = absentSet;
    for (let row = 0; row < count; row++) {
      const ref = refs[from + row] as number;
      if (ref !== lastRef) {
        lastRef = ref;
        lastSet = ref === ABSENT ? absentSet : matcher.setOf(dictionary, ref);
      }
      if (lastSet !== EMPTY_SET) take(row, lastSet);
    }
  }

  /** Every part counts: part by part, since values of a part repeat from row to row. */
  #collectUnion(
    table: EventTable,
    shape: ShapeTable,
    from: number,
    count: number,
    sourceName: SourceName,
    take: TakeSet,
  ): void {
    for (const part of this.resolution.parts) {
      if (part.kind === 'columns') {
        for (const column of part.columns) this.#collectColumn(table, shape, column, from, count, take, EMPTY_SET);
        continue;
      }
      for (let row = 0; row < count; row++) {
        const event = shape.events.data[from + row] as number;
        const set = this.#setOfPart(table, shape, from + row, event, part, sourceName);
        if (set > EMPTY_SET) take(row, set);
      }
    }
  }

  #collectRow(
    table: EventTable,
    shape: ShapeTable,
    shapeRow: number,
    row: number,
    sourceName: SourceName,
    take: TakeSet,
  ): void {
    const event = shape.events.data[shapeRow] as number;
    const { matcher } = this;
    let isPresent = false;
    for (const part of this.resolution.parts) {
      if (part.kind === 'columns') {
        for (const column of part.columns) {
          const ref = shape.columns[column]?.data[shapeRow] ?? ABSENT;
          if (ref === ABSENT) continue;
          isPresent = true;
          const set = matcher.setOf(table.dictionary, ref);
          if (set !== EMPTY_SET) take(row, set);
        }
      } else {
        const set = this.#setOfPart(table, shape, shapeRow, event, part, sourceName);
        if (set >= 0) {
          isPresent = true;
          if (set !== EMPTY_SET) take(row, set);
        }
      }
      if (isPresent && this.resolution.mode === 'first') return;
    }
    if (!isPresent && matcher.absentSet !== EMPTY_SET) take(row, matcher.absentSet);
  }

  /** The set of a part that is no plain column, or -1 where the event has no value there. */
  #setOfPart(
    table: EventTable,
    shape: ShapeTable,
    shapeRow: number,
    event: number,
    part: Exclude<FieldPart, { kind: 'columns' }>,
    sourceName: SourceName,
  ): number {
    const { matcher } = this;
    switch (part.kind) {
      case 'spine': {
        const ref = table[part.column].data[event] as number;
        return ref === ABSENT ? -1 : matcher.setOf(table.dictionary, ref);
      }
      case 'record': {
        const record = table.record.data[event] as number;
        const isInline = Number.isInteger(record) && record >= 0 && record < INLINE_LIMIT;
        return isInline ? matcher.setOf(table.dictionary, decimalRef(record)) : matcher.setOfText(String(record));
      }
      case 'head':
        return this.#memoised(part, table.head.data[event] as number, () => part.read(table.headOf(event)));
      case 'file':
        return this.#memoised(part, table.source.data[event] as number, (source) => sourceName(source));
      case 'time': {
        const [value] = partValues(table, shape, event, part, this.field, sourceName);
        return value ? matcher.setOfText(value.text) : -1;
      }
      case 'derived': {
        const refs = part.columns.map((column) => shape.columns[column]?.data[shapeRow] ?? ABSENT);
        if (refs.includes(ABSENT)) return -1;
        return this.#derivedSet(table, part, refs[0] as number, refs[1] ?? ABSENT);
      }
    }
  }

  /** Whether a deferred unit of this slot holds for an event. */
  verify(table: EventTable, shape: ShapeTable, event: number, cell: number, sourceName: SourceName): boolean {
    const { matcher } = this;
    const unit = cell - this.base;
    const row = table.row.data[event] as number;
    for (const part of this.resolution.parts) {
      let isPresent = false;
      if (part.kind === 'columns') {
        for (const column of part.columns) {
          const ref = shape.columns[column]?.data[row] ?? ABSENT;
          if (ref === ABSENT) continue;
          isPresent = true;
          if (matcher.verify(table.dictionary, ref, unit)) return true;
        }
      } else {
        for (const { text } of partValues(table, shape, event, part, this.field, sourceName)) {
          isPresent = true;
          if (matcher.verifyText(text, unit)) return true;
        }
      }
      if (isPresent && this.resolution.mode === 'first') return false;
    }
    return false;
  }

  #memoised(part: FieldPart, key: number, textOf: (key: number) => string | undefined): number {
    let memo = this.#memo.get(part);
    if (!memo) this.#memo.set(part, (memo = new Map<number, number>()));
    let set = memo.get(key);
    if (set === undefined) {
      const text = textOf(key);
      set = text === undefined ? -1 : this.matcher.setOfText(text);
      memo.set(key, set);
    }
    return set;
  }

  #derivedSet(table: EventTable, part: FieldPart & { kind: 'derived' }, first: number, second: number): number {
    let byFirst = this.#derived.get(part);
    if (!byFirst || byFirst.size > DERIVED_LIMIT)
      this.#derived.set(part, (byFirst = new Map<number, Map<number, number>>()));
    let bySecond = byFirst.get(first);
    if (!bySecond || bySecond.size > DERIVED_LIMIT) byFirst.set(first, (bySecond = new Map<number, number>()));
    let set = bySecond.get(second);
    if (set === undefined) {
      const refs = second === ABSENT ? [first] : [first, second];
      const text = derivedText(
        part.source,
        refs.map((ref) => table.text(ref)),
      );
      set = this.matcher.setOfText(text ?? '');
      bySecond.set(second, set);
    }
    return set;
  }

  /** Forgets what hangs on the dictionary's numbering, when the table has got a new dictionary. */
  forgetRefs(): void {
    this.#derived.clear();
  }
}

const DERIVED_LIMIT = 1 << 16;
