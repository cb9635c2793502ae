import { ABSENT } from './value-ref.ts';

/** A typed array that doubles. Read `data` afresh after each `reserve`. */
export class GrowingInts {
  data: Int32Array<ArrayBuffer>;
  constructor(capacity = 256) {
    this.data = new Int32Array(capacity);
  }
  /** Makes room for `length` cells in all; new cells hold ABSENT. */
  reserve(length: number): void {
    if (length <= this.data.length) return;
    const grown = new Int32Array(Math.max(length, this.data.length * 2));
    grown.set(this.data);
    grown.fill(ABSENT, this.data.length);
    this.data = grown;
  }
}

export class GrowingDoubles {
  data: Float64Array<ArrayBuffer>;
  constructor(capacity = 256) {
    this.data = new Float64Array(capacity);
  }
  reserve(length: number): void {
    if (length <= this.data.length) return;
    const grown = new Float64Array(Math.max(length, this.data.length * 2));
    grown.set(this.data);
    this.data = grown;
  }
}

/** Bytes that are added at the end. Read `data` afresh after each `append`. */
export class GrowingBytes {
  data = new Uint8Array(256);
  length = 0;

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.data.length) {
      const grown = new Uint8Array(Math.max(length, this.data.length * 2));
      grown.set(this.data.subarray(0, this.length));
      this.data = grown;
    }
    this.data.set(bytes, this.length);
    this.length = length;
  }
}
