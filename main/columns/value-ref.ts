/**
 * A value as one 32-bit integer, the cell of every column in memory and in the case file:
 *
 *   ref >= 0                     id of a text in the dictionary
 *   -1                           the event has no such field
 *   -2 … -(2^29 + 1)             a whole number 0 … 2^29 - 1, whose text is its decimal digits
 *   -(2^29 + 2) … -(2^30 + 1)    a whole number 0 … 2^29 - 1, whose text is `0x` and lower-case hex digits
 *   below                        reserved
 *
 * Ports, process ids, masks and counters so take no dictionary entry. A text has one ref only: whoever makes a
 * ref for a text must go through `refOfText` or know that the text isn't such a number.
 */
export type ValueRef = number;

export const ABSENT: ValueRef = -1;

/** Numbers at or above this are dictionary texts. */
export const INLINE_LIMIT = 2 ** 29;
const DECIMAL_BASE = -2;
const HEX_BASE = -2 - INLINE_LIMIT;
export const LOWEST_REF = HEX_BASE - (INLINE_LIMIT - 1);

/** The ref of a whole number whose text is decimal; `value` must be an integer in [0, 2^29). */
export function decimalRef(value: number): ValueRef {
  return DECIMAL_BASE - value;
}

/** The ref of a whole number whose text is `0x…` in lower case without leading zeros; `value` in [0, 2^29). */
export function hexRef(value: number): ValueRef {
  return HEX_BASE - value;
}

/** Whether a ref carries its own text, that is, needs no dictionary. ABSENT does not count. */
export function isInline(ref: ValueRef): boolean {
  return ref < ABSENT;
}

/** The text of an inline ref; call only where `isInline(ref)`. */
export function inlineText(ref: ValueRef): string {
  return ref > HEX_BASE ? String(DECIMAL_BASE - ref) : `0x${(HEX_BASE - ref).toString(16)}`;
}

/** The number of an inline ref; call only where `isInline(ref)`. */
export function inlineNumber(ref: ValueRef): number {
  return ref > HEX_BASE ? DECIMAL_BASE - ref : HEX_BASE - ref;
}

/** SQL expression that gives the text of the ref in `column`, by the rules above; NULL where absent. */
export function refTextSql(column: string): string {
  return (
    `CASE WHEN ${column} >= 0 THEN (SELECT text FROM value WHERE id = ${column})` +
    ` WHEN ${column} > ${HEX_BASE} THEN CAST(${DECIMAL_BASE} - ${column} AS TEXT)` +
    ` WHEN ${column} IS NOT NULL THEN '0x' || printf('%x', ${HEX_BASE} - ${column}) END`
  );
}

const NUMBER = /^(?:0|[1-9][0-9]{0,8}|0x(?:0|[1-9a-f][0-9a-f]{0,7}))$/;

/** The inline ref of a text that is a number in canonical form, else undefined. */
export function inlineRefOfText(text: string): ValueRef | undefined {
  if (text.length === 0 || text.length > 10 || text.charCodeAt(0) > 57 || !NUMBER.test(text)) return undefined;
  const hex = text.length > 2 && text.charCodeAt(1) === 120;
  const value = Number(text);
  if (value >= INLINE_LIMIT) return undefined;
  return hex ? hexRef(value) : decimalRef(value);
}

/**
 * The inline ref of UTF-8 (or ASCII) bytes that are a number in canonical form, else ABSENT (0x-texts included).
 * Same answer as `inlineRefOfText`, without making a string.
 */
export function inlineRefOfBytes(bytes: Uint8Array, start: number, end: number): ValueRef {
  const length = end - start;
  if (length === 0 || length > 10) return ABSENT;
  const first = bytes[start] as number;
  if (first < 48 || first > 57) return ABSENT;
  if (length > 2 && first === 48 && bytes[start + 1] === 120) {
    if (bytes[start + 2] === 48 && length > 3) return ABSENT;
    let value = 0;
    for (let i = start + 2; i < end; i++) {
      const unit = bytes[i] as number;
      const digit = unit >= 48 && unit <= 57 ? unit - 48 : unit >= 97 && unit <= 102 ? unit - 87 : -1;
      if (digit < 0) return ABSENT;
      value = value * 16 + digit;
    }
    return value < INLINE_LIMIT ? hexRef(value) : ABSENT;
  }
  if (length > 9 || (first === 48 && length > 1)) return ABSENT;
  let value = first - 48;
  for (let i = start + 1; i < end; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return ABSENT;
    value = value * 10 + digit;
  }
  return value < INLINE_LIMIT ? decimalRef(value) : ABSENT;
}
