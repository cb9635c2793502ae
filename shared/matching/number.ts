const INTEGER = /^[+-]?(?:\d+|0x[0-9a-f]+)$/i;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A number as texts write it: whole numbers exactly, decimal or `0x…`; others as the nearest double. */
export type ExactNumber = bigint | number;

/** Reads a number, blanks around it allowed; undefined where the text is none. */
export function parseNumber(written: string): ExactNumber | undefined {
  const text = written.trim();
  if (text.length > 400) return undefined;
  if (INTEGER.test(text)) {
    const isNegative = text.startsWith('-');
    const digits = text.replace(/^[+-]/, '');
    if (digits.length < 15 && !digits.includes('x') && !digits.includes('X')) return Number(text);
    const value = BigInt(digits.replace('X', 'x'));
    return isNegative ? -value : value;
  }
  return DECIMAL.test(text) ? Number(text) : undefined;
}

export type Comparison = 'gt' | 'gte' | 'lt' | 'lte';

/** Compares exactly, also a bigint with a number. */
export function compares(op: Comparison, left: ExactNumber, right: ExactNumber): boolean {
  switch (op) {
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
  }
}
