/** Half-open range of UTF-16 offsets in a text. Lines and columns exist only at the edges (editor, command line). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One-based line and column (UTF-16 units) of an offset. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds the line and column of an offset. Lines end with LF, CRLF or CR.
 * @param offset clamped to the text's length.
 */
export function positionAt(text: string, offset: number): Position {
  const end = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) {
      line++;
      lineStart = i + 1;
    }
  }
  return { line, column: end - lineStart + 1 };
}
