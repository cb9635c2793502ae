import { GrowingInts } from '../../../columns/growing.ts';
import { decimalRef, INLINE_LIMIT } from '../../../columns/value-ref.ts';

/** Decimal numbers below this are found by their value; ports, process ids and record numbers mostly are. */
const DIRECT_LIMIT = 1 << 22;
const LEAST_DIRECT = decimalRef(DIRECT_LIMIT - 1);
const ZERO = decimalRef(0);

/** Numbers the distinct codes of a field (see `FieldCodes`) from 0, in order of first sight. */
export class CodeNumbers {
  /** Number plus one by dictionary id, and by decimal number; 0 where there is none yet. */
  #byId: Int32Array<ArrayBuffer>;
  #byDecimal = new Int32Array(1024);
  readonly #others = new Map<number, number>();
  readonly #codes = new GrowingInts(1024);
  size = 0;

  /** @param texts how many the dictionary has. */
  constructor(texts: number) {
    this.#byId = new Int32Array(texts);
  }

  /** Of number i, the code, in [0, size). Valid until the next call of `number`. */
  get codes(): Int32Array {
    return this.#codes.data;
  }

  /** The number of a code. */
  number(code: number): number {
    if (code >= 0) {
      if (code >= this.#byId.length) this.#byId = lengthened(this.#byId, code + 1);
      const known = this.#byId[code] as number;
      return known > 0 ? known - 1 : (this.#byId[code] = this.#add(code)) - 1;
    }
    if (code <= ZERO && code >= LEAST_DIRECT) {
      const value = ZERO - code;
      if (value >= this.#byDecimal.length) this.#byDecimal = lengthened(this.#byDecimal, value + 1);
      const known = this.#byDecimal[value] as number;
      return known > 0 ? known - 1 : (this.#byDecimal[value] = this.#add(code)) - 1;
    }
    let number = this.#others.get(code);
    if (number === undefined) {
      number = this.#add(code) - 1;
      this.#others.set(code, number);
    }
    return number;
  }

  /** Gives the number plus one. */
  #add(code: number): number {
    this.#codes.reserve(this.size + 1);
    this.#codes.data[this.size] = code;
    return ++this.size;
  }
}

function lengthened(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(Math.max(length, Math.min(old.length * 2, INLINE_LIMIT)));
  grown.set(old);
  return grown;
}
