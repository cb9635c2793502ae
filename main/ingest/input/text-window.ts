import type { ByteInput } from './byte-input.ts';
import { encodedText, type TextEncoding } from './encoding.ts';

/** Bytes of UTF-8, or units of UTF-16. */
export type Units = Uint8Array | Uint16Array;

/** Bytes read at a time. */
const PIECE_BYTES = 1 << 16;
const NEWLINE = 10;

/**
 * The part of a text file that is in memory: what its reader still needs, and the piece just read. Grows
 * only with an event that spans pieces, so never beyond the reader's limit plus a piece.
 *
 * Offsets are units from the start of the text, behind a byte order mark.
 */
export class TextWindow {
  #bytes = Buffer.alloc(PIECE_BYTES * 2);
  /** Bytes of #bytes that are filled, and the file offset of its first. */
  #filled = 0;
  #base: number;
  /** Bytes of a unit. */
  readonly unit: 1 | 2;

  #isSkipped = false;
  /** Line feeds before #base. */
  #linesBefore = 0;

  /** @param start bytes of the byte order mark. */
  constructor(
    private readonly input: ByteInput,
    private readonly encoding: TextEncoding,
    private readonly start: number,
  ) {
    this.#base = start;
    this.unit = encoding === 'utf-8' ? 1 : 2;
  }

  /** File offset up to which it has read. */
  get bytesRead(): number {
    return this.#base + this.#filled;
  }

  /** File offset of a unit of the text. */
  byteOffset(unit: number): number {
    return this.start + unit * this.unit;
  }

  /** The unit behind the last that has been read. */
  get end(): number {
    return (this.#base + this.#filled - this.start) / this.unit;
  }

  /** Forgets what lies before a unit, as far as it has been read. */
  discardBefore(unit: number): void {
    const from = Math.min(this.byteOffset(unit) - this.#base, this.#filled);
    if (from <= 0) return;
    this.#linesBefore += this.#countLines(from);
    this.#bytes.copyWithin(0, from, this.#filled);
    this.#filled -= from;
    this.#base += from;
  }

  /** Reads the next piece; undefined at the end of the file. A last odd byte of UTF-16 is dropped. */
  async readPiece(): Promise<Units | undefined> {
    if (!this.#isSkipped) {
      this.#isSkipped = true;
      // Into room that the piece then takes.
      if (this.start > 0) await this.input.read(this.#bytes, 0, this.start);
    }
    if (this.#bytes.length - this.#filled < PIECE_BYTES) {
      const grown = Buffer.alloc(this.#bytes.length * 2);
      this.#bytes.copy(grown, 0, 0, this.#filled);
      this.#bytes = grown;
    }
    // A short piece is handed on, so that what comes before a damage is not lost.
    let got = await this.input.read(this.#bytes, this.#filled, PIECE_BYTES);
    if (got % this.unit !== 0) got += await this.input.read(this.#bytes, this.#filled + got, 1);
    got -= got % this.unit;
    if (got === 0) return undefined;
    const piece = this.#bytes.subarray(this.#filled, this.#filled + got);
    this.#filled += got;
    if (this.encoding === 'utf-16be') piece.swap16();
    return this.#units(piece);
  }

  /** Units [start, end), valid until the next piece is read. */
  units(start: number, end: number): Units {
    return this.#units(this.bytes(start, end));
  }

  #units(bytes: Buffer): Units {
    return this.unit === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  }

  /** Whether a unit is still in memory. */
  holds(unit: number): boolean {
    return this.byteOffset(unit) >= this.#base;
  }

  /** One-based line of a unit that is still in memory. Counts from the window's start: for faults, not for events. */
  lineOf(unit: number): number {
    return this.#linesBefore + this.#countLines(this.byteOffset(unit) - this.#base) + 1;
  }

  #countLines(end: number): number {
    let count = 0;
    const step = this.unit;
    for (let at = this.#bytes.indexOf(NEWLINE); at >= 0 && at < end; at = this.#bytes.indexOf(NEWLINE, at + 1)) {
      if (step === 1 || (at % 2 === 0 && this.#bytes[at + 1] === 0)) count++;
    }
    return count;
  }

  /** The bytes of units [start, end), valid until the next call; short where they are no longer in memory. */
  bytes(start: number, end: number): Buffer {
    const from = Math.max(0, this.byteOffset(start) - this.#base);
    return this.#bytes.subarray(from, Math.max(from, this.byteOffset(end) - this.#base));
  }

  text(start: number, end: number): string {
    return encodedText(this.bytes(start, end), this.unit);
  }

  /** Units [start, end) as a string with one character a unit, whatever they mean: to search by ASCII. */
  ascii(start: number, end: number): string {
    return this.bytes(start, end).toString(this.unit === 1 ? 'latin1' : 'utf16le');
  }
}
