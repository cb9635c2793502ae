/** What is wrong at an offset of a file; thrown within the readers, which turn it into a fault. */
export class Damage extends Error {
  /** @param offset in the file. */
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Damages kept of one file. */
const KEPT = 20;

/** Collects what is damaged in a file: the first ones. */
export class DamageLog {
  readonly kept: Damage[] = [];

  /** Does a part of the work; where that part is damaged, the others go on. */
  guard<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      if (this.kept.length < KEPT) this.kept.push(error);
      return undefined;
    }
  }
}

const utf16 = new TextDecoder('utf-16le');

/** A stretch of a file, read little-endian. Every read is checked: beyond the end it throws `Damage`. */
export class Bytes {
  readonly #view: DataView;

  /** @param start offset in the file of the first byte. */
  constructor(
    private readonly data: Uint8Array,
    readonly start: number,
  ) {
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get length(): number {
    return this.data.length;
  }

  u8(at: number): number {
    this.#need(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#need(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.#need(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** Four characters that say what follows. */
  signature(at: number): string {
    return String.fromCharCode(...this.bytes(at, 4));
  }

  bytes(at: number, length: number): Uint8Array {
    this.#need(at, length);
    return this.data.subarray(at, at + length);
  }

  /** UTF-16 of `length` bytes, up to its first NUL. */
  text16(at: number, length: number): string {
    return beforeNul(utf16.decode(this.bytes(at, length - (length % 2))));
  }

  /** UTF-16 up to its NUL, or to the end. */
  text16ToNul(at: number): string {
    this.#need(at, 0);
    let end = at;
    while (end + 1 < this.length && this.#view.getUint16(end, true) !== 0) end += 2;
    return utf16.decode(this.data.subarray(at, end));
  }

  /** A GUID as Windows writes it, lower case, in braces. */
  guid(at: number): string {
    const hex = Array.from(this.bytes(at, 16), (byte) => byte.toString(16).padStart(2, '0'));
    const part = (...order: number[]): string => order.map((i) => hex[i]).join('');
    return `{${part(3, 2, 1, 0)}-${part(5, 4)}-${part(7, 6)}-${part(8, 9)}-${part(10, 11, 12, 13, 14, 15)}}`;
  }

  damage(message: string, at: number): Damage {
    return new Damage(message, this.start + at);
  }

  #need(at: number, length: number): void {
    if (at >= 0 && length >= 0 && at + length <= this.length) return;
    throw this.damage('It goes on beyond its end', Math.min(Math.max(at, 0), this.length));
  }
}

/** A text up to its first NUL. */
export function beforeNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
