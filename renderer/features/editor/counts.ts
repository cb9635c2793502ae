import type { DraftResult } from '../../../shared/ipc/contract.ts';
import type { Outline } from '../../../shared/language/text/outline.ts';
import { conditionOf, documentCount, selectionsOf } from '../../../shared/language/text/selections.ts';
import { moveSpan } from '../../../shared/language/merge.ts';
import { positionAt } from '../../../shared/model/span.ts';
import type { monaco } from './monaco.ts';

/** A count to show at the end of a line. */
export interface CountLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly isZero: boolean;
}

const number = (value: number): string => value.toLocaleString('en-US');

/**
 * What the last run says of each line: how many candidate events fulfil a selection on its own, and at a condition how
 * many of the candidates the rule hits. Found by name, so that they stay at their lines while the text changes; parts
 * of a query have none, and move with the text.
 * @param resultText the text that the result is of.
 */
export function countLines(outline: Outline, result: DraftResult, resultText: string, text: string): CountLine[] {
  const left = new Map<string, number[]>();
  for (const { name, events } of result.selections) left.set(name, [...(left.get(name) ?? []), events]);
  const lines = partLines(result, resultText, text);
  const documents = documentCount(outline);
  for (let document = 0; document < documents; document++) {
    for (const { name, line } of selectionsOf(outline, document)) {
      const events = left.get(name)?.shift();
      if (events !== undefined) lines.push({ line: line.index + 1, text: number(events), isZero: events === 0 });
    }
  }
  const conditions = Array.from({ length: documents }, (_, document) => conditionOf(outline, document)).filter(
    (condition) => condition !== undefined,
  );
  // Candidates are counted over the whole text: they belong to a line only where there is one rule.
  const [only] = conditions;
  const [rule] = result.rules;
  if (only && rule && conditions.length === 1 && result.rules.length === 1 && rule.hits !== null) {
    const text = `${number(result.candidates)} → ${number(rule.hits)}`;
    lines.push({ line: only.line.index + 1, text, isZero: rule.hits === 0 });
  }
  return lines.toSorted((a, b) => a.line - b.line);
}

/** Counts of parts of a query, which have no name: at the line on which each ends, in their order. */
function partLines({ selections }: DraftResult, resultText: string, text: string): CountLine[] {
  const byLine = new Map<number, number[]>();
  for (const { name, span, events } of selections) {
    const moved = name === '' ? moveSpan(span, resultText, text) : undefined;
    if (!moved) continue;
    const { line } = positionAt(text, Math.max(moved.start, moved.end - 1));
    byLine.set(line, [...(byLine.get(line) ?? []), events]);
  }
  return [...byLine].map(([line, counts]) => ({
    line,
    text: counts.map(number).join(' · '),
    isZero: counts.every((events) => events === 0),
  }));
}

const GAP = 3;

/**
 * Puts the counts after their lines, right-aligned in one column; a line that leaves no room has its count after its
 * end.
 * @param visible how many characters of a line are in sight.
 */
export function showCounts(
  model: monaco.editor.ITextModel,
  decorations: monaco.editor.IEditorDecorationsCollection,
  counts: readonly CountLine[],
  isStale: boolean,
  visible: number,
): void {
  const inModel = counts.filter(({ line }) => line <= model.getLineCount());
  const width = Math.max(0, ...inModel.map(({ text }) => text.length));
  const longest = Math.max(0, ...inModel.map(({ line }) => model.getLineLength(line)));
  const column = Math.min(longest + GAP, Math.max(visible - width - 1, 0));
  decorations.set(
    inModel.map(({ line, text, isZero }) => {
      const end = model.getLineMaxColumn(line);
      const blanks = Math.max(GAP, column - (end - 1)) + width - text.length;
      return {
        range: { startLineNumber: line, startColumn: end, endLineNumber: line, endColumn: end },
        options: {
          showIfCollapsed: true,
          after: {
            content: `${'\u00a0'.repeat(blanks)}${text}`,
            inlineClassName: `rule-count${isZero ? ' zero' : ''}${isStale ? ' stale' : ''}`,
          },
        },
      };
    }),
  );
}
