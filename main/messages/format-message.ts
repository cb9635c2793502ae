/** A piece of a message: text as it is, a value, or a text that a number stands for. */
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `%1` to `%99`, with its printf format where it has one. */
  | { readonly kind: 'insert'; readonly number: number; readonly format: string }
  /** `%%1833`. */
  | { readonly kind: 'parameter'; readonly number: number };

/** What stands for itself behind a `%`. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ' };

/**
 * Takes a message apart, after FormatMessage's documentation: `%1` to `%99` are inserts, `%1!s!` with a format, `%0`
 * ends the message, `%n` breaks the line (and so does `%r`, a carriage return, unless `%n` follows), `%t` is a tab, `%b` a
 * space, and any other character behind a `%` stands for itself (`%%`, `%.`, `%!`, `% `). `%%` with digits is an event's
 * parameter text. The line break at the end, which message compilers put there, is left out.
 */
export function parseMessage(message: string): MessagePart[] {
  const parts: MessagePart[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text: text.replace(/\r\n?/g, '\n') });
    text = '';
  };
  const pattern = /%(?:%(\d{1,8})|([1-9]\d?)(?:!([^!]{0,40})!)?|([^]))|[^%]+|%/g;
  for (let match = pattern.exec(message); match; match = pattern.exec(message)) {
    const [whole, parameter, insert, format = '', other] = match;
    if (parameter !== undefined) {
      flush();
      parts.push({ kind: 'parameter', number: Number(parameter) });
    } else if (insert !== undefined) {
      flush();
      parts.push({ kind: 'insert', number: Number(insert), format });
    } else if (other === '0') {
      break;
    } else if (other !== undefined) {
      text += ESCAPES[other] ?? other;
    } else {
      text += whole;
    }
  }
  flush();
  return trimEnd(parts);
}

function trimEnd(parts: MessagePart[]): MessagePart[] {
  const last = parts.at(-1);
  if (last?.kind !== 'text') return parts;
  const text = last.text.trimEnd();
  return text === '' ? trimEnd(parts.slice(0, -1)) : [...parts.slice(0, -1), { kind: 'text', text }];
}

/** Digits that a format may ask for; beyond that a message could be made of blanks. */
const WIDTH_LIMIT = 256;

/**
 * A value in a printf format of FormatMessage: flags, width, precision, size, type. A value that isn't a number where
 * the format wants one stays as it is.
 */
export function formatValue(value: string, format: string): string {
  const match = /^([-+ #0]*)(\d{0,9})(?:\.(\d{0,9}))?(?:h|l|ll|w|I|I32|I64)?([a-zA-Z])$/.exec(format);
  if (!match) return value;
  const [, flags = '', width = '', precision, type = 's'] = match;
  const wanted = Math.min(Number(width), WIDTH_LIMIT);
  const isLeft = flags.includes('-');
  const zeros = flags.includes('0') && !isLeft ? wanted : 0;
  const digits = precision === undefined ? zeros : Math.min(Number(precision), WIDTH_LIMIT);
  const isText = type === 's' || type === 'S';
  const cut = precision === undefined ? value : value.slice(0, Number(precision));
  const shown = isText ? cut : inType(value, type, flags.includes('#'), digits);
  return isLeft ? shown.padEnd(wanted) : shown.padStart(wanted);
}

/** @param digits the fewest that are written. */
function inType(value: string, type: string, isPrefixed: boolean, digits: number): string {
  const number = wholeNumber(value);
  if (number === undefined) return value;
  switch (type) {
    case 'x':
    case 'X': {
      const prefix = isPrefixed ? '0x' : '';
      const hex = BigInt.asUintN(64, number).toString(16);
      return prefix + (type === 'X' ? hex.toUpperCase() : hex).padStart(digits - prefix.length, '0');
    }
    case 'd':
    case 'i':
    case 'u': {
      const sign = number < 0n ? '-' : '';
      return sign + (number < 0n ? -number : number).toString().padStart(digits - sign.length, '0');
    }
    default:
      return value;
  }
}

function wholeNumber(value: string): bigint | undefined {
  const text = value.trim();
  if (!/^(?:-?\d{1,20}|0x[0-9a-f]{1,16})$/i.test(text)) return undefined;
  return BigInt(text);
}
