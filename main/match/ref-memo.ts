import type { ValueRef } from '../columns/value-ref.ts';
import { RefMap, UNKNOWN } from './ref-map.ts';

const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;

/**
 * Small non-negative numbers by value ref, for many refs: those of the dictionary in pages of arrays (ids that come
 * one after the other lie side by side), those that carry a number in a map. ABSENT must not be a key.
 */
export class RefMemo {
  /** By page of ids; a cell holds the number + 1, or 0 where there is none. */
  readonly #pages: (Int32Array | undefined)[] = [];
  readonly #numbers = new RefMap();
  #size = 0;

  /** Cells that it holds, used or not. */
  get size(): number {
    return this.#size + this.#numbers.size;
  }

  get(ref: ValueRef): number {
    if (ref < 0) return this.#numbers.get(ref);
    const page = this.#pages[ref >> PAGE_BITS];
    return page === undefined ? UNKNOWN : (page[ref & (PAGE - 1)] as number) - 1;
  }

  set(ref: ValueRef, value: number): void {
    if (ref < 0) {
      this.#numbers.set(ref, value);
      return;
    }
    const number = ref >> PAGE_BITS;
    // Filled up, so that the array has no holes that it would be slow with.
    while (this.#pages.length <= number) this.#pages.push(undefined);
    let page = this.#pages[number];
    if (!page) {
      this.#pages[number] = page = new Int32Array(PAGE);
      this.#size += PAGE;
    }
    page[ref & (PAGE - 1)] = value + 1;
  }
}
