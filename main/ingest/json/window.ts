import type { FileHandle } from 'node:fs/promises';
import type { TextEncoding } from '../detect.ts';
import type { Units } from './splitter.ts';

/** Bytes read at a time. */
const PIECE_BYTES = 1 << 16;

/**
 * The part of a text file that is in memory: what the splitter still needs, and the piece just read. Grows only
 * with a value that spans pieces, so never beyond the splitter's limit plus a piece.
 */
export class FileWindow {
  #bytes = Buffer.alloc(PIECE_BYTES * 2);
  /** Bytes of #bytes that are filled, and the file offset of its first. */
  #filled = 0;
  #base: number;
  readonly #decoder;
  /** Bytes of a unit. */
  readonly unit: 1 | 2;

  /** @param start byte offset of the text, behind a byte order mark. */
  constructor(
    private readonly file: FileHandle,
    private readonly encoding: TextEncoding,
    private readonly start: number,
  ) {
    this.#base = start;
    this.unit = encoding === 'utf-8' ? 1 : 2;
    // UTF-16 big-endian is swapped as it is read.
    this.#decoder = new TextDecoder(encoding === 'utf-8' ? 'utf-8' : 'utf-16le', { ignoreBOM: true });
  }

  /** File offset up to which it has read. */
  get bytesRead(): number {
    return this.#base + this.#filled;
  }

  /** File offset of a unit of the text. */
  byteOffset(unit: number): number {
    return this.start + unit * this.unit;
  }

  /** Forgets what lies before a unit. */
  discardBefore(unit: number): void {
    const from = this.byteOffset(unit) - this.#base;
    if (from <= 0) return;
    this.#bytes.copyWithin(0, from, this.#filled);
    this.#filled -= from;
    this.#base += from;
  }

  /** Reads the next piece; undefined at the end of the file. A last odd byte of UTF-16 is dropped. */
  async readPiece(): Promise<Units | undefined> {
    if (this.#bytes.length - this.#filled < PIECE_BYTES) {
      const grown = Buffer.alloc(this.#bytes.length * 2);
      this.#bytes.copy(grown, 0, 0, this.#filled);
      this.#bytes = grown;
    }
    let got = 0;
    while (got < PIECE_BYTES) {
      const at = this.#filled + got;
      const { bytesRead } = await this.file.read(this.#bytes, at, PIECE_BYTES - got, this.#base + at);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    got -= got % this.unit;
    if (got === 0) return undefined;
    const piece = this.#bytes.subarray(this.#filled, this.#filled + got);
    this.#filled += got;
    if (this.unit === 1) return piece;
    if (this.encoding === 'utf-16be') piece.swap16();
    return new Uint16Array(piece.buffer, piece.byteOffset, got / 2);
  }

  /** The bytes of units [start, end), valid until the next call; short where they are no longer in memory. */
  bytes(start: number, end: number): Buffer {
    const from = Math.max(0, this.byteOffset(start) - this.#base);
    return this.#bytes.subarray(from, Math.max(from, this.byteOffset(end) - this.#base));
  }

  text(start: number, end: number): string {
    return this.#decoder.decode(this.bytes(start, end));
  }
}
