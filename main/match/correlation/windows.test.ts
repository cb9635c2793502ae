import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPARISONS, CORRELATION_TYPES, type Formula } from '../../../shared/model/correlation.ts';
import { naiveWindows } from '../../testing/naive-windows.ts';
import { findWindows, type Occurrence } from './windows.ts';

const PARTS = 3;

const occurrences: fc.Arbitrary<Occurrence[]> = fc
  .array(
    fc.record({
      gap: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1, 2) }, fc.constantFrom(5, 10, 11, 30)),
      parts: fc.uniqueArray(fc.integer({ min: 0, max: PARTS - 1 }), { minLength: 1, maxLength: 2 }),
      value: fc.oneof(fc.integer({ min: -3, max: 6 }), fc.constantFrom(0.1, 0.2, 0.3)),
    }),
    { maxLength: 24 },
  )
  .map((steps) => {
    let timeUs = 0;
    return steps.flatMap(({ gap, parts, value }, event) => {
      timeUs += gap;
      return [...parts].sort().map((part) => ({ event, timeUs, part, value }));
    });
  });

const formula: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('part' as const), part: fc.integer({ min: 0, max: PARTS - 1 }) }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      children: fc.array(tie('formula'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), child: tie('formula') }),
  ),
})).formula;

const rules = fc.record(
  {
    type: fc.constantFrom(...CORRELATION_TYPES),
    timespanUs: fc.constantFrom(3, 10, 30, Infinity),
    criteria: fc.array(
      fc.record({
        op: fc.constantFrom(...COMPARISONS),
        value: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constant(50)),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    percentile: fc.constantFrom(0, 10, 50, 95, 100),
    formula,
    parts: fc.constant({ length: PARTS }),
  },
  { requiredKeys: ['type', 'timespanUs', 'criteria', 'parts'] },
);

describe('windows', () => {
  it('are those that the oracle finds', () => {
    let held = 0;
    fc.assert(
      fc.property(rules, occurrences, (correlation, found) => {
        const isByPart = correlation.type.startsWith('temporal');
        // As the correlator gives them: an event counts once unless rules are told apart.
        const given = isByPart ? found : found.filter(({ event }, i) => found[i - 1]?.event !== event);
        const windows = findWindows(correlation, given);
        held += windows.length;
        const plain = (hits: readonly { at: number; isReported: boolean }[]) =>
          hits.map(({ at, isReported }) => `${at} ${String(isReported)}`).sort();
        expect(plain(windows)).toEqual(plain(naiveWindows(correlation, given)));
        for (const { first, last, at } of windows) {
          const [start, end] = [given[first] as Occurrence, given[last] as Occurrence];
          expect(end.timeUs - start.timeUs).toBeLessThanOrEqual(correlation.timespanUs);
          expect(first <= at && at <= last).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(held).toBeGreaterThan(1000);
  });

  const at = (...times: number[]): Occurrence[] => times.map((timeUs, event) => ({ event, timeUs, part: 0, value: 0 }));
  const counting = (op: 'gte' | 'lt' | 'eq', value: number) =>
    ({ type: 'event_count', timespanUs: 10, criteria: [{ op, value }], parts: { length: 1 } }) as const;
  const reported = (rule: ReturnType<typeof counting>, found: Occurrence[]): number[] =>
    findWindows(rule, found).flatMap((hit) => (hit.isReported ? [hit.at] : []));

  it('hold at the event that completes them, and are reported once in a timespan', () => {
    expect(reported(counting('gte', 3), at(0, 1, 10, 11, 12))).toEqual([2]);
    expect(reported(counting('gte', 3), at(0, 1, 11))).toEqual([]);
    expect(reported(counting('gte', 2), at(0, 1, 5, 9, 12, 13))).toEqual([1, 4]);
  });

  it('are looked at as a whole where more events could make them untrue', () => {
    expect(reported(counting('lt', 3), at(0, 1, 2, 3, 4))).toEqual([]);
    expect(reported(counting('lt', 3), at(0, 1, 50))).toEqual([1, 2]);
    expect(reported(counting('eq', 2), at(0, 1, 2))).toEqual([]);
    expect(reported(counting('eq', 2), at(0, 1))).toEqual([1]);
  });
});
