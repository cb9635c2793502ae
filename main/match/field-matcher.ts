import { Subject, type ValueTest } from '../../shared/matching/value-test.ts';
import { LiteralFinder, type Place } from './literal-finder.ts';
import { plainPlace, type Unit } from './units.ts';

/** The set of no units. */
export const EMPTY_SET = 0;

/** What a value's set says of a unit that is in it, or not. */
export const SURE = 0;
/** The unit may hold where it is in the set, and does not where it isn't. */
export const PERHAPS = 1;
/** The unit is in no set. */
export const UNSAID = 2;
export type Certainty = typeof SURE | typeof PERHAPS | typeof UNSAID;

/** Sets past which they are numbered anew. */
const SET_LIMIT = 1 << 17;

const QUOTE = 0x22;

/** What a part of a number can be as refs write it. */
const NUMERIC = /^[0-9a-fx]+$/i;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decides the units of one field for one value at a time; the answer is the number of a set of units. A value costs one
 * search for literals in its bytes, which decides most units, and a comparison for each of the others that it may fulfil.
 */
export class FieldMatcher {
  readonly units: readonly Unit[];
  /** Units that hold where the field is absent. */
  readonly absentSet: number;
  /** Grows when the set numbers handed out before have become void. */
  epoch = 0;

  readonly #certainty: Uint8Array;
  #sets: Int32Array[] = [new Int32Array(0)];
  /** Numbers of sets by the sum of their units. */
  #setIds = new Map<number, number[]>();
  #unions = new Map<number, number>();

  /** By test of a single value: its unit, and which of the unit's values it is of. */
  readonly #testUnit: number[] = [];
  readonly #testValue: number[] = [];
  /** Units that every value fulfils. */
  readonly #always: number[] = [];
  /** Tests that no literal speaks for. */
  readonly #direct: number[] = [];
  /** Notes, by literal: unit * 2 + 1 where that the literal stands there is enough, test * 2 where it isn't. */
  readonly #finder = new LiteralFinder();
  /** By unit, whether it compares the arguments of a command line; undefined where none does. */
  readonly #splits: Uint8Array | undefined;
  /** UTF-16 units that a value has at the least of which any unit may hold. A text has no more of them than bytes. */
  #fewestUnits = Infinity;
  /** Whether any unit may hold for a number as refs carry it (decimal, or `0x` and hex digits). */
  asksNumbers = false;

  /** The value in hand: its bytes, and its text once somebody needs it. */
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #subject: Subject | undefined;
  #serial = 0;
  readonly #unitSeen: Int32Array;
  readonly #testSeen: Int32Array;
  /** The units that hold for the value: the first `#heldCount`. */
  readonly #held: Int32Array;
  #heldCount = 0;

  /**
   * @param certainty of a unit: SURE and UNSAID are the caller's choice, since a unit that is asked rarely but fulfilled
   * often is better decided when it is asked.
   */
  constructor(units: readonly Unit[], certainty: (unit: Unit) => Certainty) {
    this.units = units;
    this.#certainty = new Uint8Array(units.length);
    units.forEach((unit, index) => (this.#certainty[index] = certainty(unit)));
    const absent: number[] = [];
    units.forEach((unit, index) => {
      const { op } = unit.predicate;
      if (op === 'is_null') absent.push(index);
      else if (this.#certainty[index] === UNSAID) return;
      else if (op === 'is_not_null') this.#always.push(index);
      else this.#addTests(index, unit);
    });
    if (units.some(({ predicate }) => predicate.splits)) {
      this.#splits = Uint8Array.from(units, ({ predicate }) => (predicate.splits ? 1 : 0));
    }
    if (this.#always.length > 0 || this.#direct.length > 0) {
      this.#fewestUnits = 0;
      this.asksNumbers = true;
    }
    this.#unitSeen = new Int32Array(units.length);
    this.#testSeen = new Int32Array(this.#testUnit.length);
    this.#held = new Int32Array(units.length);
    this.absentSet = this.#internAbsent(absent);
  }

  /** The units of a set, ascending. */
  set(id: number): Int32Array {
    return this.#sets[id] as Int32Array;
  }

  /** What sets say of a unit. Where that isn't all, `holds` says whether it holds. */
  certainty(unit: number): Certainty {
    return this.#certainty[unit] as Certainty;
  }

  /** Whether a unit holds for a text. */
  holds(unit: number, subject: Subject): boolean {
    return (this.units[unit] as Unit).tests.some((test) => test.test(subject));
  }

  /** The set of a text. */
  setOfText(text: string): number {
    const bytes = encoder.encode(text);
    return this.setOfBytes(bytes, 0, bytes.length);
  }

  /** The set of the text in bytes [start, end). @param bytes UTF-8 */
  setOfBytes(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < this.#fewestUnits) return EMPTY_SET;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#subject = undefined;
    const serial = ++this.#serial;
    this.#heldCount = 0;
    for (const unit of this.#always) this.#hold(unit, serial);
    if (isAscii(bytes, start, end)) this.#finder.find(bytes, start, end, this.#take);
    else {
      const folded = encoder.encode(this.#text().folded);
      this.#finder.find(folded, 0, folded.length, this.#take);
    }
    if (this.#splits) this.#findInArguments(this.#splits);
    for (const test of this.#direct) this.#verifyTest(test, serial);
    return this.#internHeld(serial);
  }
  /** The set of the units of two sets. */
  union(one: number, other: number): number {
    if (one === other || other === EMPTY_SET) return one;
    if (one === EMPTY_SET) return other;
    const key = Math.min(one, other) * 2 ** 26 + Math.max(one, other);
    let union = this.#unions.get(key);
    if (union === undefined) {
      const serial = ++this.#serial;
      this.#heldCount = 0;
      for (const id of [one, other]) for (const unit of this.set(id)) this.#hold(unit, serial);
      this.#unions.set(key, (union = this.#internHeld(serial)));
    }
    return union;
  }

  /** Forgets set numbers where they have become too many; call only between runs. */
  trim(): void {
    if (this.#sets.length < SET_LIMIT && this.#unions.size < SET_LIMIT) return;
    const absent = this.set(this.absentSet);
    this.#sets = [new Int32Array(0)];
    this.#setIds = new Map();
    this.#unions = new Map();
    this.epoch++;
    this.#internAbsent([...absent]);
  }

  #addTests(index: number, unit: Unit): void {
    const isPerhaps = this.#certainty[index] === PERHAPS;
    const plain = plainPlace(unit.predicate);
    unit.predicate.values.forEach(({ text }, value) => {
      if (plain && (text !== '' || plain === 'whole')) {
        const isEnough = isPerhaps || !unit.predicate.caseSensitive;
        this.#addLiteral(text, plain, isEnough ? index * 2 + 1 : this.#addTest(index, value) * 2);
        return;
      }
      const needed = unit.needs[value];
      if (!needed) {
        this.#direct.push(this.#addTest(index, value));
        return;
      }
      const note = needed.decides || isPerhaps ? index * 2 + 1 : this.#addTest(index, value) * 2;
      for (const literal of needed.texts) this.#addLiteral(literal, needed.place, note);
    });
  }

  #addTest(unit: number, value: number): number {
    this.#testValue.push(value);
    return this.#testUnit.push(unit) - 1;
  }

  #addLiteral(text: string, place: Place, note: number): void {
    this.#finder.add(text, place, note);
    this.#fewestUnits = Math.min(this.#fewestUnits, text.length);
    this.asksNumbers ||= NUMERIC.test(text);
  }

  /**
   * Quotes may stand within what an argument is: literals of units that compare arguments are looked for in these, too.
   * Without any quote an argument stands in the command line as it is.
   */
  #findInArguments(splits: Uint8Array): void {
    if (!this.#bytes.subarray(this.#start, this.#end).includes(QUOTE)) return;
    const all = encoder.encode(
      this.#text()
        .arguments.map(({ subject }) => subject.folded)
        .join('\n'),
    );
    this.#finder.find(all, 0, all.length, (note) => {
      if (splits[(note & 1) === 1 ? note >> 1 : (this.#testUnit[note >> 1] as number)] === 1) this.#take(note);
    });
  }

  #text(): Subject {
    return (this.#subject ??= new Subject(decoder.decode(this.#bytes.subarray(this.#start, this.#end))));
  }

  /** A literal stands where it should. */
  readonly #take = (note: number): void => {
    if ((note & 1) === 1) this.#hold(note >> 1, this.#serial);
    else if (this.#testSeen[note >> 1] !== this.#serial) this.#verifyTest(note >> 1, this.#serial);
  };

  #verifyTest(test: number, serial: number): void {
    this.#testSeen[test] = serial;
    const unit = this.#testUnit[test] as number;
    if (this.#unitSeen[unit] === serial) return;
    const { tests } = this.units[unit] as Unit;
    if ((tests[this.#testValue[test] as number] as ValueTest).test(this.#text())) this.#hold(unit, serial);
  }

  #hold(unit: number, serial: number): void {
    if (this.#unitSeen[unit] === serial) return;
    this.#unitSeen[unit] = serial;
    this.#held[this.#heldCount++] = unit;
  }

  /**
   * The number of the set of the held units, all of which have been seen with `serial`. Found by a sum that doesn't
   * depend on their order, so that nothing need be sorted or written out for a set that is known.
   */
  #internHeld(serial: number): number {
    const count = this.#heldCount;
    if (count === 0) return EMPTY_SET;
    let sum = count;
    for (let i = 0; i < count; i++) sum = (sum + Math.imul((this.#held[i] as number) + 1, -1640531527)) | 0;
    const same = this.#setIds.get(sum);
    if (same) for (const id of same) if (this.#isHeld(this.set(id), serial)) return id;
    const id = this.#sets.length;
    const set = this.#held.slice(0, count);
    this.#sets.push(count === 1 ? set : set.sort());
    if (same) same.push(id);
    else this.#setIds.set(sum, [id]);
    return id;
  }

  /** Whether the held units are those of a set. */
  #isHeld(set: Int32Array, serial: number): boolean {
    if (set.length !== this.#heldCount) return false;
    for (const unit of set) if (this.#unitSeen[unit] !== serial) return false;
    return true;
  }

  /** Makes the set of the absent field, always as the first, so that it keeps its number. */
  #internAbsent(units: readonly number[]): number {
    const serial = ++this.#serial;
    this.#heldCount = 0;
    for (const unit of units) this.#hold(unit, serial);
    return this.#internHeld(serial);
  }
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) > 127) return false;
  return true;
}
