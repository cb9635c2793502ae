import type { Piece } from '../syntax/wildcards.ts';

/**
 * RE2 text that matches exactly what the pieces do.
 * @param any a class of characters, such as `[^x]`, that the wildcards stand for.
 */
export function patternRegex(pieces: readonly Piece[], any: string): string {
  return pieces
    .map((piece) => ('literal' in piece ? escapeRegex(piece.literal) : piece.wild === '*' ? `${any}*` : any))
    .join('');
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
