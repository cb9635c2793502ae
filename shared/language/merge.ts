import type { Diagnostic } from '../model/rule.ts';
import type { Span } from '../model/span.ts';

const keyOf = ({ code, span }: Diagnostic): string => `${code}@${String(span.start)}-${String(span.end)}`;

/** Joins what the reader and the engine say of the same text, each thing once, in the order of the text. */
export function mergeDiagnostics(ours: readonly Diagnostic[], theirs: readonly Diagnostic[]): Diagnostic[] {
  const byKey = new Map<string, Diagnostic>();
  for (const diagnostic of [...ours, ...theirs]) {
    const key = keyOf(diagnostic);
    if (!byKey.has(key)) byKey.set(key, diagnostic);
  }
  return [...byKey.values()].toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/**
 * Where a span of an older text stands in a newer one: moved with what follows the change, undefined where the change
 * touched it.
 */
export function moveSpan(span: Span, older: string, newer: string): Span | undefined {
  if (older === newer) return span;
  const most = Math.min(older.length, newer.length);
  let head = 0;
  while (head < most && older.charCodeAt(head) === newer.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < most - head &&
    older.charCodeAt(older.length - 1 - tail) === newer.charCodeAt(newer.length - 1 - tail)
  ) {
    tail++;
  }
  if (span.end <= head) return span;
  const moved = newer.length - older.length;
  if (span.start >= older.length - tail) return { start: span.start + moved, end: span.end + moved };
  return undefined;
}

/** Codes that the reader gives itself: an old answer of the engine has nothing to add on these. */
const READER_CODE = /^(?:sigma|yaml|lint)-/;

/**
 * What the engine said of an older text and the reader cannot know (a refused expression, say), moved to where it
 * stands now.
 */
export function engineDiagnostics(theirs: readonly Diagnostic[], older: string, newer: string): Diagnostic[] {
  return theirs.flatMap((diagnostic) => {
    if (older !== newer && READER_CODE.test(diagnostic.code)) return [];
    const span = moveSpan(diagnostic.span, older, newer);
    return span ? [{ ...diagnostic, span }] : [];
  });
}
