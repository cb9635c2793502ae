import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CONTENT, offsetAt, offsetShowing, rowsInSight, scrollMap, scrollTopAt } from './scroll-map.ts';

const maps = fc
  .record({
    total: fc.integer({ min: 0, max: 20_000_000 }),
    rowHeight: fc.constantFrom(20, 24),
    viewport: fc.integer({ min: 40, max: 2000 }),
  })
  .map(({ total, rowHeight, viewport }) => scrollMap(total, rowHeight, viewport));

describe('scroll map', () => {
  it('never asks for a taller element than browsers give', () => {
    fc.assert(
      fc.property(maps, (map) => map.contentHeight <= MAX_CONTENT && map.contentHeight <= map.total * map.rowHeight),
    );
  });

  it('reaches the first and the last row, however many there are', () => {
    fc.assert(
      fc.property(maps, (map) => {
        expect(offsetAt(map, 0)).toBe(0);
        const end = offsetAt(map, map.maxScroll);
        expect(Math.abs(end - map.maxOffset)).toBeLessThan(1e-3);
        if (map.total > 0) {
          expect(rowsInSight(map, 0, 0).first).toBe(0);
          expect(rowsInSight(map, end, 0).last).toBe(map.total - 1);
        }
      }),
    );
  });

  it('comes back from offset to scroll position to offset', () => {
    fc.assert(
      fc.property(maps, fc.double({ min: 0, max: 1, noNaN: true }), (map, part) => {
        const offset = part * map.maxOffset;
        expect(Math.abs(offsetAt(map, scrollTopAt(map, offset)) - offset)).toBeLessThan(1e-2);
      }),
    );
  });

  it('brings any row into sight, and moves only as far as needed', () => {
    fc.assert(
      fc.property(maps, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (map, n, part) => {
        fc.pre(map.total > 0);
        const row = n % map.total;
        const before = Math.floor(part * map.maxOffset);
        const after = offsetShowing(map, before, row);
        expect(row * map.rowHeight).toBeGreaterThanOrEqual(after);
        expect((row + 1) * map.rowHeight).toBeLessThanOrEqual(after + Math.max(map.viewport, map.rowHeight));
        expect(offsetShowing(map, after, row)).toBe(after);
      }),
    );
  });
});
