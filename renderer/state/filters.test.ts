import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_FILTER, type ViewFilter } from '../../shared/model/filter.ts';
import {
  addChip,
  back,
  chipText,
  enclosingRange,
  forward,
  invertChip,
  isEmptyFilter,
  pivotRange,
  sameFilter,
  valueChip,
  visit,
  type FilterHistory,
} from './filters.ts';

const START: FilterHistory = { filter: EMPTY_FILTER, past: [], future: [] };
const ranged = (fromUs: number, toUs: number): ViewFilter => ({ ...EMPTY_FILTER, range: { fromUs, toUs } });

describe('chips', () => {
  it('turn around instead of contradicting each other', () => {
    const once = addChip(EMPTY_FILTER, valueChip('Image', 'a.exe', false));
    const twice = addChip(once, valueChip('Image', 'a.exe', true));
    expect(twice.chips).toEqual([valueChip('Image', 'a.exe', true)]);
    expect(addChip(twice, valueChip('Image', 'b.exe', true)).chips).toHaveLength(2);
  });

  it('say what they do', () => {
    expect(chipText(valueChip('Image', 'a.exe', true))).toBe('Image ≠ a.exe');
    expect(chipText(valueChip('Image', null, false))).toBe('Image is absent');
    expect(chipText(invertChip(valueChip('Image', null, false)))).toBe('Image is present');
  });

  it('that are off leave the filter empty', () => {
    const off = { ...valueChip('a', 'b', false), enabled: false };
    expect(isEmptyFilter(addChip(EMPTY_FILTER, off))).toBe(true);
    expect(isEmptyFilter(addChip(EMPTY_FILTER, valueChip('a', 'b', false)))).toBe(false);
  });
});

describe('history', () => {
  it('goes back to where it came from, and forward again, whatever was visited', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }), (steps) => {
        const end = steps.reduce((h, n) => visit(h, { ...EMPTY_FILTER, text: String(n) }), START);
        let now = end;
        const n = end.past.length;
        for (let i = 0; i < n; i++) now = back(now);
        expect(sameFilter(now.filter, EMPTY_FILTER)).toBe(true);
        expect(back(now)).toBe(now);
        for (let i = 0; i < n; i++) now = forward(now);
        expect(now).toEqual(end);
        expect(forward(now)).toBe(now);
      }),
    );
  });

  it('zooms back to the last enclosing range, past chips and searches', () => {
    const first = visit(START, ranged(0, 1000));
    const second = visit(first, ranged(100, 200));
    const third = visit(second, { ...second.filter, text: 'x' });
    expect(enclosingRange(third)).toEqual({ fromUs: 0, toUs: 1000 });
    expect(enclosingRange(first)).toBeNull();
  });
});

it('a pivot includes the event it is around', () => {
  fc.assert(
    fc.property(fc.integer({ min: -4e15, max: 6e15 }), fc.constantFrom(0.001, 1, 5, 60), (us, minutes) => {
      const { fromUs, toUs } = pivotRange(us, minutes);
      expect(us - fromUs).toBe(minutes * 60e6);
      expect(toUs - us).toBe(minutes * 60e6 + 1);
    }),
  );
});
