import { parseInstant, type Instant } from './time.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TOKEN = /yyyy|yy|MMMM|MMM|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|S+|a|XXX|'[^']*'|./gs;

/** For each token a pattern, and which part of a time it gives. */
const TOKENS: Readonly<Record<string, readonly [source: string, part: string]>> = {
  yyyy: ['(\\d{4})', 'year'],
  yy: ['(\\d{2})', 'shortYear'],
  MMMM: ['([A-Za-z]{3,9})', 'monthName'],
  MMM: ['([A-Za-z]{3,9})', 'monthName'],
  MM: ['(\\d{2})', 'month'],
  M: ['(\\d{1,2})', 'month'],
  dd: ['(\\d{2})', 'day'],
  d: ['(\\d{1,2})', 'day'],
  HH: ['(\\d{2})', 'hour'],
  H: ['(\\d{1,2})', 'hour'],
  hh: ['(\\d{2})', 'hour'],
  h: ['(\\d{1,2})', 'hour'],
  mm: ['(\\d{2})', 'minute'],
  m: ['(\\d{1,2})', 'minute'],
  ss: ['(\\d{2})', 'second'],
  s: ['(\\d{1,2})', 'second'],
  a: ['([AaPp])\\.?[Mm]\\.?', 'half'],
  XXX: ['(Z|UTC|[+-]\\d\\d:?\\d\\d)', 'zone'],
};

/** A time that a pattern reads. */
export interface PatternTime {
  readonly instant: Instant;
  /** Whether the text names no zone; the instant is then as if it were UTC. */
  readonly isZoneless: boolean;
}

/**
 * Makes a reader of times out of a pattern with the usual letters (Unicode TR 35): yyyy yy, MM M MMM, dd d, HH H, hh h
 * with a (AM, PM), mm m, ss s, S… (any number of fractional digits), XXX (an offset, or Z); text in single quotes and
 * all other characters stand for themselves. Names of months are English. Gives undefined for a pattern without a
 * year, month and day.
 */
export function readTimePattern(pattern: string): ((text: string) => PatternTime | undefined) | undefined {
  const parts: string[] = [];
  let source = '';
  for (const [token] of pattern.trim().matchAll(TOKEN)) {
    const known = TOKENS[token];
    if (known) {
      source += known[0];
      parts.push(known[1]);
    } else if (/^S+$/.test(token)) {
      source += '(\\d{1,9})\\d*';
      parts.push('fraction');
    } else if (/^\s$/.test(token)) source += '\\s+';
    else source += escaped(token.length > 1 ? token.slice(1, -1) : token);
  }
  const has = (...names: string[]): boolean => names.some((name) => parts.includes(name));
  if (!has('year', 'shortYear') || !has('month', 'monthName') || !has('day')) return undefined;
  if (new Set(parts).size < parts.length) return undefined;
  const regex = new RegExp(`^${source}$`);
  return (text) => {
    const match = regex.exec(text.trim());
    return match ? timeOf(new Map(parts.map((part, i) => [part, match[i + 1] as string]))) : undefined;
  };
}

function timeOf(parts: ReadonlyMap<string, string>): PatternTime | undefined {
  const part = (name: string, otherwise: string): string => (parts.get(name) ?? otherwise).padStart(2, '0');
  const short = Number(parts.get('shortYear') ?? 0);
  const year = parts.get('year') ?? String(short < 70 ? 2000 + short : 1900 + short);
  const name = parts.get('monthName')?.slice(0, 3).toLowerCase();
  const month = name === undefined ? part('month', '') : String(MONTHS.indexOf(name) + 1).padStart(2, '0');
  const half = parts.get('half')?.toUpperCase();
  const hour = Number(parts.get('hour') ?? 0);
  if (half !== undefined && (hour < 1 || hour > 12)) return undefined;
  const hours = half === undefined ? hour : (hour % 12) + (half === 'P' ? 12 : 0);
  const fraction = parts.has('fraction') ? `.${parts.get('fraction') ?? ''}` : '';
  const clock = `${String(hours).padStart(2, '0')}:${part('minute', '0')}:${part('second', '0')}${fraction}`;
  const instant = parseInstant(`${year}-${month}-${part('day', '')} ${clock}${parts.get('zone') ?? ''}`);
  return instant && { instant, isZoneless: !parts.has('zone') };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
