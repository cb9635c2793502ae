import { filetimeNs, filetimeUs, formatInstant } from '../../../shared/model/time.ts';

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

/** [MS-DTYP] 2.4.2.2; the authority is big-endian, in hex from 2^32 on. Undefined where it is not all there. */
export function sidText(view: DataView, at: number, size: number): string | undefined {
  if (size < 8) return undefined;
  const count = view.getUint8(at + 1);
  if (8 + count * 4 > size) return undefined;
  const high = view.getUint16(at + 2, false);
  const low = view.getUint32(at + 4, false);
  const authority = high === 0 ? String(low) : `0x${(high * 4294967296 + low).toString(16).padStart(12, '0')}`;
  let text = `S-${view.getUint8(at)}-${authority}`;
  for (let i = 0; i < count; i++) text += `-${view.getUint32(at + 8 + i * 4, true)}`;
  return text;
}

/** The shortest decimal that reads back as the same 32-bit float. */
export function shortestFloat(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(value);
}
