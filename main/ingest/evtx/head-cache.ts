import { HEAD_PARTS } from './describe.ts';
import type { ShapeRows } from '../../columns/batch-builder.ts';

export interface KnownHead {
  readonly id: number;
  readonly shape: ShapeRows;
}

/** Heads by the refs of their parts: an open-addressing table, so that no key object is made for an event. */
export class HeadCache {
  #keys = new Int32Array(64 * HEAD_PARTS);
  #heads: KnownHead[] = [];
  #slots = new Int32Array(128).fill(-1);

  /** The head whose parts are refs[0, HEAD_PARTS); undefined where it is new: make it, and `add` it. */
  find(refs: Int32Array): KnownHead | undefined {
    const mask = this.#slots.length - 1;
    let slot = hashOf(refs, 0) & mask;
    for (;;) {
      const index = this.#slots[slot] as number;
      if (index < 0) return undefined;
      const key = index * HEAD_PARTS;
      let i = 0;
      while (i < HEAD_PARTS && this.#keys[key + i] === refs[i]) i++;
      if (i === HEAD_PARTS) return this.#heads[index];
      slot = (slot + 1) & mask;
    }
  }

  clear(): void {
    this.#heads = [];
    this.#slots = new Int32Array(128).fill(-1);
  }

  /** Adds a head that was not found. */
  add(refs: Int32Array, head: KnownHead): void {
    // A log with ever new heads costs a fresh start now and then, not memory.
    if (this.#heads.length >= 1 << 16) {
      this.clear();
      return;
    }
    const index = this.#heads.length;
    if ((index + 1) * HEAD_PARTS > this.#keys.length) {
      const keys = new Int32Array(this.#keys.length * 2);
      keys.set(this.#keys);
      this.#keys = keys;
    }
    this.#keys.set(refs.subarray(0, HEAD_PARTS), index * HEAD_PARTS);
    this.#heads.push(head);
    if (this.#heads.length * 2 > this.#slots.length) this.#rehash();
    else this.#place(index);
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1);
    for (let index = 0; index < this.#heads.length; index++) this.#place(index);
  }

  #place(index: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashOf(this.#keys, index * HEAD_PARTS) & mask;
    while (slots[slot] !== -1) slot = (slot + 1) & mask;
    slots[slot] = index;
  }
}

function hashOf(refs: Int32Array, from: number): number {
  let hash = 0;
  for (let i = from; i < from + HEAD_PARTS; i++) {
    hash = Math.imul(hash ^ (refs[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
