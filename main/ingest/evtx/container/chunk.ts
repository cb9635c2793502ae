import { crc32 } from 'node:zlib';

export const CHUNK_SIZE = 65536;
export const CHUNK_HEADER_SIZE = 512;
/** Record header (24 bytes), and the copy of the size at the record's end. */
export const RECORD_HEADER_SIZE = 24;
export const SMALLEST_RECORD = RECORD_HEADER_SIZE + 4;

/** UTF-16 units of an element's or attribute's name; Windows' own stay below 100. */
export const NAME_UNITS_LIMIT = 1000;

const ZEROS = Buffer.alloc(CHUNK_SIZE);
const decoder = new TextDecoder('utf-16le', { ignoreBOM: true });
const CHUNK_MAGIC = Buffer.from('ElfChnk\0', 'latin1');

/**
 * Where a chunk begins in bytes of a file: behind the first of them, or where the file goes on, at their very end. -1
 * where none does. @param from first place that counts.
 */
export function chunkWithin(bytes: Uint8Array, from: number): number {
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(CHUNK_MAGIC, from);
  if (found >= 0) return found;
  for (let at = Math.max(from, bytes.length - CHUNK_MAGIC.length + 1); at < bytes.length; at++) {
    if (CHUNK_MAGIC.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return at;
  }
  return -1;
}

/**
 * One 64 KiB chunk in a buffer that is used again for every chunk of every file: all offsets in EVTX are relative
 * to their chunk. Layout after libevtx's "Windows XML Event Log (EVTX) format": header of 512 bytes with the
 * offsets of the last record (44) and of the free space (48), the checksum of the records (52), flags (120) and the
 * header's own checksum (124); then the records.
 */
export class Chunk {
  readonly bytes = new Uint8Array(CHUNK_SIZE);
  readonly view = new DataView(this.bytes.buffer);
  /** Where the chunk begins in its file. */
  base = 0;
  /** Bytes of it that the file holds; the rest is zero. */
  available = 0;
  readonly #names = new Map<number, string>();

  /** Says that the bytes are now those of another chunk. */
  replaced(base: number, available: number): void {
    this.base = base;
    this.available = available;
    if (available < CHUNK_SIZE) this.bytes.fill(0, available);
    this.#names.clear();
  }

  get hasMagic(): boolean {
    for (let i = 0; i < CHUNK_MAGIC.length; i++) if (this.bytes[i] !== CHUNK_MAGIC[i]) return false;
    return true;
  }

  get isZero(): boolean {
    return ZEROS.equals(this.bytes);
  }

  get freeSpaceOffset(): number {
    return this.view.getUint32(48, true);
  }

  /** Flag 4: Windows kept no checksums of this chunk. */
  get hasNoChecksums(): boolean {
    return (this.view.getUint32(120, true) & 4) !== 0;
  }

  get isHeaderChecksumRight(): boolean {
    const sum = crc32(this.bytes.subarray(128, CHUNK_HEADER_SIZE), crc32(this.bytes.subarray(0, 120)));
    return sum === this.view.getUint32(124, true);
  }

  get isDataChecksumRight(): boolean {
    return crc32(this.bytes.subarray(CHUNK_HEADER_SIZE, this.freeSpaceOffset)) === this.view.getUint32(52, true);
  }

  /** Whether "**\0\0", which begins each record, stands here. */
  hasRecordSignature(at: number): boolean {
    return at + SMALLEST_RECORD <= CHUNK_SIZE && this.view.getUint32(at, true) === 0x2a2a;
  }

  /** First offset in [from, end) with a record's signature, or -1. Records lie at multiples of 8, but trust nothing. */
  nextSignature(from: number, end: number): number {
    for (let at = this.bytes.indexOf(0x2a, from); at >= 0 && at < end; at = this.bytes.indexOf(0x2a, at + 1)) {
      if (this.hasRecordSignature(at)) return at;
    }
    return -1;
  }

  /**
   * The element or attribute name at an offset: link to the next name (4), hash (2), count of UTF-16 units (2), the
   * units, a zero. Undefined where it runs past the chunk, or is longer than any name.
   */
  nameAt(at: number): string | undefined {
    const known = this.#names.get(at);
    if (known !== undefined) return known;
    if (at + 8 > CHUNK_SIZE) return undefined;
    const units = this.view.getUint16(at + 6, true);
    const end = at + 8 + units * 2;
    if (end > CHUNK_SIZE || units > NAME_UNITS_LIMIT) return undefined;
    const name = decoder.decode(this.bytes.subarray(at + 8, end));
    this.#names.set(at, name);
    return name;
  }

  /** Bytes that the name structure at an offset takes. */
  nameSize(at: number): number {
    return 10 + this.view.getUint16(at + 6, true) * 2;
  }

  /** UTF-16LE text of [at, at + size); a lone surrogate becomes U+FFFD. */
  utf16(at: number, size: number): string {
    return decoder.decode(this.bytes.subarray(at, at + size));
  }
}
