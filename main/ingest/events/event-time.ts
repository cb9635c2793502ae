import { instantFromFiletime, parseInstant, type Instant } from '../../../shared/model/time.ts';

const EPOCH = /^(-?)(\d{1,19})(?:\.(\d{1,9})\d*)?$/;
/** PowerShell's ConvertTo-Json writes milliseconds since the epoch so. */
const DOT_NET = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/;

/** `5/1/2024, 8:15:02.123 AM` (month first, as Microsoft's portals and Splunk write it), with or without a zone; FullEventLogView has the fraction last. */
const MONTH_FIRST =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d)(\.\d+)?)?\s([AP])M(\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;
/** `01.05.2024 08:15:02`, as Windows writes it in German and others. */
const DAY_FIRST = /^(\d{1,2})\.(\d{1,2})\.(\d{4}),? (\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?)$/;
/** `May 1, 2024 @ 08:15:02.123` as Kibana's tables have it, and `May 1, 2024 8:15:02.123 AM`. */
const MONTH_NAMED =
  /^([A-Z][a-z]{2})[a-z]* (\d{1,2}), (\d{4})(?:,| @)? (\d{1,2}):(\d\d):(\d\d)(\.\d+)?(?:\s([AP])M)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SLASHED = /^(\d{4})\/(\d\d)\/(\d\d)([T ].*)$/;

/** Whether a time that `readTime` takes names no zone: it is then read as UTC, which may not be what was meant. */
export function isZoneless(text: string): boolean {
  if (EPOCH.test(text) || DOT_NET.test(text)) return false;
  // Behind the date, whose own dashes look like an offset's.
  return !/(?:Z|UTC|[+-]\d\d:?\d\d)\s*$/i.test(text.slice(10));
}

/** Times in words that are not ISO 8601, made so. */
function toIso(text: string): string | undefined {
  const us = MONTH_FIRST.exec(text);
  if (us) {
    const [
      ,
      month = '',
      day = '',
      year = '',
      hour = '',
      minute = '',
      second = '00',
      fraction = '',
      half = '',
      behind = '',
    ] = us;
    const hours = (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
    const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    return Number(hour) > 12
      ? undefined
      : `${date} ${pad(hours)}:${minute}:${second}${fraction || behind}${us[10] ?? ''}`;
  }
  const dotted = DAY_FIRST.exec(text);
  if (dotted) {
    const [, day = '', month = '', year = '', time = ''] = dotted;
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')} ${time.padStart(time.indexOf(':') === 1 ? time.length + 1 : 0, '0')}`;
  }
  const named = MONTH_NAMED.exec(text);
  if (named) {
    const [, month = '', day = '', year = '', hour = '', minute = '', second = '', fraction = '', half, zone = ''] =
      named;
    const date = `${year}-${pad(MONTHS.indexOf(month) + 1)}-${day.padStart(2, '0')}`;
    const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'P' ? 12 : 0);
    return `${date} ${pad(hours)}:${minute}:${second}${fraction}${zone}`;
  }
  const slashed = SLASHED.exec(text);
  return slashed ? `${slashed[1]}-${slashed[2]}-${slashed[3]}${slashed[4]}` : undefined;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/**
 * Reads an event's time as exports write it: ISO 8601 (none of the digits lost), PowerShell's `/Date(…)/`, or a
 * number since the Unix epoch whose size tells its unit: below 10^11 seconds (with a fraction), below 10^14
 * milliseconds, below 10^17 microseconds. Above that nanoseconds, but for 10^17 to 1.6 * 10^17, which as
 * nanoseconds would be 1973 to 1975 and as a FILETIME (100 ns since 1601) is 1917 to 2108.
 */
export function readTime(text: string): Instant | undefined {
  const iso = parseInstant(text);
  if (iso) return iso;
  const other = toIso(text);
  if (other !== undefined) return parseInstant(other);
  const dotNet = DOT_NET.exec(text);
  const epoch = EPOCH.exec(dotNet?.[1] ?? text);
  if (!epoch) return undefined;
  const [, sign = '', whole = '', fraction = ''] = epoch;
  const size = dotNet ? 1e12 : Number(whole);
  if (size < 1e11) return fromNanos(sign, BigInt(whole) * 1_000_000_000n + nanosOf(fraction), fraction.length);
  if (size < 1e14) return fromNanos(sign, BigInt(whole) * 1_000_000n + nanosOf(fraction) / 1000n, 3);
  if (size < 1e17) return fromNanos(sign, BigInt(whole) * 1000n, 6);
  if (size < 1.6e17) return readFiletime(whole);
  return fromNanos(sign, BigInt(whole), 9);
}

/** Reads a number of units since the Unix epoch; `digits` is how many decimal places of a second a unit is. */
export function readEpoch(text: string, digits: 0 | 3 | 6 | 9): Instant | undefined {
  const epoch = EPOCH.exec(text.trim());
  if (!epoch) return undefined;
  const [, sign = '', whole = '', fraction = ''] = epoch;
  const nanos = (BigInt(whole) * 1_000_000_000n + nanosOf(fraction)) / 10n ** BigInt(digits);
  return fromNanos(sign, nanos, Math.min(9, digits + fraction.length));
}

/** Reads a FILETIME: steps of 100 ns since 1601. */
export function readFiletime(text: string): Instant | undefined {
  if (!/^\s*\d{1,19}\s*$/.test(text)) return undefined;
  const ticks = BigInt(text.trim());
  return instantFromFiletime(Number(ticks & 0xffffffffn), Number(ticks >> 32n));
}

function nanosOf(fraction: string): bigint {
  return BigInt(fraction.padEnd(9, '0'));
}

function fromNanos(sign: string, nanos: bigint, digits: number): Instant {
  const signed = sign === '-' ? -nanos : nanos;
  const ns = ((signed % 1000n) + 1000n) % 1000n;
  return { us: Number((signed - ns) / 1000n), ns: Number(ns), digits };
}
