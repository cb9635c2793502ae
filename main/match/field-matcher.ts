import type { Dictionary } from '../columns/dictionary.ts';
import { inlineText, isInline, type ValueRef } from '../columns/value-ref.ts';
import { foldText } from '../../shared/matching/fold.ts';
import { Subject, type ValueTest } from '../../shared/matching/value-test.ts';
import type { Op } from '../../shared/model/predicate.ts';
import { buildAutomaton, type LiteralAutomaton } from './literal-automaton.ts';
import { RefMap, UNKNOWN } from './ref-map.ts';
import { literalsDecide, literalsOf, type Unit } from './units.ts';

/** A unit with its values compiled. */
export interface CompiledUnit {
  readonly unit: Unit;
  /** In the order of the predicate's values. */
  readonly tests: readonly ValueTest[];
}

/** The set of no units. */
export const EMPTY_SET = 0;

/** Bytes of a literal that go into the automaton, from its end; the rest is verified. Bounds the automaton's size. */
const LITERAL_BYTES = 16;
const DEFERRED: ReadonlySet<Op> = new Set<Op>(['match', 'cidr']);
const REF_LIMIT = 1 << 21;
const SET_LIMIT = 1 << 17;

/** What a literal's occurrence says of a test. */
const CANDIDATE = 0;
const HOLDS = 1;
const HOLDS_AT_END = 2;
const HOLDS_AT_START = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));
const HASH_SEED = -2128831035;

/**
 * Decides all units of one field for one value at a time, and remembers the answer for each value ref as the number
 * of a set of units. A value costs one pass of the automaton over its bytes, then a direct comparison for each
 * candidate; a value seen before costs a look-up.
 */
export class FieldMatcher {
  readonly units: readonly CompiledUnit[];
  /** Units that hold where the field is absent. */
  readonly absentSet: number;
  /** Grows when the set numbers handed out before have become void. */
  epoch = 0;

  #sets: Int32Array[] = [new Int32Array(0)];
  /** Numbers of sets by the sum of their units. */
  #setIds = new Map<number, number[]>();
  #refs = new RefMap();
  #dictionary: Dictionary | undefined;

  readonly #testUnit: number[] = [];
  readonly #tests: ValueTest[] = [];
  readonly #always: number[] = [];
  readonly #direct: number[] = [];
  /** Tests of eq by the hash of the folded value. */
  readonly #equal = new Map<number, number[]>();
  /** Lengths in bytes that a folded value of eq has. */
  readonly #equalLengths = new Set<number>();
  /** UTF-16 units that a value has at the least of which any unit may hold. A text has no more of them than bytes. */
  #fewestUnits = Infinity;
  /** Whether any unit may hold for a number as refs carry it (decimal, or `0x` and hex digits). */
  #asksNumbers = false;
  #automaton: LiteralAutomaton | undefined;
  /** By literal: tests that its occurrence anywhere, at the end, or at the start speaks for (entries: test * 4 + what). */
  #anywhere: Int32Array[] = [];
  #atEnd: Int32Array[] = [];
  #atStart: Int32Array[] = [];
  #literalLength = new Int32Array(0);
  #literalSeen = new Int32Array(0);

  /** By unit: 1 where its sets say only that it may hold (see `isDeferred`). */
  readonly #deferred: Uint8Array;
  /** What was found of deferred units, by ref: 0 or 1. */
  readonly #verified = new Map<number, RefMap>();

  #serial = 0;
  readonly #unitSeen: Int32Array;
  readonly #testSeen: Int32Array;
  #held: number[] = [];

  constructor(units: readonly CompiledUnit[]) {
    this.units = units;
    const absent: number[] = [];
    const literals = new Map<string, number[]>();
    this.#deferred = Uint8Array.from(units, ({ unit }) => (DEFERRED.has(unit.predicate.op) ? 1 : 0));
    units.forEach(({ unit, tests }, index) => {
      const { predicate } = unit;
      if (predicate.op === 'is_null') absent.push(index);
      else if (predicate.op === 'is_not_null') this.#always.push(index);
      else tests.forEach((test, value) => this.#addTest(index, unit, test, value, literals));
    });
    this.#buildAutomaton(literals);
    if (this.#always.length > 0 || this.#direct.length > 0) {
      this.#fewestUnits = 0;
      this.#asksNumbers = true;
    }
    this.#unitSeen = new Int32Array(units.length);
    this.#testSeen = new Int32Array(this.#tests.length);
    this.absentSet = this.#internAbsent(absent);
  }

  /** The units of a set, ascending. */
  set(id: number): Int32Array {
    return this.#sets[id] as Int32Array;
  }

  /**
   * Whether a unit costs so much (a regex, a list of networks) that it is decided only when a rule comes to it. Its
   * sets say that it may hold; `verify` says whether it does.
   */
  isDeferred(unit: number): boolean {
    return this.#deferred[unit] === 1;
  }

  /** Whether a deferred unit holds for a value; remembered for each value. */
  verify(dictionary: Dictionary, ref: ValueRef, unit: number): boolean {
    this.#expect(dictionary);
    let known = this.#verified.get(unit);
    if (!known || known.size >= REF_LIMIT) this.#verified.set(unit, (known = new RefMap()));
    let found = known.get(ref);
    if (found === UNKNOWN) {
      found = this.verifyText(isInline(ref) ? inlineText(ref) : dictionary.text(ref), unit) ? 1 : 0;
      known.add(ref, found);
    }
    return found === 1;
  }

  /** As `verify`, for a text that has no ref. */
  verifyText(text: string, unit: number): boolean {
    const subject = new Subject(text);
    return (this.units[unit] as CompiledUnit).tests.some((test) => test.test(subject));
  }

  /** The units that hold for a text, deferred ones decided. */
  unitsOfText(text: string): Set<number> {
    const held = [...this.set(this.setOfText(text))];
    return new Set(held.filter((unit) => !this.isDeferred(unit) || this.verifyText(text, unit)));
  }

  #expect(dictionary: Dictionary): void {
    if (dictionary === this.#dictionary) return;
    this.#refs = new RefMap();
    this.#verified.clear();
    this.#dictionary = dictionary;
  }

  /** The set of units that hold, or may hold where deferred, for a value; `ref` must not be ABSENT. */
  setOf(dictionary: Dictionary, ref: ValueRef): number {
    if (isInline(ref)) {
      if (!this.#asksNumbers) return EMPTY_SET;
    } else if (dictionary.end(ref) - dictionary.start(ref) < this.#fewestUnits) return EMPTY_SET;
    this.#expect(dictionary);
    const known = this.#refs.get(ref);
    if (known !== UNKNOWN) return known;
    if (this.#refs.size >= REF_LIMIT) this.#refs = new RefMap();
    let set: number;
    if (isInline(ref)) {
      set = this.setOfText(inlineText(ref));
    } else {
      set = this.#evaluate(dictionary.bytes, dictionary.start(ref), dictionary.end(ref));
    }
    this.#refs.add(ref, set);
    return set;
  }

  /** As `setOf`, for a text that has no ref. Not remembered. */
  setOfText(text: string): number {
    const bytes = encoder.encode(text);
    return this.#evaluate(bytes, 0, bytes.length);
  }

  /** Forgets set numbers where they have become too many; call only between runs. */
  trim(): void {
    if (this.#sets.length < SET_LIMIT) return;
    const absent = this.set(this.absentSet);
    this.#sets = [new Int32Array(0)];
    this.#setIds = new Map();
    this.#refs = new RefMap();
    this.epoch++;
    this.#internAbsent([...absent]);
  }

  #addTest(index: number, unit: Unit, test: ValueTest, value: number, literals: Map<string, number[]>): void {
    const number = this.#tests.length;
    this.#tests.push(test);
    this.#testUnit.push(index);
    const { predicate } = unit;
    const wanted = predicate.values[value];
    if (!wanted) return;
    const isPlain = !predicate.encodings && !predicate.windash && !predicate.timePart;
    if (predicate.op === 'eq' && isPlain) {
      const folded = foldText(wanted.text);
      this.#needs(folded);
      const bytes = encoder.encode(folded);
      const hash = bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 16777619), HASH_SEED);
      const same = this.#equal.get(hash);
      if (same) same.push(number);
      else this.#equal.set(hash, [number]);
      this.#equalLengths.add(bytes.length);
      return;
    }
    const needed = literalsOf(predicate, wanted);
    const isDeferred = this.isDeferred(index);
    const decides = literalsDecide(predicate, wanted);
    if (!needed) {
      if (isDeferred) this.#always.push(index);
      else this.#direct.push(number);
      return;
    }
    for (const literal of needed) {
      this.#needs(literal);
      const bytes = encoder.encode(literal);
      const cut = bytes.length > LITERAL_BYTES ? bytes.subarray(bytes.length - LITERAL_BYTES) : bytes;
      let says = CANDIDATE;
      if (isDeferred) says = HOLDS;
      else if (decides && cut === bytes) {
        says = predicate.op === 'contains' ? HOLDS : predicate.op === 'ends_with' ? HOLDS_AT_END : HOLDS_AT_START;
      }
      const key = String.fromCharCode(...cut);
      const list = literals.get(key);
      if (list) list.push(number * 4 + says);
      else literals.set(key, [number * 4 + says]);
    }
  }

  /** Notes a folded text without which, or one like it, no unit holds. */
  #needs(text: string): void {
    this.#fewestUnits = Math.min(this.#fewestUnits, text.length);
    if (/^[0-9a-fx]+$/.test(text)) this.#asksNumbers = true;
  }

  #buildAutomaton(literals: ReadonlyMap<string, readonly number[]>): void {
    if (literals.size === 0) return;
    const keys = [...literals.keys()];
    this.#automaton = buildAutomaton(keys.map((key) => Uint8Array.from(key, (unit) => unit.charCodeAt(0))));
    const withPlace = (key: string, isWanted: (says: number) => boolean): Int32Array =>
      Int32Array.from((literals.get(key) ?? []).filter((entry) => isWanted(entry & 3)));
    this.#anywhere = keys.map((key) => withPlace(key, (says) => says === CANDIDATE || says === HOLDS));
    this.#atEnd = keys.map((key) => withPlace(key, (says) => says === HOLDS_AT_END));
    this.#atStart = keys.map((key) => withPlace(key, (says) => says === HOLDS_AT_START));
    this.#literalLength = Int32Array.from(keys, (key) => key.length);
    this.#literalSeen = new Int32Array(keys.length);
  }

  #evaluate(bytes: Uint8Array, start: number, end: number): number {
    const serial = ++this.#serial;
    const held = this.#held;
    held.length = 0;
    let subject: Subject | undefined;
    const subjectOf = (): Subject => (subject ??= new Subject(decoder.decode(bytes.subarray(start, end))));

    let folded = bytes;
    let from = start;
    let to = end;
    for (let i = start; i < end; i++) {
      if ((bytes[i] as number) < 128) continue;
      folded = encoder.encode(subjectOf().folded);
      from = 0;
      to = folded.length;
      break;
    }
    for (const unit of this.#always) this.#hold(unit, serial);
    if (this.#automaton) this.#scan(this.#automaton, folded, from, to, serial, subjectOf);
    if (this.#equalLengths.has(to - from)) {
      let hash = HASH_SEED;
      for (let i = from; i < to; i++) hash = Math.imul(hash ^ (LOWER[folded[i] as number] as number), 16777619);
      const same = this.#equal.get(hash);
      if (same) for (const test of same) this.#verify(test, serial, subjectOf);
    }
    for (const test of this.#direct) this.#verify(test, serial, subjectOf);
    if (held.length === 0) return EMPTY_SET;
    return this.#intern(held, serial);
  }

  #scan(
    automaton: LiteralAutomaton,
    bytes: Uint8Array,
    from: number,
    to: number,
    serial: number,
    subjectOf: () => Subject,
  ): void {
    const { classOf, classes, next, firstOutput, outputLiteral, outputNext } = automaton;
    let state = 0;
    for (let i = from; i < to; i++) {
      state = next[Math.imul(state, classes) + (classOf[bytes[i] as number] as number)] as number;
      let output = firstOutput[state] as number;
      while (output >= 0) {
        const literal = outputLiteral[output] as number;
        if (this.#literalSeen[literal] !== serial) {
          this.#literalSeen[literal] = serial;
          this.#occurs(this.#anywhere[literal] as Int32Array, serial, subjectOf);
        }
        if (i + 1 === to) this.#occurs(this.#atEnd[literal] as Int32Array, serial, subjectOf);
        if (i + 1 - (this.#literalLength[literal] as number) === from) {
          this.#occurs(this.#atStart[literal] as Int32Array, serial, subjectOf);
        }
        output = outputNext[output] as number;
      }
    }
  }

  /** A literal stands where these tests want it. */
  #occurs(tests: Int32Array, serial: number, subjectOf: () => Subject): void {
    for (let i = 0; i < tests.length; i++) {
      const entry = tests[i] as number;
      const test = entry >> 2;
      if (this.#testSeen[test] === serial) continue;
      if ((entry & 3) === CANDIDATE) this.#verify(test, serial, subjectOf);
      else {
        this.#testSeen[test] = serial;
        this.#hold(this.#testUnit[test] as number, serial);
      }
    }
  }

  #verify(test: number, serial: number, subjectOf: () => Subject): void {
    this.#testSeen[test] = serial;
    const unit = this.#testUnit[test] as number;
    if (this.#unitSeen[unit] === serial) return;
    if ((this.#tests[test] as ValueTest).test(subjectOf())) this.#hold(unit, serial);
  }

  #hold(unit: number, serial: number): void {
    if (this.#unitSeen[unit] === serial) return;
    this.#unitSeen[unit] = serial;
    this.#held.push(unit);
  }

  /**
   * The number of the set of the held units, all of which have been seen with `serial`. Found by a sum that doesn't
   * depend on their order, so that nothing need be sorted or written out for a set that is known.
   */
  #intern(units: readonly number[], serial: number): number {
    if (units.length === 0) return EMPTY_SET;
    let sum = units.length;
    for (const unit of units) sum = (sum + Math.imul(unit + 1, -1640531527)) | 0;
    const same = this.#setIds.get(sum);
    for (const id of same ?? []) {
      const set = this.#sets[id] as Int32Array;
      if (set.length === units.length && set.every((unit) => this.#unitSeen[unit] === serial)) return id;
    }
    const id = this.#sets.length;
    this.#sets.push(Int32Array.from(units).sort());
    if (same) same.push(id);
    else this.#setIds.set(sum, [id]);
    return id;
  }

  /** Makes the set of the absent field, always as the first, so that it keeps its number. */
  #internAbsent(units: readonly number[]): number {
    const serial = ++this.#serial;
    for (const unit of units) this.#unitSeen[unit] = serial;
    return this.#intern(units, serial);
  }
}
