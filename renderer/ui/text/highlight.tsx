import type { JSX, ReactNode } from 'react';
import type { Span } from '../../../shared/model/span.ts';
import { visibleText } from './visible.ts';

/** Sorts ranges, clips them to the text and joins those that touch. */
export function mergeRanges(ranges: readonly Span[], length: number): readonly Span[] {
  const merged: Span[] = [];
  const sorted = ranges
    .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(length, end) }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.start <= last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}

/** A value with some of its characters marked, and what would hide itself shown. */
export function Highlighted({
  text,
  ranges,
}: {
  readonly text: string;
  readonly ranges: readonly Span[];
}): JSX.Element {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end } of mergeRanges(ranges, text.length)) {
    parts.push(visibleText(text.slice(at, start)), <mark key={start}>{visibleText(text.slice(start, end))}</mark>);
    at = end;
  }
  parts.push(visibleText(text.slice(at)));
  return <>{parts}</>;
}
