import type { Span } from '../../../../model/span.ts';
import { SyntaxFault } from '../../../syntax/cursor.ts';
import { endOfQuoted } from '../macro.ts';
import { endOfBrackets } from '../pipeline.ts';

export type SearchTokenKind = 'word' | 'value' | 'string' | 'operator' | '(' | ')' | ',' | 'subsearch';

/** A token of a search expression. */
export interface SearchToken extends Span {
  /** `value` is an unquoted word after a comparison: it may hold characters that end other words. */
  readonly kind: SearchTokenKind;
  /** A string's content with its escapes undone; else as written. */
  readonly text: string;
  /** A string after a comparison is its value, else a phrase or a field's name. */
  readonly isValue: boolean;
}

const OPERATOR = /==|!=|<=|>=|=|<|>/y;
const WORD = /(?:[^\s()[\],|"=<>!\\]|\\[^]|!(?!=))+/y;
/** `()` may be part of a value: `*GetCurrent()*`. */
const VALUE = /(?:[^\s()[\],|"\\]|\\[^]|(?<=[\w*])\(\))+/y;

/** Splits a range of the search into tokens; commas stay, blanks don't. */
export function searchTokens(text: string, range: Span): SearchToken[] {
  const tokens: SearchToken[] = [];
  let at = range.start;
  // Widened, since `push` changes it unseen by the compiler.
  let isValue = false as boolean;
  const push = (kind: SearchTokenKind, end: number, content?: string): void => {
    tokens.push({ kind, text: content ?? text.slice(at, end), start: at, end, isValue });
    isValue = kind === 'operator';
    at = end;
  };
  while (at < range.end) {
    const unit = text[at] as string;
    if (/\s/.test(unit)) {
      at++;
      continue;
    }
    if (unit === '(' || unit === ')' || unit === ',') push(unit, at + 1);
    else if (unit === '"') {
      const end = endOfQuoted(text, at);
      if (end > range.end || text[end - 1] !== '"' || end === at + 1) {
        throw new SyntaxFault('This quote is never closed', { start: at, end: range.end });
      }
      push('string', end, unescapeSpl(text.slice(at + 1, end - 1)));
    } else if (unit === '[') {
      const end = endOfBrackets(text, at, range.end);
      if (end === undefined) throw new SyntaxFault('This bracket is never closed', { start: at, end: at + 1 });
      push('subsearch', end);
    } else {
      const operator = isValue ? undefined : match(OPERATOR, text, at);
      const end = operator ?? match(isValue ? VALUE : WORD, text, at);
      if (end === undefined || end > range.end) {
        throw new SyntaxFault(`Unexpected ${unit}`, { start: at, end: at + 1 });
      }
      if (operator !== undefined) push('operator', end);
      else push(isValue ? 'value' : 'word', end, unescapeSpl(text.slice(at, end)));
    }
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/**
 * Undoes the escapes of a string or word: a backslash makes a quote, a bar or a backslash itself; before anything else
 * it is a character like any other (Search Manual, "Backslashes"). An asterisk can't be escaped.
 */
export function unescapeSpl(written: string): string {
  return written.replace(/\\(["\\|])/g, '$1');
}

/** Writes a text as a string in double quotes. */
export function quoteSpl(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
