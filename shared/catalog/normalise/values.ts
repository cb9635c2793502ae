import type { Op, Predicate } from '../../model/predicate.ts';

/**
 * A value as keys compare it: lower-cased, not trimmed, so that ` -r ` and `-r` differ. A regular expression keeps its
 * case, which has a meaning there (`\d` and `\D`).
 */
export function foldValue(op: Op, text: string): string {
  return op === 'match' ? text : text.toLowerCase();
}

/**
 * A predicate's value as the catalog writes it. Of a wildcard pattern the escapes are taken off, so that it reads as
 * rules write paths: `*\\Temp\\*` becomes `*\Temp\*`; a literal `*` or `?` then stands in brackets, `[*]`.
 */
export function shownValue(op: Op, text: string): string {
  if (op !== 'wildcard') return text;
  return text.replace(/\\([\\*?])/g, (_, unit: string) => (unit === '\\' ? unit : `[${unit}]`));
}

/** The wildcard pattern that `shownValue` shows as this: a backslash is itself, `[*]` and `[?]` are literal. */
export function patternOfShown(shown: string): string {
  return shown.replace(/\[([*?])\]|\\/g, (unit, literal: string | undefined) =>
    literal === undefined ? `${unit}${unit}` : `\\${literal}`,
  );
}

/**
 * The last part of a path that a value asks for as a whole: `\x.exe` gives `x.exe`. Undefined where the value has no
 * separator in front, a further one, a wildcard, or nothing else.
 */
export function lastPartOf(text: string): string | undefined {
  return /^[\\/]([^\\/*?]+)$/.exec(text)?.[1];
}

/** Digits of a hash, by algorithm. */
const HASH_LENGTHS: Readonly<Record<string, number>> = { md5: 32, imphash: 32, sha1: 40, sha256: 64 };

/** One hash of a value such as `IMPHASH=0123…`; `op` is eq where the digits are all there. */
export interface HashPart {
  readonly algorithm: string;
  readonly op: Op;
  readonly text: string;
}

/** Splits Sysmon's `ALGORITHM=digits` form; undefined where a value isn't of it. */
export function splitHash(op: Op, text: string): HashPart | undefined {
  const match = /^([A-Z]+\d*)=([0-9A-F]+)$/i.exec(text);
  if (!match || (op !== 'contains' && op !== 'eq' && op !== 'starts_with' && op !== 'ends_with')) return undefined;
  const algorithm = (match[1] as string).toLowerCase();
  const digits = match[2] as string;
  const length = Object.hasOwn(HASH_LENGTHS, algorithm) ? HASH_LENGTHS[algorithm] : undefined;
  if (length === undefined) return undefined;
  return { algorithm, op: digits.length === length ? 'eq' : 'contains', text: digits };
}

/** Whether a value is, or holds, a placeholder of Sigma's `expand`, which stands for a list of the user's. */
export function isPlaceholder({ native }: Pick<Predicate, 'native'>, text: string): boolean {
  return native.split('|').includes('expand') && /%[^%\s\\]+%/.test(text);
}
