import { ABSENT, decimalRef, hexRef, inlineRefOfBytes, INLINE_LIMIT, type ValueRef } from '../../columns/value-ref.ts';
import { finishHash, HASH_START, hashWord, packed, type Dictionary } from '../../columns/dictionary.ts';
import type { Allowance } from './allowance.ts';
import type { Chunk } from './container/chunk.ts';
import { filetimeText, shortestFloat, systemTimeText, unsignedAt, writeHex, writeSid } from './value-text.ts';

const HEX = Uint8Array.from('0123456789ABCDEF', (digit) => digit.charCodeAt(0));
/** Windows-1252, as Unicode, of the bytes 0x80 to 0x9f; the rest are themselves. */
const ANSI_HIGH =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';
/** Order in which a GUID's bytes are written: the first three parts are little-endian numbers. */
const GUID_ORDER = Int8Array.of(3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15);
const GUID_LENGTH = 38;
/** Places for texts met lately, less one. */
const RECENT_MASK = 0x1fff;
const RECENT_STRIDE = 4;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Values of a chunk ([MS-EVEN6] 2.2.16, types 0x00 to 0x23) to text, and to refs of a dictionary. Texts are as
 * Windows writes them: whole numbers decimal, HexInt, pointers and size_t as `0x` and lower-case digits without
 * leading zeros, GUIDs in upper case and braces, FILETIME as ISO 8601 with seven digits, binary as upper-case hex,
 * booleans `true` and `false` (anything but zero is true).
 *
 * A value of type null has no text, nor has a number, GUID, time or SID of size 0; a string or binary of size 0 is ''.
 */
export class ValueReader {
  /** UTF-8 of the text in the making. */
  #out = new Uint8Array(1 << 18);
  #length = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** Texts of the dictionary that were met lately: of each its bytes, where it begins, its id. */
  readonly #recent = new Int32Array((RECENT_MASK + 1) * RECENT_STRIDE);

  constructor(
    chunk: Chunk,
    readonly dictionary: Dictionary,
    private readonly allowance: Allowance,
  ) {
    this.#bytes = chunk.bytes;
    this.#view = chunk.view;
  }

  /** Forgets what it knows of the dictionary: that was cleared. */
  forgetRefs(): void {
    this.#recent.fill(0);
  }

  /** The ref of a value; ABSENT where it has no text. Throws Damage where the record's texts grow too large. */
  ref(type: number, at: number, size: number): ValueRef {
    switch (type) {
      case 0x00:
        return ABSENT;
      case 0x01:
        return this.#stringRef(at, size);
      case 0x04:
        if (size === 1) return decimalRef(this.#bytes[at] as number);
        break;
      case 0x06:
        if (size === 2) return decimalRef(this.#view.getUint16(at, true));
        break;
      case 0x08:
        if (size === 4) {
          const value = this.#view.getUint32(at, true);
          if (value < INLINE_LIMIT) return decimalRef(value);
        }
        break;
      case 0x0f:
        if (size === 16) return this.#guidRef(at);
        break;
      case 0x14:
        if (size === 4) {
          const value = this.#view.getUint32(at, true);
          if (value < INLINE_LIMIT) return hexRef(value);
        }
        break;
      case 0x15:
        if (size === 8 && this.#view.getUint32(at + 4, true) === 0) {
          const value = this.#view.getUint32(at, true);
          if (value < INLINE_LIMIT) return hexRef(value);
        }
        break;
    }
    this.begin();
    return this.append(type, at, size) ? this.endRef() : ABSENT;
  }

  /** Whether two stretches of the chunk hold the same bytes. */
  areSame(first: number, second: number, size: number): boolean {
    const view = this.#view;
    let i = 0;
    for (; i + 4 <= size; i += 4) if (view.getInt32(first + i, true) !== view.getInt32(second + i, true)) return false;
    for (; i < size; i++) if (this.#bytes[first + i] !== this.#bytes[second + i]) return false;
    return true;
  }

  /** Starts a text of several parts. */
  begin(): void {
    this.#length = 0;
  }

  /** The ref of the text since `begin`. */
  endRef(): ValueRef {
    const inline = inlineRefOfBytes(this.#out, 0, this.#length);
    return inline === ABSENT ? this.dictionary.internBytes(this.#out, 0, this.#length) : inline;
  }

  /** The text since `begin`, as a string. */
  endText(): string {
    return decoder.decode(this.#out.subarray(0, this.#length));
  }

  appendText(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += encodeInto(text, this.#out.subarray(this.#length));
  }

  /** Whether a value has a text (possibly ''). */
  hasText(type: number, size: number): boolean {
    return type !== 0x00 && (size > 0 || type === 0x01 || type === 0x02 || type === 0x0e || type === 0x23);
  }

  /** Adds a value's text; false where it has none. */
  append(type: number, at: number, size: number): boolean {
    this.#reserve(size * 3 + 64);
    switch (type) {
      case 0x00:
        return false;
      case 0x01:
      case 0x23:
        this.#length = writeUtf8(this.#bytes, at, trimmedEnd(this.#view, at, size), this.#out, this.#length);
        return true;
      case 0x02:
        this.#appendAnsi(at, size);
        return true;
      case 0x0e:
        for (let i = at; i < at + size; i++) this.#appendHexByte(this.#bytes[i] as number);
        return true;
      default:
        if (size === 0) return false;
        return this.#appendFrequent(type, at, size) || this.#appendAscii(this.#shortText(type, at, size));
    }
  }

  /** Adds the text of a value of a type that is met often, without making a string; false for any other. */
  #appendFrequent(type: number, at: number, size: number): boolean {
    const view = this.#view;
    const out = this.#out;
    const n = this.#length;
    if (type === 0x0f && size === 16) {
      writeGuid(this.#bytes, at, out, n);
      this.#length = n + GUID_LENGTH;
      return true;
    }
    if (type === 0x13) {
      const end = writeSid(view, at, size, out, n);
      if (end >= 0) this.#length = end;
      return end >= 0;
    }
    if (type === 0x10 || type === 0x14 || type === 0x15) {
      if (size !== 4 && size !== 8) return false;
      this.#length = writeHex(size === 8 ? view.getUint32(at + 4, true) : 0, view.getUint32(at, true), 1, out, n);
      return true;
    }
    return false;
  }

  /** Calls `item` for each item of an array of `type` (without the array bit). */
  eachItem(type: number, at: number, size: number, item: (at: number, size: number) => void): void {
    const end = at + size;
    if (type === 0x01 || type === 0x02) {
      const width = type === 0x01 ? 2 : 1;
      let start = at;
      for (let i = at; i + width <= end; i += width) {
        if (this.#bytes[i] !== 0 || (width === 2 && this.#bytes[i + 1] !== 0)) continue;
        item(start, i - start);
        start = i + width;
      }
      if (start < end) item(start, end - start);
      return;
    }
    for (let i = at; i < end;) {
      const width = Math.min(this.#itemSize(type, i, size), end - i);
      item(i, width);
      i += width;
    }
  }

  /** Size of one item of an array that begins at `at`; `total` is the array's size. */
  #itemSize(type: number, at: number, total: number): number {
    switch (type) {
      case 0x03:
      case 0x04:
        return 1;
      case 0x05:
      case 0x06:
        return 2;
      case 0x07:
      case 0x08:
      case 0x0b:
      case 0x0d:
      case 0x14:
        return 4;
      case 0x09:
      case 0x0a:
      case 0x0c:
      case 0x11:
      case 0x15:
        return 8;
      case 0x0f:
      case 0x12:
        return 16;
      case 0x10:
        return total % 8 === 0 ? 8 : 4;
      case 0x13:
        return 8 + (this.#bytes[at + 1] ?? 0) * 4;
      default:
        return Math.max(total, 1);
    }
  }

  /**
   * Most texts were seen before. Some of a text's words tell where the last one like it is noted; comparing with that
   * is cheaper than to make the text and its hash.
   */
  #stringRef(at: number, size: number): ValueRef {
    const view = this.#view;
    const end = trimmedEnd(view, at, size);
    const length = (end - at) >> 1;
    this.allowance.takeText(length * 3);
    if (length < 4) return this.#newStringRef(at, end, length);
    let mix = length ^ Math.imul(view.getInt32(at, true), 0x9e3779b1) ^ view.getInt32(at + 4, true);
    mix = Math.imul(mix ^ (mix >>> 15), 0x85ebca6b) ^ view.getInt32(at + (length & ~1), true);
    mix = Math.imul(mix ^ (mix >>> 15), 0xc2b2ae35) ^ view.getInt32(end - 8, true);
    mix = Math.imul(mix ^ (mix >>> 15), 0x2c1b3c6d) ^ view.getInt32(end - 4, true);
    const recent = this.#recent;
    const entry = ((mix ^ (mix >>> 16)) & RECENT_MASK) * RECENT_STRIDE;
    if (recent[entry] === length && this.dictionary.isAsciiOf(recent[entry + 1] as number, view, at, length)) {
      return recent[entry + 2] as ValueRef;
    }
    const ref = this.#newStringRef(at, end, length);
    if (ref >= 0) {
      const start = this.dictionary.start(ref);
      recent[entry] = this.dictionary.end(ref) - start;
      recent[entry + 1] = start;
      recent[entry + 2] = ref;
    }
    return ref;
  }

  /** The ref of UTF-16LE in [at, end), which the dictionary need not know. */
  #newStringRef(at: number, end: number, length: number): ValueRef {
    const { dictionary } = this;
    const units = this.#view;
    const start = dictionary.reserve(length * 3);
    const { bytes, view } = dictionary;
    let hash = HASH_START;
    let i = 0;
    let p = at;
    // Four units a step, while they are all ASCII.
    for (; i + 4 <= length; i += 4, p += 8) {
      const first = units.getInt32(p, true);
      const second = units.getInt32(p + 4, true);
      if (((first | second) & 0xff80ff80) !== 0) break;
      const word = packed(first, second);
      view.setInt32(start + i, word, true);
      hash = hashWord(hash, word);
    }
    if (i + 4 > length) {
      for (; i < length; i++, p += 2) {
        const unit = units.getUint16(p, true);
        if (unit > 0x7f) break;
        bytes[start + i] = unit;
        hash = hashWord(hash, unit);
      }
    }
    if (i < length) return dictionary.internTail(writeUtf8(this.#bytes, p, end, bytes, start + i) - start);
    if (length <= 10) {
      const inline = inlineRefOfBytes(bytes, start, start + length);
      if (inline !== ABSENT) return inline;
    }
    return dictionary.internTail(length, finishHash(hash));
  }

  #guidRef(at: number): ValueRef {
    const start = this.dictionary.reserve(GUID_LENGTH);
    writeGuid(this.#bytes, at, this.dictionary.bytes, start);
    return this.dictionary.internTail(GUID_LENGTH);
  }

  #appendAnsi(at: number, size: number): void {
    let end = at + size;
    while (end > at && this.#bytes[end - 1] === 0) end--;
    for (let i = at; i < end; i++) {
      const byte = this.#bytes[i] as number;
      if (byte < 0x80) {
        this.#out[this.#length++] = byte;
      } else this.appendText(byte < 0xa0 ? (ANSI_HIGH[byte - 0x80] as string) : String.fromCharCode(byte));
    }
  }

  #appendHexByte(byte: number): void {
    this.#out[this.#length++] = HEX[byte >> 4] as number;
    this.#out[this.#length++] = HEX[byte & 15] as number;
  }

  #appendAscii(text: string): boolean {
    for (let i = 0; i < text.length; i++) this.#out[this.#length++] = text.charCodeAt(i);
    return true;
  }

  /** Text of a value that is always short. A size that doesn't fit the type gives its bytes as hex. */
  #shortText(type: number, at: number, size: number): string {
    switch (type) {
      case 0x03:
      case 0x05:
      case 0x07:
      case 0x09:
        return this.#integer(at, size, true) ?? this.#hex(at, size);
      case 0x04:
      case 0x06:
      case 0x08:
      case 0x0a:
        return this.#integer(at, size, false) ?? this.#hex(at, size);
      case 0x0b:
        return size === 4 ? shortestFloat(this.#view.getFloat32(at, true)) : this.#hex(at, size);
      case 0x0c:
        return size === 8 ? String(this.#view.getFloat64(at, true)) : this.#hex(at, size);
      case 0x0d:
        return this.#bytes.subarray(at, at + size).some((byte) => byte !== 0) ? 'true' : 'false';
      case 0x10:
      case 0x14:
      case 0x15:
      case 0x20: {
        const value = unsignedAt(this.#view, at, size);
        return value === undefined ? this.#hex(at, size) : `0x${value.toString(16)}`;
      }
      case 0x11:
        return size === 8 ? filetimeText(this.#view, at) : this.#hex(at, size);
      case 0x12:
        return (size === 16 && systemTimeText(this.#view, at)) || this.#hex(at, size);
      default:
        return this.#hex(at, size);
    }
  }

  #integer(at: number, size: number, isSigned: boolean): string | undefined {
    const value = unsignedAt(this.#view, at, size);
    if (value === undefined) return undefined;
    return isSigned ? BigInt.asIntN(size * 8, BigInt(value)).toString() : value.toString();
  }

  /** At most 30,000 bytes of a value whose type is unknown or doesn't fit its size. */
  #hex(at: number, size: number): string {
    this.#reserve(size * 2 + 64);
    return Buffer.from(this.#bytes.buffer, at, size).toString('hex').toUpperCase();
  }

  #reserve(size: number): void {
    this.allowance.takeText(size);
    if (this.#length + size <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#length + size));
    grown.set(this.#out.subarray(0, this.#length));
    this.#out = grown;
  }
}

/** End of a UTF-16 text without the zeros that writers put behind it. An odd last byte is left out. */
function trimmedEnd(view: DataView, at: number, size: number): number {
  let end = at + (size & ~1);
  while (end > at && view.getUint16(end - 2, true) === 0) end -= 2;
  return end;
}

/** Writes UTF-16LE as UTF-8 where there is room; gives the offset behind. A lone surrogate becomes U+FFFD. */
function writeUtf8(from: Uint8Array, at: number, end: number, out: Uint8Array, n: number): number {
  for (let p = at; p + 2 <= end; p += 2) {
    let unit = (from[p] as number) | ((from[p + 1] as number) << 8);
    if (unit < 0x80) {
      out[n++] = unit;
      continue;
    }
    if (unit < 0x800) {
      out[n++] = 0xc0 | (unit >> 6);
      out[n++] = 0x80 | (unit & 63);
      continue;
    }
    if (unit >= 0xd800 && unit < 0xe000) {
      const low = p + 4 <= end ? (from[p + 2] as number) | ((from[p + 3] as number) << 8) : 0;
      if (unit < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
        out[n++] = 0xf0 | (point >> 18);
        out[n++] = 0x80 | ((point >> 12) & 63);
        out[n++] = 0x80 | ((point >> 6) & 63);
        out[n++] = 0x80 | (point & 63);
        p += 2;
        continue;
      }
      unit = 0xfffd;
    }
    out[n++] = 0xe0 | (unit >> 12);
    out[n++] = 0x80 | ((unit >> 6) & 63);
    out[n++] = 0x80 | (unit & 63);
  }
  return n;
}

/** Writes a GUID's text, GUID_LENGTH bytes. */
function writeGuid(from: Uint8Array, at: number, out: Uint8Array, n: number): void {
  out[n++] = 0x7b;
  for (let i = 0; i < GUID_ORDER.length; i++) {
    const index = GUID_ORDER[i] as number;
    if (index < 0) {
      out[n++] = 0x2d;
      continue;
    }
    const byte = from[at + index] as number;
    out[n++] = HEX[byte >> 4] as number;
    out[n++] = HEX[byte & 15] as number;
  }
  out[n] = 0x7d;
}

const encoder = new TextEncoder();
function encodeInto(text: string, out: Uint8Array): number {
  return encoder.encodeInto(text, out).written;
}
