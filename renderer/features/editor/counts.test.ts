import { describe, expect, it } from 'vitest';
import type { DraftResult } from '../../../shared/ipc/contract.ts';
import { readOutline } from '../../../shared/language/text/outline.ts';
import { countLines } from './counts.ts';

const rule = (title: string, events: string): string =>
  `title: ${title}\nlogsource:\n    product: windows\ndetection:\n    selection:\n        Image: ${events}\n    condition: selection\n`;

const result = (counts: readonly number[]): DraftResult => ({
  version: 1,
  diagnostics: [],
  rules: counts.map((hits, index) => ({ id: String(index), title: '', level: 'low', hits, cannotFire: null })),
  hits: counts[0] ?? 0,
  candidates: 12_000,
  selections: counts.map((events) => ({ name: 'selection', span: { start: 0, end: 1 }, events })),
  elapsedMs: 1,
});

describe('countLines', () => {
  it('puts counts at selections, and candidates and hits at the condition', () => {
    expect(countLines(readOutline(rule('a', 'x')), result([1204]))).toEqual([
      { line: 5, text: '1,204', isZero: false },
      { line: 7, text: '12,000 → 1,204', isZero: false },
    ]);
  });

  it('follows selections when lines are added above', () => {
    const moved = countLines(readOutline(`# note\n\n${rule('a', 'x')}`), result([0]));
    expect(moved.map(({ line, isZero }) => [line, isZero])).toEqual([
      [7, true],
      [9, true],
    ]);
  });

  it('keeps selections of several rules apart, and shows nothing for those that are gone', () => {
    const text = `${rule('a', 'x')}---\n${rule('b', 'y')}`;
    expect(countLines(readOutline(text), result([3, 5]))).toEqual([
      { line: 5, text: '3', isZero: false },
      { line: 13, text: '5', isZero: false },
    ]);
    expect(countLines(readOutline('title: x\n'), result([3]))).toEqual([]);
  });
});
