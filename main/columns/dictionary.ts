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
  #view = new DataView(this.#bytes.buffer);
  #ends = new Uint32Array(1 << 10);
  #hashes = new Int32Array(1 << 10);
  /** Two cells a slot, the id and its text's hash: a look-up that finds nothing reads nothing else. */
  #slots = new Int32Array(1 << 13).fill(EMPTY);
  #count = 0;
  #used = 0;

  /** Forgets all texts; the room that they took is used again. */
  clear(): void {
    this.#slots.fill(EMPTY);
    this.#count = 0;
    this.#used = 0;
  }

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

  /** The arena as a view of it; valid as `bytes` is. */
  get view(): DataView {
    return this.#view;
  }

  /** The id of the text whose UTF-8 is bytes[start, end), added if new. Does not look for inline numbers. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    const at = this.reserve(end - start);
    copyBytes(bytes, start, this.#bytes, at, end - start);
    return this.internTail(end - start);
  }

  /** Makes room for a text of `length` bytes behind the others, for the caller to write there. Gives where. */
  reserve(length: number): number {
    if (this.#used + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + length));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return this.#used;
  }

  /**
   * The id of the text that was written where `reserve` said, added if new.
   * @param hash where the caller made it while writing; it must be that of `hashBytes`.
   */
  internTail(length: number, hash = hashBytes(this.#view, this.#used, this.#used + length)): number {
    const found = this.#find(this.#view, this.#used, length, hash);
    return found >= 0 ? found : this.#addTail(length, hash, ~found);
  }

  /**
   * The refs of texts that lie back to back: of each its end within `bytes`, and its hash. A text that is a number
   * gets its inline ref. Writes them to refs[at, at + ends.length).
   */
  internAll(bytes: Uint8Array, ends: Int32Array, hashes: Int32Array, refs: Int32Array, at: number): void {
    // All go behind the last text at once; where one is known already, the next are moved up.
    let from = this.reserve(bytes.length);
    this.#bytes.set(bytes, from);
    for (let i = 0, start = 0; i < ends.length; i++) {
      const end = ends[i] as number;
      const length = end - start;
      const inline = inlineRefOfBytes(bytes, start, end);
      if (inline === ABSENT) {
        if (from !== this.#used) copyBytes(this.#bytes, from, this.#bytes, this.#used, length);
        refs[at + i] = this.internTail(length, hashes[i]);
      } else refs[at + i] = inline;
      from += length;
      start = end;
    }
  }

  /** Whether the text that begins at `start` and has `length` bytes is ASCII and these units of UTF-16LE. */
  isAsciiOf(start: number, units: DataView, at: number, length: number): boolean {
    const view = this.#view;
    let i = 0;
    for (; i + 4 <= length; i += 4, at += 8) {
      const first = units.getInt32(at, true);
      const second = units.getInt32(at + 4, true);
      if (((first | second) & 0xff80ff80) !== 0 || view.getInt32(start + i, true) !== packed(first, second))
        return false;
    }
    for (; i < length; i++, at += 2) if (units.getUint16(at, true) !== view.getUint8(start + i)) return false;
    return true;
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
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const found = this.#find(view, 0, bytes.length, hashBytes(view, 0, bytes.length));
    return found >= 0 ? found : undefined;
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

  /** The id of the text of `length` bytes at an offset of a view, or the complement (~slot) of where it belongs. */
  #find(view: DataView, at: number, length: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const id = slots[slot] as number;
      if (id === EMPTY) return ~slot;
      if (slots[slot + 1] !== hash) continue;
      const start = this.start(id);
      if (this.end(id) - start === length && areSame(this.#view, start, view, at, length)) return id;
    }
  }

  #addTail(length: number, hash: number, slot: number): number {
    const id = this.#count++;
    this.#used += length;
    if (id === this.#ends.length) this.#lengthen();
    this.#ends[id] = this.#used;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    this.#slots[slot + 1] = hash;
    if (this.#count * 4 > this.#slots.length) this.#rehash();
    return id;
  }

  #lengthen(): void {
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    const hashes = new Int32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  #rehash(): void {
    const { length } = this.#slots;
    const slots = new Int32Array(length * (length < 1 << 21 ? 4 : 2)).fill(EMPTY);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      const hash = this.#hashes[id] as number;
      let slot = (hash << 1) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 2) & mask;
      slots[slot] = id;
      slots[slot + 1] = hash;
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
export function hashBytes(view: DataView, start: number, end: number): number {
  let hash = HASH_START;
  let i = start;
  for (; i + 4 <= end; i += 4) hash = hashWord(hash, view.getInt32(i, true));
  for (; i < end; i++) hash = hashWord(hash, view.getUint8(i));
  return finishHash(hash);
}

/** Four units of UTF-16LE that are all ASCII, two in each word, as four bytes. */
export function packed(first: number, second: number): number {
  return (first & 0xff) | ((first >>> 8) & 0xff00) | ((second & 0xff) << 16) | ((second << 8) & 0xff000000);
}

function areSame(first: DataView, a: number, second: DataView, b: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (first.getInt32(a + i, true) !== second.getInt32(b + i, true)) return false;
  for (; i < length; i++) if (first.getUint8(a + i) !== second.getUint8(b + i)) return false;
  return true;
}

/** Copies bytes; within one array only towards its begin. */
function copyBytes(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  if (length < 64) for (let i = 0; i < length; i++) to[at + i] = from[start + i] as number;
  else to.set(from.subarray(start, start + length), at);
}
