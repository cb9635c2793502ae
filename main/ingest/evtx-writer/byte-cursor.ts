import type { WriterTime } from './writer-event.ts';

/** 1970-01-01 as a FILETIME, in 32-bit halves. */
const EPOCH_LOW = 3_577_643_008;
const EPOCH_HIGH = 27_111_902;
const TWO_32 = 4_294_967_296;
const NATIVE_TEXT_LENGTH = 48;

const float = new DataView(new ArrayBuffer(8));

/**
 * Writes little-endian values one after the other into a buffer of fixed size. A write past the end is dropped,
 * but `position` goes on: whoever cares compares it with the size afterwards.
 */
export class ByteCursor {
  position = 0;
  readonly bytes: Buffer;

  constructor(size: number) {
    this.bytes = Buffer.alloc(size);
  }

  u8(value: number): void {
    this.bytes[this.position++] = value;
  }

  u16(value: number): void {
    const { bytes, position } = this;
    bytes[position] = value;
    bytes[position + 1] = value >>> 8;
    this.position = position + 2;
  }

  u32(value: number): void {
    this.u32At(this.position, value);
    this.position += 4;
  }

  u32At(position: number, value: number): void {
    const { bytes } = this;
    bytes[position] = value;
    bytes[position + 1] = value >>> 8;
    bytes[position + 2] = value >>> 16;
    bytes[position + 3] = value >>> 24;
  }

  u16At(position: number, value: number): void {
    this.bytes[position] = value;
    this.bytes[position + 1] = value >>> 8;
  }

  /** A 64-bit integer, signed or not, modulo 2^64. A number must be a safe integer. */
  u64(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.u32(Number(value & 0xffffffffn));
      this.u32(Number((value >> 32n) & 0xffffffffn));
      return;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer; give a bigint`);
    const high = Math.floor(value / TWO_32);
    this.u32(value - high * TWO_32);
    this.u32(high);
  }

  f32(value: number): void {
    float.setFloat32(0, value, true);
    this.u32(float.getUint32(0, true));
  }

  f64(value: number): void {
    float.setFloat64(0, value, true);
    this.u32(float.getUint32(0, true));
    this.u32(float.getUint32(4, true));
  }

  raw(value: Uint8Array): void {
    if (this.position + value.length <= this.bytes.length) this.bytes.set(value, this.position);
    this.position += value.length;
  }

  /** UTF-16 code units as they are (a lone surrogate stays one), without a terminator. */
  utf16(text: string): void {
    const { bytes, position } = this;
    const { length } = text;
    this.position = position + length * 2;
    if (this.position > bytes.length) return;
    if (length > NATIVE_TEXT_LENGTH) {
      bytes.write(text, position, 'utf16le');
      return;
    }
    for (let i = 0, at = position; i < length; i++, at += 2) {
      const unit = text.charCodeAt(i);
      bytes[at] = unit;
      bytes[at + 1] = unit >>> 8;
    }
  }

  filetime(time: WriterTime): void {
    const high = Math.floor(time.us / TWO_32);
    const low = (time.us - high * TWO_32) * 10 + Math.floor(time.ns / 100) + EPOCH_LOW;
    const carry = Math.floor(low / TWO_32);
    this.u32(low - carry * TWO_32);
    this.u32(high * 10 + EPOCH_HIGH + carry);
  }

  /** A GUID from its text; mixed-endian as [MS-DTYP] 2.3.4.2 says. */
  guid(text: string): void {
    const digits = text.replace(/[{}-]/g, '');
    if (!/^[0-9a-f]{32}$/i.test(digits)) throw new RangeError(`"${text}" is not a GUID`);
    this.u32(Number.parseInt(digits.slice(0, 8), 16));
    this.u16(Number.parseInt(digits.slice(8, 12), 16));
    this.u16(Number.parseInt(digits.slice(12, 16), 16));
    for (let at = 16; at < 32; at += 2) this.u8(Number.parseInt(digits.slice(at, at + 2), 16));
  }

  /** A SID from its text, [MS-DTYP] 2.4.2.2. */
  sid(text: string): void {
    if (!/^S-1-\d{1,15}(-\d{1,10}){0,15}$/.test(text)) throw new RangeError(`"${text}" is not a SID`);
    const [authority = 0, ...parts] = text.slice(4).split('-').map(Number);
    const high = Math.floor(authority / TWO_32);
    this.u8(1);
    this.u8(parts.length);
    this.u8(high >>> 8);
    this.u8(high);
    for (const shift of [24, 16, 8, 0]) this.u8(authority >>> shift);
    for (const part of parts) this.u32(part);
  }
}
