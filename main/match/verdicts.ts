import type { ValueRef } from '../columns/value-ref.ts';
import { UNKNOWN } from './ref-map.ts';
import { RefMemo } from './ref-memo.ts';

/** What was found of units for values, one by one: for each value a chain of entries, since few are asked of one. */
export class Verdicts {
  /** Position of a value's newest entry. */
  readonly #newest = new RefMemo();
  /** By entry: unit * 2, and 1 more where it holds; and the entry before, or UNKNOWN. */
  #found = new Int32Array(64);
  #before = new Int32Array(64);
  #count = 0;

  /** How much it holds, in cells of four bytes, roughly. */
  get size(): number {
    return this.#newest.size + this.#count * 2;
  }

  /** 1 where the unit holds, 0 where it doesn't, UNKNOWN where that has not been asked. */
  get(ref: ValueRef, unit: number): number {
    for (let entry = this.#newest.get(ref); entry !== UNKNOWN; entry = this.#before[entry] as number) {
      const found = this.#found[entry] as number;
      if (found >> 1 === unit) return found & 1;
    }
    return UNKNOWN;
  }

  /** Adds what is not known yet. */
  add(ref: ValueRef, unit: number, holds: boolean): void {
    if (this.#count === this.#found.length) {
      this.#found = doubled(this.#found);
      this.#before = doubled(this.#before);
    }
    const entry = this.#count++;
    this.#found[entry] = unit * 2 + (holds ? 1 : 0);
    this.#before[entry] = this.#newest.get(ref);
    this.#newest.set(ref, entry);
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}
