import type { Span } from '../../../model/span.ts';
import { placeText, type Piece } from '../../syntax/wildcards.ts';
import { opValue, type OpValue } from '../common/lowering.ts';

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

export function piecesValue(pieces: readonly Piece[], span: Span): OpValue {
  return opValue(placeText(pieces, undefined), span);
}
