import type { Span } from '../../../model/span.ts';
import { placeText, type Piece } from '../sigma/value.ts';
import { opValue, type OpValue } from './lower.ts';

/** Splits a pattern of EQL: `*` and `?` are always wildcards, a backslash is an ordinary character. */
export function eqlPieces(text: string): Piece[] {
  return text.split(/([*?])/).flatMap((part): Piece[] => {
    if (part === '') return [];
    return [part === '*' || part === '?' ? { wild: part } : { literal: part }];
  });
}

/** Splits a pattern of ES|QL's LIKE, Lucene or a wildcard query: a backslash makes the next character literal. */
export function escapedPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '*' || char === '?') {
      if (literal !== '') pieces.push({ literal });
      literal = '';
      pieces.push({ wild: char });
    } else if (char === '\\' && at + 1 < text.length) literal += text[++at] as string;
    else literal += char;
  }
  if (literal !== '') pieces.push({ literal });
  return pieces;
}

/** More pieces than this are one pattern; a function call can't take any number of arguments. */
const MAX_PLACED_PIECES = 10_000;

export function piecesValue(pieces: readonly Piece[], span: Span): OpValue {
  if (pieces.length <= MAX_PLACED_PIECES) return opValue(placeText(pieces, undefined), span);
  const text = pieces.map((piece) => ('wild' in piece ? piece.wild : piece.literal.replace(/[\\*?]/g, '\\$&')));
  return opValue({ op: 'wildcard', text: text.join('') }, span);
}
