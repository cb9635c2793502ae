import { CHUNK_HEADER_SIZE, CHUNK_SIZE } from '../container/chunk.ts';
import { FILE_HEADER_SIZE } from '../container/file.ts';

/** What a number of the format means, and so what would hurt a reader in its place. */
export type LandmarkKind = 'token' | 'type' | 'offset' | 'size' | 'units' | 'count' | 'index' | 'value' | 'id';

export interface Landmark {
  readonly kind: LandmarkKind;
  /** Offset within the file. */
  readonly at: number;
  /** Bytes. */
  readonly width: 1 | 2 | 4 | 8;
}

const BINXML = 0x21;

/**
 * Finds the numbers that an EVTX file consists of: sizes, offsets, counts, tokens, value types. For mutation, so
 * it walks what is sound and leaves off, record by record, where something is not. Shares no code with the reader.
 */
export function landmarksOf(bytes: Uint8Array): Landmark[] {
  const found: Landmark[] = [];
  for (let base = FILE_HEADER_SIZE; base + CHUNK_SIZE <= bytes.length; base += CHUNK_SIZE) {
    new ChunkWalk(bytes.subarray(base, base + CHUNK_SIZE), base, found).run();
  }
  return found;
}

class ChunkWalk {
  readonly #view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly base: number,
    private readonly found: Landmark[],
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  run(): void {
    for (const at of [40, 44, 48]) this.#mark('offset', at, 4);
    for (const at of [52, 120, 124]) this.#mark('id', at, 4);
    for (let at = CHUNK_HEADER_SIZE; at + 28 <= CHUNK_SIZE && this.#u32(at) === 0x2a2a;) {
      const size = this.#u32(at + 4);
      if (size < 28 || at + size > CHUNK_SIZE) return;
      this.#mark('id', at, 4);
      this.#mark('size', at + 4, 4);
      this.#mark('id', at + 8, 8);
      this.#mark('id', at + 16, 8);
      this.#mark('size', at + size - 4, 4);
      this.#fragment(at + 24, at + size - 4, false, 0);
      at += size;
    }
  }

  /** Tokens one after the other: their nesting does not matter here. */
  #fragment(from: number, end: number, hasDependencyIds: boolean, depth: number): void {
    for (let at = from; at >= 0 && at < end && depth < 20;) {
      this.#mark('token', at, 1);
      at = this.#token(at, end, hasDependencyIds, depth);
    }
  }

  /** @returns offset behind the token, or -1 to leave off. */
  #token(at: number, end: number, hasDependencyIds: boolean, depth: number): number {
    const token = this.bytes[at] as number;
    switch (token & 0xbf) {
      case 0x02:
      case 0x03:
      case 0x04:
        return at + 1;
      case 0x01: {
        const size = at + (hasDependencyIds ? 3 : 1);
        if (hasDependencyIds) this.#mark('index', at + 1, 2);
        this.#mark('size', size, 4);
        const next = this.#name(size + 4, end);
        if (token === 0x01 || next < 0) return next;
        this.#mark('size', next, 4);
        return next + 4;
      }
      case 0x05:
        this.#mark('type', at + 1, 1);
        return this.#text(at + 2, end);
      case 0x06:
      case 0x09:
      case 0x0a:
        return this.#name(at + 1, end);
      case 0x07:
      case 0x0b:
        return this.#text(at + 1, end);
      case 0x08:
        return at + 3;
      case 0x0c:
        return this.#instance(at, end, depth);
      case 0x0d:
      case 0x0e:
        this.#mark('index', at + 1, 2);
        this.#mark('type', at + 3, 1);
        return at + 4;
      case 0x0f:
        return at + 4;
      default:
        return -1;
    }
  }

  #text(at: number, end: number): number {
    if (at + 2 > end) return -1;
    this.#mark('units', at, 2);
    return at + 2 + this.#view.getUint16(at, true) * 2;
  }

  #name(at: number, end: number): number {
    if (at + 4 > end) return -1;
    this.#mark('offset', at, 4);
    const behind = at + 4;
    if (this.#u32(at) !== behind || behind + 8 > end) return behind;
    this.#mark('offset', behind, 4);
    this.#mark('units', behind + 6, 2);
    return behind + 10 + this.#view.getUint16(behind + 6, true) * 2;
  }

  #instance(start: number, end: number, depth: number): number {
    let at = start + 10;
    if (at + 28 > end) return -1;
    this.#mark('id', start + 2, 4);
    this.#mark('offset', start + 6, 4);
    if (this.#u32(start + 6) === at) {
      this.#mark('offset', at, 4);
      this.#mark('id', at + 4, 4);
      this.#mark('size', at + 20, 4);
      const size = this.#u32(at + 20);
      if (at + 28 + size > end) return -1;
      this.#fragment(at + 24, at + 24 + size, true, depth + 1);
      at += 24 + size;
    }
    this.#mark('count', at, 4);
    const count = this.#u32(at);
    at += 4;
    let value = at + count * 4;
    if (value > end) return -1;
    for (let i = 0; i < count; i++, at += 4) {
      const size = this.#view.getUint16(at, true);
      if (value + size > end) return -1;
      this.#mark('size', at, 2);
      this.#mark('type', at + 2, 1);
      if (size > 0) this.#mark('value', value, 1);
      if (this.bytes[at + 2] === BINXML) this.#fragment(value, value + size, false, depth + 1);
      value += size;
    }
    return value;
  }

  #mark(kind: LandmarkKind, at: number, width: 1 | 2 | 4 | 8): void {
    if (at + width <= CHUNK_SIZE) this.found.push({ kind, at: this.base + at, width });
  }

  #u32(at: number): number {
    return at + 4 <= CHUNK_SIZE ? this.#view.getUint32(at, true) : 0;
  }
}
