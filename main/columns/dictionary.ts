import { inlineRefOfBytes, inlineText, isInline, ABSENT, type ValueRef } from './value-ref.ts';

const EMPTY = -1;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Distinct texts, numbered from 0 in order of first sight. Texts are UTF-8 in one byte arena, found by an
 * open-addressing hash table of typed arrays: no string object is made for a value until somebody reads it, and
 * a million values cost about their bytes plus 16 each. A lone surrogate has no UTF-8 form and becomes U+FFFD.
 *
 * One dictionary belongs to one thread. Arena at most 2 GiB; callers watch `byteLength`.
 */
export class Dictionary {
  #bytes = new Uint8Array(1 << 16);
  #ends = new Uint32Array(1 << 10);
  #hashes = new Int32Array(1 << 10);
  #slots = new Int32Array(1 << 12).fill(EMPTY);
  #count = 0;
  #used = 0;

  /** How many texts there are. */
  get size(): number {
    return this.#count;
  }

  /** Bytes of all texts together. */
  get byteLength(): number {
    return this.#used;
  }

  /** The arena; valid until the next call that adds. Text `id` lies at [start(id), end(id)). */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  start(id: number): number {
    return id === 0 ? 0 : (this.#ends[id - 1] as number);
  }

  end(id: number): number {
    return this.#ends[id] as number;
  }

  /** The id of the text whose UTF-8 is bytes[start, end), added if new. Does not look for inline numbers. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.internHashed(bytes, start, end, hashBytes(bytes, start, end));
  }

  /** As `internBytes`, where the caller made the hash while it copied the bytes; it must be that of `hashBytes`. */
  internHashed(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const found = this.#find(bytes, start, end, hash);
    if (found >= 0) return this.#slots[found] as number;
    return this.#add(bytes, start, end, hash, ~found);
  }

  /** The ref of a text: inline where it is a canonical number, else its id, added if new. */
  refOfText(text: string): ValueRef {
    const bytes = encoder.encode(text);
    const inline = inlineRefOfBytes(bytes, 0, bytes.length);
    return inline === ABSENT ? this.internBytes(bytes, 0, bytes.length) : inline;
  }

  /** The id of a text that is already there, else undefined. Adds nothing. */
  idOfText(text: string): number | undefined {
    const bytes = encoder.encode(text);
    const found = this.#find(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length));
    return found >= 0 ? this.#slots[found] : undefined;
  }

  /** The text of an id. Makes a new string at each call. */
  text(id: number): string {
    return decoder.decode(this.#bytes.subarray(this.start(id), this.end(id)));
  }

  /** The text of any ref, undefined where absent. */
  refText(ref: ValueRef): string | undefined {
    if (ref === ABSENT) return undefined;
    return isInline(ref) ? inlineText(ref) : this.text(ref);
  }

  /**
   * The texts from id `first` on: their bytes back to back, and for each its end within them and its hash. Views,
   * valid until the next call that adds.
   */
  since(first: number): { count: number; bytes: Uint8Array; ends: Int32Array; hashes: Int32Array } {
    const base = this.start(first);
    const ends = new Int32Array(this.#ends.subarray(first, this.#count));
    for (let i = 0; i < ends.length; i++) ends[i] = (ends[i] as number) - base;
    return {
      count: ends.length,
      bytes: this.#bytes.subarray(base, this.#used),
      ends,
      hashes: this.#hashes.subarray(first, this.#count),
    };
  }

  /** Slot of the text, or the complement (~slot) of the free slot where it belongs. */
  #find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    const length = end - start;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === EMPTY) return ~slot;
      if (this.#hashes[id] === hash) {
        const at = this.start(id);
        if (this.end(id) - at === length) {
          let i = 0;
          while (i < length && this.#bytes[at + i] === bytes[start + i]) i++;
          if (i === length) return slot;
        }
      }
      slot = (slot + 1) & mask;
    }
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.#count;
    const length = end - start;
    if (this.#used + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + length));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    if (length < 64) for (let i = 0; i < length; i++) this.#bytes[this.#used + i] = bytes[start + i] as number;
    else this.#bytes.set(bytes.subarray(start, end), this.#used);
    this.#used += length;
    if (id === this.#ends.length) {
      const ends = new Uint32Array(id * 2);
      ends.set(this.#ends);
      this.#ends = ends;
      const hashes = new Int32Array(id * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.#ends[id] = this.#used;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = (this.#hashes[id] as number) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

export const HASH_START = -2128831035;

/** Takes four bytes, the first lowest, into a hash. The shift lets every byte reach all bits in time. */
export function hashWord(hash: number, word: number): number {
  hash = Math.imul(hash ^ word, 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Ends a hash: spreads its upper bits over the lower ones that pick a slot. */
export function finishHash(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** The hash that the dictionary finds texts by: four bytes a step, then the rest one by one. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const low = (bytes[i] as number) | ((bytes[i + 1] as number) << 8);
    hash = hashWord(hash, low | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24));
  }
  for (; i < end; i++) hash = hashWord(hash, bytes[i] as number);
  return finishHash(hash);
}
