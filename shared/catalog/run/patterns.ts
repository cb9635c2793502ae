/** A wildcard pattern in pieces: literal text, any run, any one character. */
export type PatternPiece = { readonly literal: string } | { readonly wild: '*' | '?' };

/** Splits the text of a `wildcard` value (see PredicateValue), its escapes taken off. */
export function patternPieces(text: string): readonly PatternPiece[] {
  const pieces: PatternPiece[] = [];
  let literal = '';
  const close = (): void => {
    if (literal !== '') pieces.push({ literal });
    literal = '';
  };
  for (let at = 0; at < text.length; at++) {
    const unit = text[at] as string;
    const next = text[at + 1];
    if (unit === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      at++;
    } else if (unit === '*' || unit === '?') {
      close();
      pieces.push({ wild: unit });
    } else literal += unit;
  }
  close();
  return pieces;
}

/**
 * RE2 text that matches exactly what the pieces do.
 * @param any a class of characters, such as `[^x]`, that the wildcards stand for.
 */
export function patternRegex(pieces: readonly PatternPiece[], any: string): string {
  return pieces
    .map((piece) => ('literal' in piece ? escapeRegex(piece.literal) : piece.wild === '*' ? `${any}*` : any))
    .join('');
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
