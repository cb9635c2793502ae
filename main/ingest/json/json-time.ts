import { instantFromFiletime, parseInstant, type Instant } from '../../../shared/model/time.ts';

const EPOCH = /^(-?)(\d{1,19})(?:\.(\d{1,9})\d*)?$/;
/** PowerShell's ConvertTo-Json writes milliseconds since the epoch so. */
const DOT_NET = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/;

/**
 * Reads an event's time as JSON exports write it: ISO 8601 (none of the digits lost), PowerShell's `/Date(…)/`, or a
 * number since the Unix epoch whose size tells its unit: below 10^11 seconds (with a fraction), below 10^14
 * milliseconds, below 10^17 microseconds. Above that nanoseconds, but for 10^17 to 1.6 * 10^17, which as
 * nanoseconds would be 1973 to 1975 and as a FILETIME (100 ns since 1601) is 1917 to 2108.
 */
export function readTime(text: string): Instant | undefined {
  const iso = parseInstant(text);
  if (iso) return iso;
  const dotNet = DOT_NET.exec(text);
  const epoch = EPOCH.exec(dotNet?.[1] ?? text);
  if (!epoch) return undefined;
  const [, sign = '', whole = '', fraction = ''] = epoch;
  const size = dotNet ? 1e12 : Number(whole);
  if (size < 1e11) return fromNanos(sign, BigInt(whole) * 1_000_000_000n + nanosOf(fraction), fraction.length);
  if (size < 1e14) return fromNanos(sign, BigInt(whole) * 1_000_000n + nanosOf(fraction) / 1000n, 3);
  if (size < 1e17) return fromNanos(sign, BigInt(whole) * 1000n, 6);
  if (size < 1.6e17) {
    const ticks = BigInt(whole);
    return instantFromFiletime(Number(ticks & 0xffffffffn), Number(ticks >> 32n));
  }
  return fromNanos(sign, BigInt(whole), 9);
}

function nanosOf(fraction: string): bigint {
  return BigInt(fraction.padEnd(9, '0'));
}

function fromNanos(sign: string, nanos: bigint, digits: number): Instant {
  const signed = sign === '-' ? -nanos : nanos;
  const ns = ((signed % 1000n) + 1000n) % 1000n;
  return { us: Number((signed - ns) / 1000n), ns: Number(ns), digits };
}
