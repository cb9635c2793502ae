import { filetimeNs, filetimeUs, formatInstant } from '../../../shared/model/time.ts';

const DASH = 0x2d;

/** A whole number of 1, 2, 4 or 8 bytes, a bigint where a double cannot hold it; undefined for other sizes. */
export function unsignedAt(view: DataView, at: number, size: number): number | bigint | undefined {
  switch (size) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true);
    case 4:
      return view.getUint32(at, true);
    case 8: {
      const high = view.getUint32(at + 4, true);
      return high < 0x200000 ? high * 4294967296 + view.getUint32(at, true) : view.getBigUint64(at, true);
    }
    default:
      return undefined;
  }
}

/** FILETIME as ISO 8601 with seven digits; past the year 9999 ("never") as a hexadecimal number. */
export function filetimeText(view: DataView, at: number): string {
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  const us = filetimeUs(low, high);
  if (Number.isSafeInteger(us)) return formatInstant({ us, ns: filetimeNs(low, high), digits: 7 });
  // Before 1685, as 0 that stands for no time, or far ahead.
  const steps = view.getBigUint64(at, true);
  const date = new Date(Number(steps / 10_000_000n - 11_644_473_600n) * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return `0x${steps.toString(16)}`;
  return `${date.toISOString().slice(0, 19)}.${String(steps % 10_000_000n).padStart(7, '0')}Z`;
}

/** SYSTEMTIME: year, month, weekday, day, hour, minute, second, millisecond, two bytes each. Undefined if none such. */
export function systemTimeText(view: DataView, at: number): string | undefined {
  const part = (i: number): number => view.getUint16(at + i * 2, true);
  const two = (i: number): string => String(part(i)).padStart(2, '0');
  if (part(0) > 9999 || part(1) > 12 || part(3) > 31 || part(4) > 23 || part(5) > 59 || part(6) > 60) return undefined;
  if (part(7) > 999) return undefined;
  const date = `${String(part(0)).padStart(4, '0')}-${two(1)}-${two(3)}`;
  return `${date}T${two(4)}:${two(5)}:${two(6)}.${String(part(7)).padStart(3, '0')}Z`;
}

/**
 * Writes a SID's text ([MS-DTYP] 2.4.2.2; the authority is big-endian, in hex from 2^32 on) at out[n]; there must be
 * room. Gives the offset behind it, or -1 where the SID is not all there.
 */
export function writeSid(view: DataView, at: number, size: number, out: Uint8Array, n: number): number {
  if (size < 8) return -1;
  const count = view.getUint8(at + 1);
  if (8 + count * 4 > size) return -1;
  const high = view.getUint16(at + 2, false);
  const low = view.getUint32(at + 4, false);
  out[n++] = 0x53;
  out[n++] = DASH;
  n = writeDecimal(view.getUint8(at), out, n);
  out[n++] = DASH;
  n = high === 0 ? writeDecimal(low, out, n) : writeHex(high, low, 12, out, n);
  for (let i = 0; i < count; i++) {
    out[n++] = DASH;
    n = writeDecimal(view.getUint32(at + 8 + i * 4, true), out, n);
  }
  return n;
}

/** Writes a whole number below 2^32 in decimal digits at out[n]; gives the offset behind them. */
function writeDecimal(value: number, out: Uint8Array, n: number): number {
  let end = n + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  for (let i = end - 1; i >= n; i--) {
    out[i] = 0x30 + (value % 10);
    value = Math.floor(value / 10);
  }
  return end;
}

/** Writes `0x` and the lower-case digits, at least `least`, of high * 2^32 + low at out[n]; gives the offset behind. */
export function writeHex(high: number, low: number, least: number, out: Uint8Array, n: number): number {
  out[n++] = 0x30;
  out[n++] = 0x78;
  let shift = 60;
  while (shift >= least * 4 && digitAt(high, low, shift) === 0) shift -= 4;
  for (; shift >= 0; shift -= 4) {
    const digit = digitAt(high, low, shift);
    out[n++] = digit < 10 ? 0x30 + digit : 0x57 + digit;
  }
  return n;
}

function digitAt(high: number, low: number, shift: number): number {
  return (shift < 32 ? low >>> shift : high >>> (shift - 32)) & 15;
}

/** The shortest decimal that reads back as the same 32-bit float. */
export function shortestFloat(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(value);
}
