/** Bytes that `putVarint` writes; `value` is a whole number in [0, 2^53). */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Writes a number as SQLite's varint (big-endian, seven bits a byte) and gives the place behind it. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 128) {
    bytes[at] = value;
    return at + 1;
  }
  const end = at + varintBytes(value);
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    bytes[i] = (rest % 128) | (i === end - 1 ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  return end;
}

/**
 * One row in SQLite's record format (sqlite.org/fileformat2.html, "Record Format"): the size of the header, a type
 * for each cell, then the cells' bytes. Call `start`, a method for each cell in order, and read bytes [0, length).
 *
 * Example: the cells NULL, 5, 'ab' are 04 00 01 11 05 61 62.
 */
export class RecordWriter {
  bytes = new Uint8Array(1 << 14);
  #type = 0;
  #body = 0;

  /** Length of the record whose cells have all been put. */
  get length(): number {
    return this.#body;
  }

  /** @param typeBytes of all cells: one a cell, but `textTypeBytes` for a text. */
  start(typeBytes: number): void {
    // The header's size counts itself.
    const own = typeBytes < 127 ? 1 : 2;
    this.#room(typeBytes * 9 + own);
    this.#type = putVarint(this.bytes, 0, typeBytes + own);
    this.#body = typeBytes + own;
  }

  null(): void {
    this.bytes[this.#type++] = 0;
  }

  /** A whole number of 32 bits. */
  int(value: number): void {
    const { bytes } = this;
    if (value === 0 || value === 1) {
      bytes[this.#type++] = 8 + value;
      return;
    }
    let at = this.#body;
    if (value >= -0x80 && value < 0x80) bytes[this.#type++] = 1;
    else {
      if (value >= -0x8000 && value < 0x8000) bytes[this.#type++] = 2;
      else {
        if (value >= -0x800000 && value < 0x800000) bytes[this.#type++] = 3;
        else {
          bytes[this.#type++] = 4;
          bytes[at++] = value >> 24;
        }
        bytes[at++] = value >> 16;
      }
      bytes[at++] = value >> 8;
    }
    bytes[at++] = value;
    this.#body = at;
  }

  /** A whole number of up to 53 bits. */
  number(value: number): void {
    if (value === (value | 0)) {
      this.int(value);
      return;
    }
    const high = Math.floor(value / 2 ** 32);
    const low = value >>> 0;
    const { bytes } = this;
    let at = this.#body;
    if (high >= -0x8000 && high < 0x8000) bytes[this.#type++] = 5;
    else {
      bytes[this.#type++] = 6;
      bytes[at++] = high >> 24;
      bytes[at++] = high >> 16;
    }
    bytes[at++] = high >> 8;
    bytes[at++] = high;
    bytes[at++] = low >> 24;
    bytes[at++] = low >> 16;
    bytes[at++] = low >> 8;
    bytes[at++] = low;
    this.#body = at;
  }

  /** A text, as its UTF-8. */
  text(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#room(length);
    this.#type = putVarint(this.bytes, this.#type, 13 + 2 * length);
    const { bytes } = this;
    const at = this.#body;
    if (length < 64) for (let i = 0; i < length; i++) bytes[at + i] = from[start + i] as number;
    else bytes.set(from.subarray(start, end), at);
    this.#body = at + length;
  }

  #room(more: number): void {
    const needed = this.#body + more;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(needed * 2);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

/** Bytes of the type of a text that has `length` bytes. */
export function textTypeBytes(length: number): number {
  return varintBytes(13 + 2 * length);
}
