import type { Dictionary } from '../columns/dictionary.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { ABSENT, decimalRef, INLINE_LIMIT } from '../columns/value-ref.ts';
import type { FieldMatcher } from './field-matcher.ts';
import type { ValueSets } from './value-sets.ts';
import { Subject } from '../../shared/matching/value-test.ts';
import { derivedText, partValues, type FieldPart, type Resolution, type SourceName } from './fields.ts';

const NOTHING = new Int32Array(0);

/** A row of which no part of the field has given a value yet. */
const UNSEEN = -1;

/** A field of one kind of event, bound to its matcher: gives for each event the set of units that hold. */
export class Slot {
  readonly matcher: FieldMatcher;
  /** The program's cells of units that its rules ask. */
  readonly #cellOfUnit = new Map<number, number>();
  /** Rules that a unit stands witness for. */
  readonly #rulesOfUnit = new Map<number, number[]>();
  /** By set: the cells that are true, and the rules that have a witness among them. */
  #cells: (Int32Array | undefined)[] = [];
  #rules: (Int32Array | undefined)[] = [];
  #epoch: number;
  /** Sets of parts that don't go by value refs: by part, then by head or source. */
  readonly #memo = new Map<FieldPart, Map<number, number>>();
  readonly #derived = new Map<FieldPart, Map<string, DerivedText>>();

  constructor(
    readonly field: string,
    /** The matcher's sets for the table's values. */
    private readonly values: ValueSets,
    readonly resolution: Resolution,
  ) {
    this.matcher = values.matcher;
    this.#epoch = this.matcher.epoch;
  }

  /** The cell of a unit, where a rule asks it. */
  cellOf(unit: number): number | undefined {
    return this.#cellOfUnit.get(unit);
  }

  use(unit: number, cell: number): void {
    this.#cellOfUnit.set(unit, cell);
  }

  addWitness(unit: number, rule: number): void {
    const rules = this.#rulesOfUnit.get(unit);
    if (rules) rules.push(rule);
    else this.#rulesOfUnit.set(unit, [rule]);
  }

  forgetWitnesses(): void {
    this.#rulesOfUnit.clear();
    this.#cells = [];
    this.#rules = [];
  }

  /** Takes up the table's dictionary, and drops what was remembered by set numbers that have become void. */
  refresh(dictionary: Dictionary): void {
    this.values.refresh(dictionary);
    if (this.#epoch === this.matcher.epoch) return;
    this.#epoch = this.matcher.epoch;
    this.#cells = [];
    this.#rules = [];
    this.#memo.clear();
    this.#derived.clear();
  }

  /** Cells of this program that a set makes true. */
  cellsOf(set: number): Int32Array {
    return this.#cells[set] ?? this.#learn(set).cells;
  }

  /** Rules of this program that have a witness in a set. */
  rulesOf(set: number): Int32Array {
    return this.#rules[set] ?? this.#learn(set).rules;
  }

  #learn(set: number): { cells: Int32Array; rules: Int32Array } {
    const cells: number[] = [];
    const rules = new Set<number>();
    for (const unit of this.matcher.set(set)) {
      const cell = this.#cellOfUnit.get(unit);
      if (cell === undefined) continue;
      cells.push(cell);
      for (const rule of this.#rulesOfUnit.get(unit) ?? []) rules.add(rule);
    }
    // Filled up, so that the arrays have no holes that they would be slow with.
    while (this.#cells.length <= set) {
      this.#cells.push(undefined);
      this.#rules.push(undefined);
    }
    const learnt = {
      cells: cells.length === 0 ? NOTHING : new Int32Array(cells),
      rules: rules.size === 0 ? NOTHING : new Int32Array([...rules]),
    };
    this.#cells[set] = learnt.cells;
    this.#rules[set] = learnt.rules;
    return learnt;
  }

  /** Writes the set of each of rows [from, from + count) of the shape to `sets`, whose rows count from 0. */
  collect(
    table: EventTable,
    shape: ShapeTable,
    from: number,
    count: number,
    sourceName: SourceName,
    sets: Int32Array,
  ): void {
    const { parts, mode } = this.resolution;
    sets.fill(UNSEEN, 0, count);
    parts.forEach((part, position) => {
      if (part.kind === 'columns' && (mode === 'union' || (position === 0 && part.columns.length === 1))) {
        for (const column of part.columns) {
          this.#addColumn((shape.columns[column] as ShapeTable['columns'][number]).data, from, count, sets);
        }
        return;
      }
      for (let row = 0; row < count; row++) {
        if (mode === 'first' && (sets[row] as number) !== UNSEEN) continue;
        this.#add(sets, row, this.#setOfPart(table, shape, from + row, part, sourceName));
      }
    });
    const { absentSet } = this.matcher;
    for (let row = 0; row < count; row++) if (sets[row] === UNSEEN) sets[row] = absentSet;
  }

  #addColumn(refs: Int32Array, from: number, count: number, sets: Int32Array): void {
    let lastRef = ABSENT;
    let lastSet = UNSEEN;
    for (let row = 0; row < count; row++) {
      const ref = refs[from + row] as number;
      if (ref !== lastRef) {
        lastRef = ref;
        lastSet = ref === ABSENT ? UNSEEN : this.values.setOf(ref);
      }
      if (lastSet !== UNSEEN) this.#add(sets, row, lastSet);
    }
  }

  /** Joins a set, or UNSEEN, to what a row has. */
  #add(sets: Int32Array, row: number, set: number): void {
    if (set === UNSEEN) return;
    const before = sets[row] as number;
    sets[row] = before === UNSEEN ? set : this.matcher.union(before, set);
  }

  /** The set of a part, or UNSEEN where the event has no value there. */
  #setOfPart(table: EventTable, shape: ShapeTable, shapeRow: number, part: FieldPart, sourceName: SourceName): number {
    const { matcher } = this;
    const event = shape.events.data[shapeRow] as number;
    switch (part.kind) {
      case 'columns': {
        let set = UNSEEN;
        for (const column of part.columns) {
          const ref = shape.columns[column]?.data[shapeRow] ?? ABSENT;
          if (ref === ABSENT) continue;
          const one = this.values.setOf(ref);
          set = set === UNSEEN ? one : matcher.union(set, one);
        }
        return set;
      }
      case 'spine': {
        const ref = table[part.column].data[event] as number;
        return ref === ABSENT ? UNSEEN : this.values.setOf(ref);
      }
      case 'record': {
        const record = table.record.data[event] as number;
        const isInline = Number.isInteger(record) && record >= 0 && record < INLINE_LIMIT;
        return isInline ? this.values.setOf(decimalRef(record)) : matcher.setOfText(String(record));
      }
      case 'head':
        return this.#memoised(part, table.head.data[event] as number, () => part.read(table.headOf(event)));
      case 'file':
        return this.#memoised(part, table.source.data[event] as number, (source) => sourceName(source));
      case 'time': {
        const [value] = partValues(table, shape, event, part, this.field, sourceName);
        return value ? matcher.setOfText(value.text) : UNSEEN;
      }
      case 'derived': {
        const derived = this.#derivedOf(table, shape, shapeRow, part);
        if (derived === undefined) return UNSEEN;
        return (derived.set ??= matcher.setOfText(derived.text));
      }
    }
  }

  /** Whether a unit that sets don't decide holds for an event. */
  verify(table: EventTable, shape: ShapeTable, event: number, unit: number, sourceName: SourceName): boolean {
    const { matcher } = this;
    const row = table.row.data[event] as number;
    for (const part of this.resolution.parts) {
      let isPresent = false;
      if (part.kind === 'columns') {
        for (const column of part.columns) {
          const ref = shape.columns[column]?.data[row] ?? ABSENT;
          if (ref === ABSENT) continue;
          isPresent = true;
          if (this.values.verify(ref, unit)) return true;
        }
      } else if (part.kind === 'derived') {
        const derived = this.#derivedOf(table, shape, row, part);
        isPresent = derived !== undefined;
        if (derived && (derived.verified[unit] ??= matcher.holds(unit, new Subject(derived.text)))) return true;
      } else {
        for (const { text } of partValues(table, shape, event, part, this.field, sourceName)) {
          isPresent = true;
          if (matcher.holds(unit, new Subject(text))) return true;
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
      set = text === undefined ? UNSEEN : this.matcher.setOfText(text);
      memo.set(key, set);
    }
    return set;
  }

  /** The text of a derived part in a row, with what has been found of it; undefined where a column is absent. */
  #derivedOf(
    table: EventTable,
    shape: ShapeTable,
    row: number,
    part: FieldPart & { kind: 'derived' },
  ): DerivedText | undefined {
    const refs = part.columns.map((column) => shape.columns[column]?.data[row] ?? ABSENT);
    if (refs.includes(ABSENT)) return undefined;
    let texts = this.#derived.get(part);
    if (!texts || texts.size > DERIVED_LIMIT) this.#derived.set(part, (texts = new Map<string, DerivedText>()));
    const key = refs.join();
    let derived = texts.get(key);
    if (!derived) {
      const text = derivedText(
        part.source,
        refs.map((ref) => table.text(ref)),
      );
      derived = { text: text ?? '', set: undefined, verified: [] };
      texts.set(key, derived);
    }
    return derived;
  }

  /** Forgets what hangs on the dictionary's numbering, when the table has got a new dictionary. */
  forgetRefs(): void {
    this.#derived.clear();
  }
}

/** A text made of other fields' values. */
interface DerivedText {
  readonly text: string;
  set: number | undefined;
  /** By unit: whether it holds, where that has been asked. */
  readonly verified: (boolean | undefined)[];
}

const DERIVED_LIMIT = 1 << 16;
