import type { Op } from '../../model/predicate.ts';

/** A piece of a text with wildcards: literal text, `*` (any run of characters) or `?` (any one). */
export type Piece = { readonly literal: string } | { readonly wild: '*' | '?' };

/**
 * Splits a text into literals and wildcards. A backslash before `*`, `?` or a backslash makes that one literal; any
 * other backslash stands for itself. So Sigma writes its strings (specification 2.1, "Escape Character"), and so is
 * the text of a `wildcard` value written (see PredicateValue).
 */
export function splitWildcards(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') pieces.push({ literal });
    literal = '';
  };
  for (let i = 0; i < text.length; i++) {
    const unit = text[i] as string;
    const next = text[i + 1];
    if (unit === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      i++;
    } else if (unit === '*' || unit === '?') {
      flush();
      pieces.push({ wild: unit });
    } else {
      literal += unit;
    }
  }
  flush();
  return pieces;
}

/** A value with the operator that says the same with the fewest wildcards. */
export interface PlacedText {
  readonly op: Extract<Op, 'eq' | 'contains' | 'starts_with' | 'ends_with' | 'wildcard' | 'is_not_null'>;
  readonly text: string;
}

/** Where in a field a value stands, besides what its own wildcards say. */
export type Place = 'contains' | 'startswith' | 'endswith';

/**
 * What pieces with an optional place ask for. Examples: `*\cmd.exe` is ends_with `\cmd.exe`; `a*b` with contains is the
 * wildcard `*a*b*`; `*` alone is is_not_null. Where a wildcard remains, several stars in a row stay as written.
 */
export function placeText(pieces: readonly Piece[], place: Place | undefined): PlacedText {
  const isStar = (piece: Piece | undefined): boolean => piece !== undefined && 'wild' in piece && piece.wild === '*';
  let start = 0;
  let end = pieces.length;
  while (start < end && isStar(pieces[start])) start++;
  while (end > start && isStar(pieces[end - 1])) end--;
  const starsBefore = Math.max(start, place === 'contains' || place === 'endswith' ? 1 : 0);
  const starsAfter = Math.max(pieces.length - end, place === 'contains' || place === 'startswith' ? 1 : 0);
  if (start === end) return starsBefore + starsAfter > 0 ? { op: 'is_not_null', text: '*' } : { op: 'eq', text: '' };
  const only = pieces[start];
  if (end - start === 1 && only && 'literal' in only) {
    const text = only.literal;
    if (starsBefore > 0 && starsAfter > 0) return { op: 'contains', text };
    if (starsBefore > 0) return { op: 'ends_with', text };
    return { op: starsAfter > 0 ? 'starts_with' : 'eq', text };
  }
  const inner = pieces.slice(start, end).map((piece) => ('wild' in piece ? piece.wild : escaped(piece.literal)));
  return { op: 'wildcard', text: '*'.repeat(starsBefore) + inner.join('') + '*'.repeat(starsAfter) };
}

/** Literal text as a part of a `wildcard` value. */
function escaped(literal: string): string {
  return literal.replace(/[\\*?]/g, '\\$&');
}
