import type { Dictionary } from '../../../columns/dictionary.ts';
import type { Pace } from '../../pace.ts';
import { numberOfCode, type FieldCodes } from '../fields.ts';
import { sortByKeyPaced } from '../time-order.ts';
import { GrowingBytes } from '../../../columns/growing.ts';
import { compareKeys, FOLDED_BYTES, keyOf, mayBeNumber, type TextKey } from './text-keys.ts';

/** Groups of so few are sorted by comparing. */
const FEW = 12;
/** Texts between two looks at the clock. */
const SLICE = 4096;

/**
 * The ranks of distinct codes by their texts, in the order of `compareTexts` (beyond ASCII by code point).
 * @param codes no code twice. @param count how many of them.
 * @returns of code i its rank; undefined where it was cancelled.
 */
export async function textRanks(
  codes: Int32Array,
  count: number,
  field: FieldCodes,
  dictionary: Dictionary,
  pace: Pace,
): Promise<Int32Array | undefined> {
  const sorter = new TextSorter(codes, count, field, dictionary, pace);
  return sorter.ranks();
}

/**
 * Sorts texts where they lie: no string is made of a text that is ASCII and no number. Numbers by value; texts by
 * their folded bytes, four at a time (a multikey quicksort: Bentley, Sedgewick, "Fast Algorithms for Sorting and
 * Searching Strings", 1997), so that what they begin with alike is read once.
 */
class TextSorter {
  readonly #arena: Uint8Array;
  /** Folded UTF-8 of texts that are not ASCII, or not in the dictionary. */
  readonly #side = new GrowingBytes();
  /** Where text i begins and ends in the arena; begins at ~offset where it is in `side`. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** Codes by position, texts in [0, #texts). */
  readonly #order: Int32Array;
  /** Of each place of `order`, four bytes of its text at the depth in hand. */
  #words = new Uint32Array(0);

  constructor(
    private readonly codes: Int32Array,
    private readonly count: number,
    private readonly field: FieldCodes,
    private readonly dictionary: Dictionary,
    private readonly pace: Pace,
  ) {
    this.#arena = dictionary.bytes;
    this.#starts = new Int32Array(count);
    this.#ends = new Int32Array(count);
    this.#order = new Int32Array(count);
  }

  async ranks(): Promise<Int32Array | undefined> {
    const numbers = await this.#apart();
    if (!numbers) return undefined;
    const { ids, keys, texts } = numbers;
    const sortedNumbers = await sortByKeyPaced(ids, keys, this.pace);
    if (!sortedNumbers) return undefined;
    this.#settleEqual(sortedNumbers, keys);
    if (!(await this.#sortTexts(texts))) return undefined;
    const ranks = new Int32Array(this.count);
    sortedNumbers.forEach((i, rank) => (ranks[i] = rank));
    for (let at = 0; at < texts; at++) ranks[this.#order[at] as number] = ids.length + at;
    return ranks;
  }

  /** Finds numbers and texts: texts go to the begin of `order`. */
  async #apart(): Promise<{ ids: Int32Array<ArrayBuffer>; keys: Float64Array; texts: number } | undefined> {
    const ids = new Int32Array(this.count);
    const keys = new Float64Array(this.count);
    let numbers = 0;
    let texts = 0;
    for (let i = 0; i < this.count; i++) {
      const number = this.#numberOf(i);
      if (Number.isNaN(number)) this.#order[texts++] = i;
      else {
        keys[i] = number;
        ids[numbers++] = i;
      }
      if (i % SLICE === 0 && this.pace.isDue && !(await this.pace.rest())) return undefined;
    }
    return { ids: ids.slice(0, numbers), keys, texts };
  }

  /** The number that code i's text is, else NaN: then it has been noted where its bytes are. */
  #numberOf(i: number): number {
    const code = this.codes[i] as number;
    if (code >= 0) {
      const start = this.dictionary.start(code);
      const end = this.dictionary.end(code);
      if (!mayBeNumber(this.#arena, start, end) && isAscii(this.#arena, start, end)) {
        this.#starts[i] = start;
        this.#ends[i] = end;
        return Number.NaN;
      }
    } else {
      const inline = numberOfCode(code);
      if (inline !== undefined) return inline;
    }
    const { folded, number } = keyOf(this.field.text(code));
    if (Number.isNaN(number)) {
      this.#starts[i] = ~this.#side.length;
      this.#side.append(Buffer.from(folded));
      this.#ends[i] = this.#side.length;
    }
    return number;
  }

  /** Numbers that are written in several ways. */
  #settleEqual(ids: Int32Array, keys: Float64Array): void {
    for (let from = 0; from < ids.length;) {
      let to = from + 1;
      while (to < ids.length && keys[ids[to] as number] === keys[ids[from] as number]) to++;
      if (to - from > 1) this.#compareAll(ids, from, to);
      from = to;
    }
  }

  /** Sorts ids[from, to) by comparing whole texts. */
  #compareAll(ids: Int32Array, from: number, to: number): void {
    const texts = Array.from(ids.subarray(from, to), (i) => ({ i, key: this.#keyOf(i) }));
    texts.sort((a, b) => compareKeys(a.key, b.key));
    texts.forEach(({ i }, at) => (ids[from + at] = i));
  }

  /** Sorts [0, texts) of `order`. */
  async #sortTexts(texts: number): Promise<boolean> {
    this.#words = new Uint32Array(texts);
    // Groups to be sorted: from, to, depth. Their texts agree in the bytes before the depth.
    const groups: number[] = [0, texts, 0];
    let sorted = 0;
    while (groups.length > 0) {
      const depth = groups.pop() as number;
      const to = groups.pop() as number;
      const from = groups.pop() as number;
      if (to - from < 2) continue;
      if (to - from <= FEW) this.#insert(from, to, depth);
      else this.#split(from, to, depth, groups);
      sorted += to - from;
      if (sorted < SLICE) continue;
      sorted = 0;
      if (this.pace.isDue && !(await this.pace.rest())) return false;
    }
    return true;
  }

  /** Sorts a few places of `order` by insertion. */
  #insert(from: number, to: number, depth: number): void {
    const order = this.#order;
    for (let at = from + 1; at < to; at++) {
      const i = order[at] as number;
      let place = at;
      while (place > from && this.#compare(order[place - 1] as number, i, depth) > 0) {
        order[place] = order[place - 1] as number;
        place--;
      }
      order[place] = i;
    }
  }

  /** Compares two texts that agree in the bytes before a depth. */
  #compare(i: number, j: number, depth: number): number {
    const [a, b] = [this.#starts[i] as number, this.#starts[j] as number];
    const [left, right] = [a < 0 ? this.#side.data : this.#arena, b < 0 ? this.#side.data : this.#arena];
    let [x, y] = [(a < 0 ? ~a : a) + depth, (b < 0 ? ~b : b) + depth];
    const [xEnd, yEnd] = [this.#ends[i] as number, this.#ends[j] as number];
    for (; x < xEnd && y < yEnd; x++, y++) {
      const difference = (FOLDED_BYTES[left[x] as number] as number) - (FOLDED_BYTES[right[y] as number] as number);
      if (difference !== 0) return difference;
    }
    if (x < xEnd || y < yEnd) return x < xEnd ? 1 : -1;
    return compareKeys(this.#keyOf(i), this.#keyOf(j));
  }

  #keyOf(i: number): TextKey {
    return keyOf(this.field.text(this.codes[i] as number));
  }

  /** Reads the next bytes of a group's texts, and pushes the groups that agree in them. */
  #split(from: number, to: number, depth: number, groups: number[]): void {
    const words = this.#words;
    let isOver = true;
    for (let at = from; at < to; at++) {
      const i = this.#order[at] as number;
      words[at] = this.#word(i, depth);
      const start = this.#starts[i] as number;
      if ((start < 0 ? ~start : start) + depth < (this.#ends[i] as number)) isOver = false;
    }
    if (isOver) {
      // They are the same but for capitals.
      this.#compareAll(this.#order, from, to);
      return;
    }
    sortByWord(this.#order, words, from, to);
    for (let start = from; start < to;) {
      let end = start + 1;
      while (end < to && words[end] === words[start]) end++;
      if (end - start > 1) groups.push(start, end, depth + 4);
      start = end;
    }
  }

  /** Four folded bytes of a text as one number, the first highest; 0 behind its end. */
  #word(i: number, depth: number): number {
    const start = this.#starts[i] as number;
    const end = this.#ends[i] as number;
    const bytes = start < 0 ? this.#side.data : this.#arena;
    const at = (start < 0 ? ~start : start) + depth;
    let word = 0;
    for (let b = at; b < at + 4; b++) word = word * 256 + (b < end ? (FOLDED_BYTES[bytes[b] as number] as number) : 0);
    return word;
  }
}

/** Sorts order[from, to) and the words beside it by the words: quicksort, with equal words in the middle. */
function sortByWord(order: Int32Array, words: Uint32Array, from: number, to: number): void {
  const swap = (a: number, b: number): void => {
    const word = words[a] as number;
    words[a] = words[b] as number;
    words[b] = word;
    const i = order[a] as number;
    order[a] = order[b] as number;
    order[b] = i;
  };
  const parts: number[] = [from, to];
  while (parts.length > 0) {
    const end = parts.pop() as number;
    const begin = parts.pop() as number;
    if (end - begin < 2) continue;
    const pivot = middle(words[begin] as number, words[(begin + end) >>> 1] as number, words[end - 1] as number);
    let less = begin;
    let greater = end;
    for (let at = begin; at < greater;) {
      const word = words[at] as number;
      if (word < pivot) swap(less++, at++);
      else if (word > pivot) swap(--greater, at);
      else at++;
    }
    parts.push(begin, less, greater, end);
  }
}

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 128) return false;
  return true;
}
