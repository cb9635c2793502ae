import type { Span } from '../model/span.ts';
import { childrenOf, lastLineOf, topKey, type Outline, type OutlineLine } from './text/outline.ts';
import { documentCount, selectionsOf } from './text/selections.ts';

/** A named part of the text, for "go to symbol" and for folding. */
export interface DocumentSymbol {
  readonly name: string;
  readonly kind: 'rule' | 'section' | 'selection';
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly DocumentSymbol[];
}

function titleOf(outline: Outline, document: number): string {
  const value = topKey(outline, document, 'title')?.value;
  const title = value ? outline.text.slice(value.span.start, value.span.end).replace(/^['"]|['"]$/g, '') : '';
  return title === '' ? 'Untitled rule' : title;
}

/** Rules of the text, their sections, and the selections of their detection. */
export function symbolsOf(outline: Outline): DocumentSymbol[] {
  const symbols: DocumentSymbol[] = [];
  for (let document = 0; document < documentCount(outline); document++) {
    const tops = childrenOf(outline, -1, document).filter((line) => line.key !== undefined);
    const first = tops[0];
    const last = tops[tops.length - 1];
    if (!first || !last) continue;
    const selections = selectionsOf(outline, document);
    const children = tops.map((line) =>
      sectionOf(
        outline,
        line,
        selections.filter((each) => each.line.parent === line.index),
      ),
    );
    const span = { start: first.start, end: lastLineOf(outline, last).end };
    const nameSpan = { start: first.start, end: first.end };
    symbols.push({ name: titleOf(outline, document), kind: 'rule', span, nameSpan, children });
  }
  return symbols;
}

function sectionOf(outline: Outline, line: OutlineLine, selections: ReturnType<typeof selectionsOf>): DocumentSymbol {
  const nameSpan = line.key?.span ?? { start: line.start, end: line.end };
  return {
    name: line.key?.text ?? '',
    kind: 'section',
    span: { start: line.start, end: lastLineOf(outline, line).end },
    nameSpan,
    children: selections.map((selection) => ({
      name: selection.name,
      kind: 'selection',
      span: { start: selection.line.start, end: selection.lastLine.end },
      nameSpan: selection.nameSpan,
      children: [],
    })),
  };
}

/** Ranges of lines (from 1, inclusive) that can be folded: everything that a key holds on lines of its own. */
export function foldsOf(outline: Outline): { readonly from: number; readonly to: number }[] {
  return outline.lines.flatMap((line) => {
    if (!line.key) return [];
    const last = lastLineOf(outline, line);
    return last.index > line.index ? [{ from: line.index + 1, to: last.index + 1 }] : [];
  });
}
