import type { Span } from '../../../../model/span.ts';
import { SyntaxFault } from '../../../syntax/cursor.ts';

/** A token of a KQL query. */
export interface KqlToken extends Span {
  readonly kind: 'name' | 'string' | 'number' | 'symbol';
  /** A string's decoded content; else as written. */
  readonly text: string;
  /** Whether a blank line stands before it: there a new query may begin. */
  readonly isAfterBlankLine: boolean;
}

const BLANK = /(?:\s+|\/\/[^\n]*)+/y;
const NAME = /[$\p{L}_][\p{L}\p{N}_]*/uy;
/** Numbers with the unit of a timespan, if any: `5`, `0x1F`, `1.5h`, `1e3`; also names that begin with a digit. */
const NUMBER = /0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\w*/y;
const SYMBOL = /==|!=|=~|!~|<=|>=|<>|\.\.|=>|[-+*/%<>=!~()[\]{},;|.:?@#&^]/y;

/** Splits a query into tokens; comments are blanks. Throws SyntaxFault. */
export function kqlTokens(text: string, range: Span = { start: 0, end: text.length }): KqlToken[] {
  const tokens: KqlToken[] = [];
  let at = range.start;
  let isAfterBlankLine = false;
  while (at < range.end) {
    const blank = match(BLANK, text, at);
    if (blank !== undefined) {
      isAfterBlankLine = /\n[ \t\r]*\n/.test(text.slice(at, blank));
      at = blank;
      continue;
    }
    const string = readString(text, at);
    if (string) {
      tokens.push({ kind: 'string', text: string.text, start: at, end: string.end, isAfterBlankLine });
      at = string.end;
    } else {
      const number = match(NUMBER, text, at);
      const name = number === undefined ? match(NAME, text, at) : undefined;
      const end = number ?? name ?? match(SYMBOL, text, at);
      if (end === undefined) throw new SyntaxFault(`Unexpected ${text[at] ?? ''}`, { start: at, end: at + 1 });
      const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'symbol';
      tokens.push({ kind, text: text.slice(at, end), start: at, end, isAfterBlankLine });
      at = end;
    }
    isAfterBlankLine = false;
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

const STRING_START = /[hH]?(@?)(["']|```|~~~)/y;

/**
 * A string literal at a place: plain with escapes, verbatim `@"…"` where a doubled quote is one, obfuscated `h"…"`,
 * or between three backticks or tildes (Kusto, "The string data type").
 */
function readString(text: string, at: number): { readonly text: string; readonly end: number } | undefined {
  STRING_START.lastIndex = at;
  const open = STRING_START.exec(text);
  if (!open) return undefined;
  const start = STRING_START.lastIndex;
  const quote = open[2] as string;
  if (quote.length === 3) {
    const close = text.indexOf(quote, start);
    if (close < 0) throw unclosed(at, start);
    return { text: text.slice(start, close), end: close + 3 };
  }
  return open[1] === '@' ? readVerbatim(text, start, quote, at) : readEscaped(text, start, quote, at);
}

function unclosed(start: number, end: number): SyntaxFault {
  return new SyntaxFault('This string is never closed', { start, end });
}

function readVerbatim(text: string, start: number, quote: string, open: number): { text: string; end: number } {
  let content = '';
  for (let at = start; ;) {
    const close = text.indexOf(quote, at);
    if (close < 0) throw unclosed(open, start);
    content += text.slice(at, close);
    if (text[close + 1] !== quote) return { text: content, end: close + 1 };
    content += quote;
    at = close + 2;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
};

function readEscaped(text: string, start: number, quote: string, open: number): { text: string; end: number } {
  let content = '';
  for (let at = start; at < text.length; at++) {
    const unit = text[at] as string;
    if (unit === quote) return { text: content, end: at + 1 };
    if (unit === '\n') break;
    if (unit !== '\\') content += unit;
    else {
      const hex = /^(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(text.slice(at + 1, at + 6));
      if (hex) {
        content += String.fromCharCode(parseInt((hex[1] ?? hex[2]) as string, 16));
        at += hex[0].length;
      } else {
        const next = text[++at] ?? '';
        // An unknown escape is an error in Kusto; authors mean the backslash: `"C:\Windows"`.
        content += ESCAPES[next] ?? (/["'\\`]/.test(next) ? next : `\\${next}`);
      }
    }
  }
  throw unclosed(open, start);
}

/** Writes a text as a string literal. */
export function quoteKql(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters have to be written as escapes
  return `"${text.replace(/["\\\u0000-\u001f]/g, (unit) => (/["\\]/.test(unit) ? `\\${unit}` : escaped(unit)))}"`;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
