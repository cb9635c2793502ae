import { readRules } from '../catalog/read.ts';
import type { Diagnostic } from '../model/rule.ts';
import type { Span } from '../model/span.ts';
import type { Knowledge } from './knowledge.ts';
import { lint } from './lint.ts';
import { readOutline, type Outline } from './outline.ts';

/** Everything that is wrong with a rule text, by place. Never throws on bad text. */
export function checkText(text: string, knowledge: Pick<Knowledge, 'techniques'>): Diagnostic[] {
  if (text.trim() === '') return [];
  const outline = readOutline(text);
  const read = readRules(text);
  const all = [...read.diagnostics, ...read.rules.flatMap((rule) => rule.diagnostics), ...lint(outline, knowledge)];
  return mergeDiagnostics(
    all.map((diagnostic) => atOpenQuote(diagnostic, outline)),
    [],
  );
}

/** YAML tells of an open quote where the text ends; the quote itself is the place to mend. */
function atOpenQuote(diagnostic: Diagnostic, outline: Outline): Diagnostic {
  if (diagnostic.code !== 'yaml-syntax' || !diagnostic.message.includes('Missing closing')) return diagnostic;
  const open = outline.lines.find(({ kind, value, index }) => {
    if (kind !== 'content' || (value?.style !== 'open-single' && value?.style !== 'open-double')) return false;
    return outline.lines[index + 1]?.kind !== 'continuation';
  });
  return open?.value ? { ...diagnostic, span: open.value.span } : diagnostic;
}

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
