import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZoneClock } from '../../../../shared/model/zone.ts';
import { bucketsFor, ticksFor } from './time-scale.ts';

const us = (iso: string): number => Date.parse(iso) * 1000;

const ranges = fc
  .tuple(fc.integer({ min: -4e15, max: 6e15 }), fc.integer({ min: 1, max: 2e15 }), fc.integer({ min: 50, max: 4000 }))
  .map(([from, length, width]) => ({ from, to: from + length, width }));

describe('buckets', () => {
  it('cover the range, start at multiples of their width, and are never too many', () => {
    fc.assert(
      fc.property(ranges, ({ from, to, width }) => {
        const b = bucketsFor(from, to, width);
        expect(b.fromUs).toBeLessThanOrEqual(from);
        expect(b.toUs).toBeGreaterThanOrEqual(to);
        expect(b.toUs - b.fromUs).toBe(b.count * b.stepUs);
        expect(Math.abs(b.fromUs % b.stepUs)).toBe(0);
        expect(b.count).toBeLessThanOrEqual(2000);
        expect(b.count).toBeGreaterThanOrEqual(1);
        expect(from - b.fromUs).toBeLessThan(b.stepUs);
        expect(b.toUs - to).toBeLessThan(b.stepUs);
      }),
    );
  });

  it('are of round width', () => {
    const b = bucketsFor(us('2024-05-01T08:02:00Z'), us('2024-05-01T16:00:00Z'), 400);
    expect(b).toMatchObject({ stepUs: 300_000_000, fromUs: us('2024-05-01T08:00:00Z') });
  });
});

describe('ticks', () => {
  it('lie in the range, rise, and leave room for their labels', () => {
    fc.assert(
      fc.property(ranges, ({ from, to, width }) => {
        const ticks = ticksFor(from, to, width);
        for (const [i, tick] of ticks.entries()) {
          expect(tick.us).toBeGreaterThanOrEqual(from);
          expect(tick.us).toBeLessThan(to);
          const before = ticks[i - 1];
          if (before) expect(((tick.us - before.us) / (to - from)) * width).toBeGreaterThan(60);
        }
      }),
    );
  });

  it.each([
    ['2024-05-01T07:50:00Z', '2024-05-01T12:10:00Z', 500, ['08:00', '09:00', '10:00', '11:00', '12:00']],
    ['2023-11-20T00:00:00Z', '2024-03-10T00:00:00Z', 400, ['Dec', '2024', 'Feb', 'Mar']],
    ['2024-05-01T08:15:02.1Z', '2024-05-01T08:15:02.6Z', 500, ['08:15:02.100', '08:15:02.200', '08:15:02.300']],
  ])('from %s to %s', (from, to, width, labels) => {
    const found = ticksFor(us(from), us(to), width).map((tick) => tick.label);
    expect(found.slice(0, labels.length)).toEqual(labels);
  });

  it('mark midnight with the date', () => {
    const ticks = ticksFor(us('2024-05-01T20:00:00Z'), us('2024-05-02T08:00:00Z'), 400);
    expect(ticks.find((tick) => tick.isMajor)?.label).toBe('2 May');
  });

  it('begins hours and days by the clock that is shown', () => {
    const berlin = new ZoneClock('Europe/Berlin');
    // The clock was put forward at 01:00 UTC on 31 March.
    const ticks = ticksFor(us('2024-03-29T12:00:00Z'), us('2024-04-02T12:00:00Z'), 500, berlin);
    expect(ticks.map(({ us: at, label }) => `${label} ${new Date(at / 1000).toISOString().slice(5, 16)}`)).toEqual([
      '30 Mar 03-29T23:00',
      '31 Mar 03-30T23:00',
      '1 Apr 03-31T22:00',
      '2 Apr 04-01T22:00',
    ]);
    const kathmandu = bucketsFor(
      us('2024-05-01T08:02:00Z'),
      us('2024-05-01T16:00:00Z'),
      400,
      new ZoneClock('Asia/Kathmandu'),
    );
    expect([kathmandu.stepUs / 60e6, new Date(kathmandu.fromUs / 1000).toISOString().slice(11, 16)]).toEqual([
      5,
      '08:00',
    ]);
  });
});
