import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { InputFault, type ByteInput } from './byte-input.ts';
import type { Fault } from '../../../shared/model/fault.ts';

/** Compressed bytes given to zlib at a time: 16 KiB become at most 16 MiB. */
const PIECE_BYTES = 16 << 10;

/**
 * What a compressed input may unpack to: anything up to FREE_BYTES, beyond it RATIO_LIMIT times what it takes up. Real
 * logs shrink to a tenth or, mostly empty, to a hundredth; a bomb to a thousandth.
 */
export const FREE_BYTES = 256 << 20;
export const RATIO_LIMIT = 300;

/** Whether so much out of so little is a bomb. */
export function isBomb(packed: number, unpacked: number): boolean {
  return unpacked > FREE_BYTES && unpacked > packed * RATIO_LIMIT;
}

/** A bomb's fault. */
export function bombFault(what: string): Fault {
  const message = `${what} unpacks to more than ${RATIO_LIMIT} times its size and ${FREE_BYTES >> 20} MiB: not read on`;
  return { code: 'too-large', message };
}

/** What a zip's directory says of an entry, to check what comes out. */
export interface Expected {
  readonly bytes: number;
  readonly crc: number;
}

/**
 * Unpacks gzip (several members one after another too) or a zip entry's deflate stream. Gives all that comes before a
 * damage, then throws its fault. Bounded: at most one piece's output is in memory.
 */
export class InflateInput implements ByteInput {
  readonly #zlib;
  readonly #packed = Buffer.alloc(PIECE_BYTES);
  #ready: Buffer[] = [];
  #packedBytes = 0;
  #unpackedBytes = 0;
  #crc = 0;
  #isAtEnd = false;
  #fault: Fault | undefined;

  constructor(
    private readonly input: ByteInput,
    private readonly kind: 'gzip' | 'deflate',
    private readonly expected?: Expected,
  ) {
    this.#zlib = kind === 'gzip' ? createGunzip() : createInflateRaw();
    this.#zlib.on('data', (data: Buffer) => {
      this.#ready.push(data);
      this.#unpackedBytes += data.length;
      if (expected) this.#crc = crc32(data, this.#crc);
    });
    this.#zlib.on('end', () => {
      this.#isAtEnd = true;
    });
    this.#zlib.on('error', (error: NodeJS.ErrnoException) => {
      this.#fault ??= this.#damage(error);
    });
  }

  /** Bytes of the packed input that have been read. */
  get packedBytes(): number {
    return this.#packedBytes;
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    let got = 0;
    while (got < length) {
      const next = this.#ready[0];
      if (next) {
        const part = next.subarray(0, length - got);
        into.set(part, at + got);
        got += part.length;
        if (part.length === next.length) this.#ready.shift();
        else this.#ready[0] = next.subarray(part.length);
      } else if (this.#fault) {
        if (got > 0) return got;
        throw new InputFault(this.#fault);
      } else if (this.#isAtEnd) return got;
      else await this.#feed();
    }
    return got;
  }

  async close(): Promise<void> {
    this.#zlib.destroy();
    await this.input.close();
  }

  /** Gives zlib the next piece and waits until it is through with it. */
  async #feed(): Promise<void> {
    const got = await this.input.read(this.#packed, 0, PIECE_BYTES);
    this.#packedBytes += got;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#zlib.off('end', go).off('error', go);
        resolve();
      };
      // Data that ends before its input does is told by 'end' alone: the write is then not called back.
      this.#zlib.once('end', go).once('error', go);
      if (got === 0) this.#zlib.end();
      // zlib has taken the piece in when it calls back, so the buffer is free again.
      else this.#zlib.write(this.#packed.subarray(0, got), go);
    });
    if (got === 0) this.#isAtEnd = true;
    if (isBomb(this.#packedBytes, this.#unpackedBytes)) {
      this.#ready = [];
      this.#fault = bombFault(this.kind === 'gzip' ? 'The gzip archive' : 'The entry of the zip archive');
    }
    if (this.#isAtEnd && !this.#fault) this.#check();
  }

  #check(): void {
    const { expected } = this;
    if (!expected) return;
    if (this.#unpackedBytes !== expected.bytes) {
      const message = `The archive says ${expected.bytes} bytes, ${this.#unpackedBytes} came out`;
      this.#fault = { code: 'damaged-source', message };
    } else if (this.#crc >>> 0 !== expected.crc >>> 0) {
      this.#fault = { code: 'damaged-source', message: 'The checksum of the unpacked bytes is wrong' };
    }
  }

  #damage(error: NodeJS.ErrnoException): Fault {
    const isCut = error.code === 'Z_BUF_ERROR';
    const what = this.kind === 'gzip' ? 'gzip' : 'compressed';
    const message = isCut ? `The ${what} data is cut off` : `The ${what} data is damaged (${error.message})`;
    return { code: 'damaged-source', message, detail: `after ${this.#unpackedBytes} unpacked bytes` };
  }
}
