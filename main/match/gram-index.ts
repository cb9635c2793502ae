import { LOWER, NONE, placeOf, type LiteralSet } from './literal-set.ts';

/** Bytes of a gram: each literal is looked for by one run of so many of its bytes; a shorter one by all it has. */
const GRAM = 4;

/** Literals whose grams have the same length. */
interface Grams {
  /** Of a gram's bytes as one number, those that count. */
  readonly mask: number;
  readonly shift: number;
  /** By place of a gram: the first literal that is looked for by it, or NONE. */
  readonly first: Int32Array;
}

/**
 * Finds literals anywhere in a text: at each byte the run of the last four is looked up, and the literals that are known
 * by it are compared. Each literal is known by that of its runs which fewest others are known by.
 *
 * Example: of `.exe -enc` and `.exe -nop`, the second is known by `exe ` where the first is by `.exe`.
 */
export class GramIndex {
  readonly #byLength: Grams[] = [];
  /** By literal: the next one of its place, and where the gram ends in it. */
  readonly #next: Int32Array;
  readonly #gramEnd: Int32Array;
  /** By literal: the number of the last text that it was found in. */
  readonly #seen: Int32Array;
  #text = 0;

  constructor(private readonly literals: LiteralSet) {
    const { count, starts } = literals;
    this.#next = new Int32Array(count);
    this.#gramEnd = new Int32Array(count);
    this.#seen = new Int32Array(count);
    for (let length = 1; length <= GRAM; length++) {
      const own: number[] = [];
      for (let literal = 0; literal < count; literal++) {
        const size = (starts.data[literal + 1] as number) - (starts.data[literal] as number);
        if (Math.min(size, GRAM) === length) own.push(literal);
      }
      if (own.length > 0) this.#byLength.push(this.#index(own, length));
    }
  }

  /**
   * Calls back for each literal that stands in bytes [from, to), once.
   * @param bytes UTF-8, folded but for the case of ASCII.
   */
  find(bytes: Uint8Array, from: number, to: number, take: (literal: number) => void): void {
    this.#text = (this.#text + 1) | 0;
    for (const { mask, shift, first } of this.#byLength) {
      let gram = 0;
      for (let i = from; i < to; i++) {
        gram = ((gram << 8) | (LOWER[bytes[i] as number] as number)) & mask;
        const literal = first[placeOf(gram, shift)] as number;
        if (literal !== NONE) this.#compare(literal, bytes, from, i + 1, to, take);
      }
    }
  }

  /** Compares the literals of one place, whose gram may end at a byte. */
  #compare(
    first: number,
    bytes: Uint8Array,
    from: number,
    gramEnd: number,
    to: number,
    take: (literal: number) => void,
  ): void {
    for (let literal = first; literal !== NONE; literal = this.#next[literal] as number) {
      const start = gramEnd - (this.#gramEnd[literal] as number);
      if (start < from || this.#seen[literal] === this.#text || !this.#isAt(literal, bytes, start, to)) continue;
      this.#seen[literal] = this.#text;
      take(literal);
    }
  }

  #isAt(literal: number, bytes: Uint8Array, at: number, to: number): boolean {
    const { bytes: wanted, starts } = this.literals;
    const start = starts.data[literal] as number;
    const length = (starts.data[literal + 1] as number) - start;
    if (at + length > to) return false;
    for (let i = 0; i < length; i++) if (wanted[start + i] !== LOWER[bytes[at + i] as number]) return false;
    return true;
  }

  #index(own: readonly number[], length: number): Grams {
    const shift = Math.max(16, Math.clz32(own.length) - 2);
    const mask = length === 4 ? -1 : 2 ** (8 * length) - 1;
    const first = new Int32Array(2 ** (32 - shift)).fill(NONE);
    const load = new Int32Array(first.length);
    const { bytes, starts } = this.literals;
    for (const literal of own) {
      const start = starts.data[literal] as number;
      const end = starts.data[literal + 1] as number;
      let gram = 0;
      let best = NONE;
      for (let i = start; i < end; i++) {
        gram = ((gram << 8) | (bytes[i] as number)) & mask;
        if (i + 1 < start + length) continue;
        const place = placeOf(gram, shift);
        if (best !== NONE && (load[place] as number) >= (load[best] as number)) continue;
        best = place;
        this.#gramEnd[literal] = i + 1 - start;
      }
      (load[best] as number)++;
      this.#next[literal] = first[best] as number;
      first[best] = literal;
    }
    return { mask, shift, first };
  }
}
