import type { Span } from '../../model/span.ts';

const BLANK = /\s/;

/** Length of the escape sequence at `at` in a double-quoted scalar (YAML 1.2.2, 5.7), the backslash included. */
function escapeLength(source: string, at: number): number {
  switch (source[at + 1]) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

/** Where a scalar's content starts in the source: past the quote, or past a block scalar's header line. */
function contentStart(source: string, span: Span): number {
  const first = source[span.start];
  if (first === '"' || first === "'") return span.start + 1;
  if (first !== '|' && first !== '>') return span.start;
  const lineEnd = source.indexOf('\n', span.start);
  return lineEnd < 0 || lineEnd >= span.end ? span.end : lineEnd + 1;
}

/**
 * Maps each UTF-16 unit of a scalar's value to its offset in the source, with the end as last entry. Folded lines,
 * doubled quotes and escapes are followed; where they can't be told exactly the offset stays within the scalar.
 * Example: for the source `'it''s'` at 10 the value `it's` gives 11, 12, 13, 15, 16.
 */
export function scalarOffsets(source: string, span: Span, value: string): Int32Array {
  const offsets = new Int32Array(value.length + 1);
  const quote = source[span.start];
  let at = contentStart(source, span);
  for (let i = 0; i < value.length; i++) {
    const unit = value[i] as string;
    if (source[at] !== unit && BLANK.test(source[at] ?? '')) {
      // A line fold (value: blank or line feed), or indentation that isn't part of the value.
      while (at < span.end && BLANK.test(source[at] ?? '') && source[at] !== unit) at++;
      if (BLANK.test(unit) && source[at] !== unit) {
        offsets[i] = Math.min(at - 1, span.end);
        continue;
      }
    }
    offsets[i] = Math.min(at, span.end);
    if (quote === '"' && source[at] === '\\') at += escapeLength(source, at);
    else if (quote === "'" && source[at] === "'" && source[at + 1] === "'") at += 2;
    else at++;
  }
  offsets[value.length] = Math.min(at, span.end);
  return offsets;
}
