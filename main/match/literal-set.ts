import { GrowingInts } from '../columns/growing.ts';
import { foldText } from '../../shared/matching/fold.ts';

/** Bytes with upper-case ASCII as lower case: what literals and texts are compared in. */
export const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** No literal, no note. */
export const NONE = -1;

/** The hash of no bytes. */
export const EMPTY_HASH = 0x811c9dc5 | 0;

/** The hash of bytes with one more behind them (FNV-1a). */
export function nextHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** A place for a hash in a table of 2 ** (32 - shift) places. */
export function placeOf(hash: number, shift: number): number {
  return Math.imul(hash, -1640531527) >>> shift;
}

const encoder = new TextEncoder();

/**
 * Distinct folded literals, numbered as they come, each with what is to be noted where it is found. A rule set has tens
 * of thousands: adding one costs a pass over its bytes and no object, which counts most in a process that has just
 * started.
 */
export class LiteralSet {
  count = 0;
  /** The bytes of literal `n` are [starts[n], starts[n + 1]). */
  bytes = new Uint8Array(1 << 10);
  readonly starts = new GrowingInts();
  /** By length in bytes: whether a literal has it. */
  hasLength = new Uint8Array(64);
  longest = 0;
  /** By the hash of first bytes, four and eight: whether a longer literal begins with such. */
  readonly #goesOn = new Uint8Array(1 << 12);
  /** The newest note of each literal, and the note before each note; NONE ends a list. */
  readonly lastNote = new GrowingInts();
  readonly noteBefore = new GrowingInts();
  readonly notes = new GrowingInts();
  #noteCount = 0;
  readonly #hashes = new GrowingInts();
  /** Numbers of literals by the place of their hash; the next free place where that is taken. At most half full. */
  #slots = new Int32Array(64).fill(NONE);
  #shift = 26;

  /** @param isBackwards the set holds its literals written from their ends. */
  constructor(private readonly isBackwards = false) {
    this.starts.data[0] = 0;
  }

  add(text: string, note: number): void {
    const literal = this.#number(this.#write(text));
    const at = this.#noteCount++;
    this.notes.reserve(at + 1);
    this.noteBefore.reserve(at + 1);
    this.notes.data[at] = note;
    this.noteBefore.data[at] = this.lastNote.data[literal] as number;
    this.lastNote.data[literal] = at;
  }

  /**
   * The literal that stands in a text from a byte on, or NONE.
   * @param hash of these bytes.
   * @param step -1 where the text is read backwards.
   */
  find(hash: number, length: number, text: Uint8Array, at: number, step: 1 | -1): number {
    const mask = this.#slots.length - 1;
    for (let slot = placeOf(hash, this.#shift); ; slot = (slot + 1) & mask) {
      const literal = this.#slots[slot] as number;
      if (literal === NONE) return NONE;
      if (this.#hashes.data[literal] === hash && this.#isAt(literal, length, text, at, step)) return literal;
    }
  }

  /** Whether no literal is longer than the bytes of this hash, four or eight, and begins with them. */
  endsBefore(hash: number): boolean {
    return this.#goesOn[placeOf(hash, 20)] === 0;
  }

  #isAt(literal: number, length: number, text: Uint8Array, at: number, step: 1 | -1): boolean {
    const { bytes } = this;
    const start = this.starts.data[literal] as number;
    if ((this.starts.data[literal + 1] as number) - start !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== LOWER[text[at + i * step] as number]) return false;
    return true;
  }

  /** Writes a folded text behind the last literal; gives where it ends. */
  #write(text: string): number {
    const start = this.starts.data[this.count] as number;
    // A UTF-16 unit has at most three bytes.
    this.#reserve(start + text.length * 3);
    const { bytes } = this;
    let at = start;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        at = start + encoder.encodeInto(foldText(text), bytes.subarray(start)).written;
        break;
      }
      bytes[at++] = LOWER[unit] as number;
    }
    if (this.isBackwards) bytes.subarray(start, at).reverse();
    return at;
  }

  /** The number of the literal that has been written up to `end`, which is kept only where it is new. */
  #number(end: number): number {
    const { count, bytes } = this;
    const start = this.starts.data[count] as number;
    let hash = EMPTY_HASH;
    for (let i = start; i < end; i++) {
      if (i === start + 4 || i === start + 8) this.#goesOn[placeOf(hash, 20)] = 1;
      hash = nextHash(hash, bytes[i] as number);
    }
    const known = this.find(hash, end - start, bytes, start, 1);
    if (known !== NONE) return known;
    this.count++;
    for (const column of [this.starts, this.lastNote, this.#hashes]) column.reserve(count + 2);
    this.starts.data[count + 1] = end;
    this.lastNote.data[count] = NONE;
    this.#hashes.data[count] = hash;
    this.#noteLength(end - start);
    if (this.count * 2 > this.#slots.length) this.#growSlots();
    else this.#place(count);
    return count;
  }

  #place(literal: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = placeOf(this.#hashes.data[literal] as number, this.#shift);
    while (slots[slot] !== NONE) slot = (slot + 1) & mask;
    slots[slot] = literal;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(NONE);
    this.#shift -= 2;
    for (let literal = 0; literal < this.count; literal++) this.#place(literal);
  }

  #noteLength(length: number): void {
    if (length >= this.hasLength.length) {
      const grown = new Uint8Array(length * 2);
      grown.set(this.hasLength);
      this.hasLength = grown;
    }
    this.hasLength[length] = 1;
    this.longest = Math.max(this.longest, length);
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(length, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
