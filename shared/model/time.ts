/**
 * An instant as the sources give it: whole microseconds since the Unix epoch, UTC (a safe integer for the years
 * 1685 to 2255), the nanoseconds beyond them, and how many fractional digits the source wrote.
 * FILETIME has 100 ns steps, more than a double holds as one number: hence two parts.
 */
export interface Instant {
  readonly us: number;
  /** 0 to 999. */
  readonly ns: number;
  /** 0 to 9: fractional digits to print, so that none is lost and none invented. */
  readonly digits: number;
}

/** 1970-01-01 as a FILETIME (116,444,736,000,000,000 steps of 100 ns since 1601), in 32-bit halves. */
const EPOCH_LOW = 3_577_643_008;
const EPOCH_HIGH = 27_111_902;

/**
 * Microseconds since the epoch of a Windows FILETIME ([MS-DTYP] 2.3.3) given as its two 32-bit halves.
 * Exact for the years 1685 to 2255: the epoch is taken off before the halves are joined, since microseconds
 * since 1601 no longer fit a double's 53 bits.
 */
export function filetimeUs(low: number, high: number): number {
  const hi = (high >>> 0) - EPOCH_HIGH;
  const tens = Math.floor(hi / 10);
  const rest = (hi - tens * 10) * 4294967296 + (low >>> 0) - EPOCH_LOW;
  return tens * 4294967296 + Math.floor(rest / 10);
}

/** The part of a FILETIME below a microsecond, in nanoseconds: 0, 100, … 900. */
export function filetimeNs(low: number, high: number): number {
  // 2^32 mod 10 is 6, and 1970 falls on a whole microsecond, so the halves' last digits decide.
  return (((((high >>> 0) % 10) * 6 + ((low >>> 0) % 10)) % 10) * 100) | 0;
}

export function instantFromFiletime(low: number, high: number): Instant {
  return { us: filetimeUs(low, high), ns: filetimeNs(low, high), digits: 7 };
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/**
 * Writes an instant as ISO 8601 in UTC with exactly its digits, for example `2024-05-01T08:15:02.1234567Z`.
 * Years outside 0000 to 9999 are written in ECMAScript's expanded form. An out-of-range instant gives ''.
 */
export function formatInstant(instant: Instant): string {
  const seconds = Math.floor(instant.us / 1_000_000);
  const micros = instant.us - seconds * 1_000_000;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return '';
  const whole = date.toISOString().replace(/\.\d+Z$/, '');
  if (instant.digits === 0) return `${whole}Z`;
  return `${whole}.${(pad(micros, 6) + pad(instant.ns, 3)).slice(0, instant.digits)}Z`;
}

const ISO =
  /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;

/**
 * Reads an ISO 8601 date and time, `T` or blank between, with or without an offset (none means UTC).
 * Digits past nanoseconds are dropped. Gives undefined for anything else, impossible dates included.
 */
export function parseInstant(text: string): Instant | undefined {
  const match = ISO.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  let offsetMinutes = 0;
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (offset) offsetMinutes = (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
  const digits = Math.min(fraction.length, 9);
  const nanos = Number(fraction.slice(0, 9).padEnd(9, '0'));
  const us = (date.getTime() - offsetMinutes * 60_000) * 1000 + Math.floor(nanos / 1000);
  return { us, ns: nanos % 1000, digits };
}
