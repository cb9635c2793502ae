import type { Op } from '../../../model/predicate.ts';
import type { Place } from './modifiers.ts';

/** A piece of a Sigma string: literal text, `*` (any run of characters) or `?` (any one). */
export type Piece = { readonly literal: string } | { readonly wild: '*' | '?' };

/**
 * Splits a Sigma string into literals and wildcards. A backslash before `*`, `?` or a backslash makes that one
 * literal; any other backslash stands for itself (specification 2.1, "Escape Character").
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

/**
 * What a Sigma string with an optional place modifier asks for. Examples: `*\cmd.exe` is ends_with `\cmd.exe`;
 * `a*b` with contains is the wildcard `*a*b*`; `*` alone is is_not_null.
 */
export function placeText(pieces: readonly Piece[], place: Place | undefined): PlacedText {
  const list: Piece[] = [];
  if (place === 'contains' || place === 'endswith') list.push({ wild: '*' });
  list.push(...pieces);
  if (place === 'contains' || place === 'startswith') list.push({ wild: '*' });
  const isStar = (piece: Piece | undefined): boolean => piece !== undefined && 'wild' in piece && piece.wild === '*';
  let start = 0;
  let end = list.length;
  while (start < end && isStar(list[start])) start++;
  while (end > start && isStar(list[end - 1])) end--;
  const opensWide = start > 0;
  const endsWide = end < list.length;
  const inner = list.slice(start, end);
  if (inner.length === 0) return opensWide ? { op: 'is_not_null', text: '*' } : { op: 'eq', text: '' };
  const [only] = inner;
  if (inner.length === 1 && only && 'literal' in only) {
    const text = only.literal;
    if (opensWide && endsWide) return { op: 'contains', text };
    if (opensWide) return { op: 'ends_with', text };
    return { op: endsWide ? 'starts_with' : 'eq', text };
  }
  const pattern = inner.map((piece) => ('wild' in piece ? piece.wild : piece.literal.replace(/[\\*?]/g, '\\$&')));
  return { op: 'wildcard', text: `${opensWide ? '*' : ''}${pattern.join('')}${endsWide ? '*' : ''}` };
}

/** Names of the placeholders in a value, `%name%`; a backslash before a percent sign makes that one literal. */
const PLACEHOLDER = /\\%|%([^%\s\\][^%\\]*)%/g;

/**
 * Replaces the placeholders of a value, every combination of their values.
 * @returns the names that have no values, or the expanded texts.
 */
export function expandPlaceholders(
  text: string,
  lists: Readonly<Record<string, readonly string[]>>,
): { readonly unknown: readonly string[]; readonly texts: readonly string[] } {
  const unknown: string[] = [];
  let texts = [''];
  let last = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const before = text.slice(last, match.index);
    last = match.index + match[0].length;
    const name = match[1];
    const values = name === undefined ? ['%'] : Object.hasOwn(lists, name) ? (lists[name] as readonly string[]) : [];
    if (name !== undefined && values.length === 0) unknown.push(name);
    texts = texts.flatMap((head) => values.map((value) => head + before + value));
  }
  return { unknown, texts: texts.map((head) => head + text.slice(last)) };
}
