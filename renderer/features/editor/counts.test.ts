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

const lines = (text: string, of: DraftResult) => countLines(readOutline(text), of, text, text);

describe('countLines', () => {
  it('puts counts at selections, and candidates and hits at the condition', () => {
    expect(lines(rule('a', 'x'), result([1204]))).toEqual([
      { line: 5, text: '1,204', isZero: false },
      { line: 7, text: '12,000 → 1,204', isZero: false },
    ]);
  });

  it('follows selections when lines are added above', () => {
    const moved = lines(`# note\n\n${rule('a', 'x')}`, result([0]));
    expect(moved.map(({ line, isZero }) => [line, isZero])).toEqual([
      [7, true],
      [9, true],
    ]);
  });

  it('keeps selections of several rules apart, and shows nothing for those that are gone', () => {
    const text = `${rule('a', 'x')}---\n${rule('b', 'y')}`;
    expect(lines(text, result([3, 5]))).toEqual([
      { line: 5, text: '3', isZero: false },
      { line: 13, text: '5', isZero: false },
    ]);
    expect(lines('title: x\n', result([3]))).toEqual([]);
  });

  it('puts the counts of a query at the lines where its parts end, and moves them with the text', () => {
    const older = 'where a == 1\n  and b == 2 and c == 3\n';
    const spanOf = (part: string) => ({ start: older.indexOf(part), end: older.indexOf(part) + part.length });
    const of: DraftResult = {
      ...result([2]),
      selections: [
        { name: '', span: spanOf('a == 1'), events: 1200 },
        { name: '', span: spanOf('b == 2'), events: 0 },
        { name: '', span: spanOf('c == 3'), events: 7 },
      ],
    };
    expect(lines(older, of)).toEqual([
      { line: 1, text: '1,200', isZero: false },
      { line: 2, text: '0 · 7', isZero: false },
    ]);
    const newer = `// note\n${older}`;
    expect(countLines(readOutline(newer), of, older, newer).map(({ line }) => line)).toEqual([2, 3]);
  });
});
