import type { Span } from '../../model/span.ts';
import { childrenOf, lastLineOf, topKey, type Outline, type OutlineLine } from './outline.ts';

/** A selection as it stands in the text. */
export interface SelectionPlace {
  readonly name: string;
  readonly document: number;
  /** The name. */
  readonly nameSpan: Span;
  readonly line: OutlineLine;
  readonly lastLine: OutlineLine;
}

/** A condition as it stands in the text, possibly over several lines. */
export interface ConditionPlace {
  readonly document: number;
  readonly line: OutlineLine;
  /** Its words, in order; empty where nothing is written yet. */
  readonly words: readonly { readonly text: string; readonly span: Span }[];
}

const NOT_SELECTIONS = new Set(['condition', 'timeframe']);

/** Number of documents in the text. */
export function documentCount(outline: Outline): number {
  return (outline.lines[outline.lines.length - 1]?.document ?? 0) + 1;
}

/** The key that holds a document's selections: `detection`, or `filter` in a Sigma filter. */
function detectionOf(outline: Outline, document: number): OutlineLine | undefined {
  return topKey(outline, document, 'detection') ?? topKey(outline, document, 'filter');
}

/** The selections of one document, in order. */
export function selectionsOf(outline: Outline, document: number): SelectionPlace[] {
  const detection = detectionOf(outline, document);
  if (!detection) return [];
  const isFilter = detection.key?.text === 'filter';
  return childrenOf(outline, detection.index, document).flatMap((line) => {
    if (!line.key || NOT_SELECTIONS.has(line.key.text) || (isFilter && line.key.text === 'rules')) return [];
    return [{ name: line.key.text, document, nameSpan: line.key.span, line, lastLine: lastLineOf(outline, line) }];
  });
}

/** The condition of one document; undefined where there is none. */
export function conditionOf(outline: Outline, document: number): ConditionPlace | undefined {
  const detection = detectionOf(outline, document);
  if (!detection) return undefined;
  const line = childrenOf(outline, detection.index, document).find((child) => child.key?.text === 'condition');
  if (!line) return undefined;
  const words: { text: string; span: Span }[] = [];
  const collect = (start: number, end: number): void => {
    for (const match of outline.text.slice(start, end).matchAll(/[^\s()|'"]+/g)) {
      const at = start + match.index;
      words.push({ text: match[0], span: { start: at, end: at + match[0].length } });
    }
  };
  const last = lastLineOf(outline, line).index;
  for (let i = line.index; i <= last; i++) {
    const each = outline.lines[i] as OutlineLine;
    if (each.kind === 'continuation') collect(each.start, each.end);
    else if (each.kind === 'content' && each.value && each.value.style !== 'block') {
      collect(each.value.span.start, each.value.span.end);
    }
  }
  return { document, line, words };
}

const OPERATORS = new Set(['and', 'or', 'not', 'of', 'all', 'any', 'them', '1']);

/** Whether a word of a condition is an operator or a number, not a selection's name. */
export function isOperatorWord(word: string): boolean {
  return OPERATORS.has(word.toLowerCase()) || /^\d+$/.test(word);
}

/** Whether a word of a condition means a selection: its name, or a pattern with `*` that covers it. */
export function wordMeans(word: string, name: string): boolean {
  const [first = '', ...rest] = word.split('*');
  const last = rest.pop();
  if (last === undefined) return word === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  // The parts between must occur in order, between the first and the last.
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
