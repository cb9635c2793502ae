import { CHUNK_HEADER_SIZE, CHUNK_SIZE, SMALLEST_RECORD, type Chunk } from './chunk.ts';

/**
 * A set of (record id, time written): what makes a record itself, wherever copies of it lie. Eight bytes each in
 * one table, since a log may hold tens of millions.
 */
export class RecordKeys {
  #table = new Float64Array(1 << 6).fill(-1);
  #count = 0;

  /** Adds the record at an offset of a chunk; false where its like was there already. */
  add(chunk: Chunk, at: number): boolean {
    const key = keyOf(chunk, at);
    const slot = this.#slot(this.#table, key);
    if (this.#table[slot] === key) return false;
    this.#table[slot] = key;
    if (++this.#count * 2 > this.#table.length) this.#grow();
    return true;
  }

  has(chunk: Chunk, at: number): boolean {
    const key = keyOf(chunk, at);
    return this.#table[this.#slot(this.#table, key)] === key;
  }

  #slot(table: Float64Array, key: number): number {
    const mask = table.length - 1;
    let slot = (key % 4294967291) & mask;
    while (table[slot] !== -1 && table[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const table = new Float64Array(this.#table.length * 2).fill(-1);
    for (const key of this.#table) if (key !== -1) table[this.#slot(table, key)] = key;
    this.#table = table;
  }
}

/** 53 bits mixed from the record's id and its FILETIME. */
function keyOf({ view }: Chunk, at: number): number {
  let low = Math.imul(view.getUint32(at + 8, true), 0x9e3779b1) ^ view.getUint32(at + 16, true);
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  let high = Math.imul(view.getUint32(at + 12, true) ^ view.getUint32(at + 8, true), 0x85ebca6b);
  high = Math.imul(high ^ view.getUint32(at + 20, true) ^ (high >>> 13), 0xc2b2ae35) ^ view.getUint32(at + 16, true);
  return (high & 0x1fffff) * 4294967296 + (low >>> 0);
}

/**
 * The first place at or after `from` where a whole record may lie, in slack space or in a piece without a chunk
 * header: signature, a size that fits, and the same size at its end. -1 where there is none.
 */
export function nextFramed(chunk: Chunk, from: number): number {
  let at = chunk.nextSignature(Math.max(from, CHUNK_HEADER_SIZE), CHUNK_SIZE);
  while (at >= 0) {
    const size = chunk.view.getUint32(at + 4, true);
    const isFramed =
      size >= SMALLEST_RECORD && at + size <= CHUNK_SIZE && chunk.view.getUint32(at + size - 4, true) === size;
    if (isFramed) return at;
    at = chunk.nextSignature(at + 4, CHUNK_SIZE);
  }
  return -1;
}
