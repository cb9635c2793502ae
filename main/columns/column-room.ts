/**
 * One buffer for all columns of a batch, handed out from its begin: doubles first, then whole numbers, then bytes, so
 * that each is aligned. A buffer of its own for each of a hundred short columns takes longer than to fill them.
 */
export class ColumnRoom {
  readonly #buffer: ArrayBuffer;
  #at = 0;

  /** @param doubles @param ints how many cells of each kind will be asked for. @param bytes likewise. */
  constructor(doubles: number, ints: number, bytes: number) {
    this.#buffer = new ArrayBuffer(8 * doubles + 4 * ints + bytes);
  }

  /** A copy of the first `count` doubles. */
  doubles(from: Float64Array, count: number): Float64Array<ArrayBuffer> {
    const column = new Float64Array(this.#buffer, this.#at, count);
    column.set(from.subarray(0, count));
    this.#at += column.byteLength;
    return column;
  }

  /** A copy of the first `count` numbers. */
  ints(from: Int32Array, count: number): Int32Array<ArrayBuffer> {
    const column = this.emptyInts(count);
    column.set(from.subarray(0, count));
    return column;
  }

  /** `count` zeros. */
  emptyInts(count: number): Int32Array<ArrayBuffer> {
    const column = new Int32Array(this.#buffer, this.#at, count);
    this.#at += column.byteLength;
    return column;
  }

  /** A copy of bytes. */
  bytes(from: Uint8Array): Uint8Array<ArrayBuffer> {
    const column = new Uint8Array(this.#buffer, this.#at, from.length);
    column.set(from);
    this.#at += from.length;
    return column;
  }
}
