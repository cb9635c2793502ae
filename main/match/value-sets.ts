import { Dictionary } from '../columns/dictionary.ts';
import { inlineText, isInline, type ValueRef } from '../columns/value-ref.ts';
import { Subject } from '../../shared/matching/value-test.ts';
import { EMPTY_SET, type FieldMatcher } from './field-matcher.ts';
import { UNKNOWN } from './ref-map.ts';
import { RefMemo } from './ref-memo.ts';
import { Verdicts } from './verdicts.ts';

/** Cells of a memo past which it is made anew. */
const MEMO_LIMIT = 1 << 22;

/** What a matcher has found of one table's values, by ref: a value seen before costs a look-up. */
export class ValueSets {
  #dictionary = new Dictionary();
  #epoch: number;
  #memo = new RefMemo();
  /** What was found of units that are not sure. */
  #verdicts = new Verdicts();
  /** The value that was verified last, which other units are likely to be asked of too. */
  #verifiedRef: ValueRef | undefined;
  #verifiedSubject = new Subject('');

  constructor(readonly matcher: FieldMatcher) {
    this.#epoch = matcher.epoch;
  }

  /** Takes up the table's dictionary; forgets what is of another, and sets whose numbers have become void. */
  refresh(dictionary: Dictionary): void {
    this.matcher.trim();
    if (dictionary === this.#dictionary && this.#epoch === this.matcher.epoch) return;
    this.#memo = new RefMemo();
    this.#epoch = this.matcher.epoch;
    if (dictionary === this.#dictionary) return;
    this.#dictionary = dictionary;
    this.#verdicts = new Verdicts();
    this.#verifiedRef = undefined;
  }

  /** The set of a value of the dictionary in use; `ref` must not be ABSENT. */
  setOf(ref: ValueRef): number {
    if (ref < 0 && !this.matcher.asksNumbers) return EMPTY_SET;
    const known = this.#memo.get(ref);
    return known === UNKNOWN ? this.#learn(ref) : known;
  }

  /** Whether a unit holds for a value. */
  verify(ref: ValueRef, unit: number): boolean {
    const known = this.#verdicts.get(ref, unit);
    if (known !== UNKNOWN) return known === 1;
    if (this.#verdicts.size >= MEMO_LIMIT) this.#verdicts = new Verdicts();
    if (this.#verifiedRef !== ref) {
      this.#verifiedRef = ref;
      this.#verifiedSubject = new Subject(isInline(ref) ? inlineText(ref) : this.#dictionary.text(ref));
    }
    const holds = this.matcher.holds(unit, this.#verifiedSubject);
    this.#verdicts.add(ref, unit, holds);
    return holds;
  }

  #learn(ref: ValueRef): number {
    const { matcher } = this;
    const dictionary = this.#dictionary;
    if (this.#memo.size >= MEMO_LIMIT) this.#memo = new RefMemo();
    const set = isInline(ref)
      ? matcher.setOfText(inlineText(ref))
      : matcher.setOfBytes(dictionary.bytes, dictionary.start(ref), dictionary.end(ref));
    this.#memo.set(ref, set);
    return set;
  }
}

/** What has been found of one table's values, by matcher: it goes with the table, though matchers outlive it. */
export class TableValues {
  readonly #byMatcher = new WeakMap<FieldMatcher, ValueSets>();

  of(matcher: FieldMatcher): ValueSets {
    let sets = this.#byMatcher.get(matcher);
    if (!sets) this.#byMatcher.set(matcher, (sets = new ValueSets(matcher)));
    return sets;
  }
}
