/** A text as it is ordered. */
export interface TextKey {
  readonly text: string;
  readonly folded: string;
  /** NaN where the text isn't a number. */
  readonly number: number;
}

const NUMBER = /^(?:[+-]?\d+(?:\.\d+)?|0x[0-9a-f]+)$/i;

export function keyOf(text: string): TextKey {
  return { text, folded: text.toLowerCase(), number: NUMBER.test(text) ? Number(text) : Number.NaN };
}

/** Whether a text of UTF-8 can be a number: it has nothing but what numbers are written with. */
export function mayBeNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (OF_NUMBERS[bytes[at] as number] !== 1) return false;
  return end > start;
}

const OF_NUMBERS = new Uint8Array(256);
for (const char of '0123456789abcdefABCDEFxX+-.') OF_NUMBERS[char.charCodeAt(0)] = 1;

/**
 * Orders texts as an analyst reads a column: whole texts that are numbers by their value and before all others, the
 * rest by lower-cased text, and where that is equal by the text itself.
 */
export function compareTexts(a: string, b: string): number {
  return compareKeys(keyOf(a), keyOf(b));
}

export function compareKeys(a: TextKey, b: TextKey): number {
  const aIsNumber = !Number.isNaN(a.number);
  const bIsNumber = !Number.isNaN(b.number);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  if (aIsNumber && a.number !== b.number) return a.number < b.number ? -1 : 1;
  if (a.folded !== b.folded) return a.folded < b.folded ? -1 : 1;
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

/** ASCII bytes with capitals made small, the rest as it is. */
export const FOLDED_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 65 && byte <= 90 ? byte + 32 : byte,
);
