import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEVELS, levelRank } from '../../../../shared/model/severity.ts';
import { barHeight, hitMarks, stackedHits } from './histogram-shapes.ts';

const counts = (buckets: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: buckets, maxLength: buckets });
const byLevel = fc.integer({ min: 1, max: 200 }).chain((n) => fc.tuple(...LEVELS.map(() => counts(n))));

describe('hit marks', () => {
  it('lose no hit and no severity, and never overlap by more than half', () => {
    fc.assert(
      fc.property(byLevel, fc.integer({ min: 50, max: 2000 }), (hits, width) => {
        const marks = hitMarks(hits, width, 10);
        const total = hits.flat().reduce((a, b) => a + b, 0);
        expect(marks.reduce((sum, mark) => sum + mark.hits, 0)).toBe(total);
        const most = hits.findLastIndex((level) => level.some((n) => n > 0));
        expect(Math.max(-1, ...marks.map((mark) => levelRank(mark.level)))).toBe(most);
        for (const [i, mark] of marks.entries()) {
          const before = marks[i - 1];
          if (before) expect(mark.x - before.x).toBeGreaterThanOrEqual(5 - 1e-6);
        }
      }),
    );
  });
});

describe('bars', () => {
  it('show anything that is there, and nothing else', () => {
    expect(barHeight(0, 100, 80)).toBe(0);
    expect(barHeight(1, 1_000_000, 80)).toBeGreaterThan(1);
    expect(barHeight(100, 100, 80)).toBe(80);
  });

  it('stack to the number of hits', () => {
    fc.assert(
      fc.property(byLevel, (hits) => {
        const events = (hits[0] ?? []).map(() => 100);
        const buckets = { fromUs: 0, toUs: 1, stepUs: 1, count: 1 };
        const stacked = stackedHits({ events, hits, draft: [], buckets });
        const sums = events.map((_, i) => hits.reduce((sum, level) => sum + (level[i] ?? 0), 0));
        expect(stacked[0]?.counts).toEqual(sums);
        expect(stacked.at(-1)?.counts).toEqual(hits.at(-1));
      }),
    );
  });
});
