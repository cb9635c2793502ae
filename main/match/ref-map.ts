import { ABSENT, type ValueRef } from '../columns/value-ref.ts';

/** No entry. */
export const UNKNOWN = -1;

/**
 * Map from value ref to a small non-negative number: open addressing in typed arrays, 8 bytes a slot, at most half
 * full. ABSENT must not be a key.
 */
export class RefMap {
  #keys = new Int32Array(1 << 8).fill(ABSENT);
  #values = new Int32Array(1 << 8);
  #shift = 24;
  size = 0;

  get(ref: ValueRef): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let slot = Math.imul(ref, -1640531527) >>> this.#shift;
    for (;;) {
      const key = keys[slot] as number;
      if (key === ref) return this.#values[slot] as number;
      if (key === ABSENT) return UNKNOWN;
      slot = (slot + 1) & mask;
    }
  }

  set(ref: ValueRef, value: number): void {
    if ((this.size + 1) * 2 > this.#keys.length) this.#grow();
    if (this.#put(ref, value)) this.size++;
  }

  /** Gives whether the ref is new. */
  #put(ref: ValueRef, value: number): boolean {
    const mask = this.#keys.length - 1;
    let slot = Math.imul(ref, -1640531527) >>> this.#shift;
    while (this.#keys[slot] !== ABSENT && this.#keys[slot] !== ref) slot = (slot + 1) & mask;
    const isNew = this.#keys[slot] === ABSENT;
    this.#keys[slot] = ref;
    this.#values[slot] = value;
    return isNew;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Int32Array(keys.length * 2).fill(ABSENT);
    this.#values = new Int32Array(keys.length * 2);
    this.#shift--;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] !== ABSENT) this.#put(keys[i] as number, values[i] as number);
    }
  }
}
