import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from './time.ts';
import { readZone, ZoneClock } from './zone.ts';

const us = (iso: string): number => parseInstant(iso)?.us ?? NaN;
const utc = (zone: string, shown: string): string =>
  new Date(new ZoneClock(zone).toUtc(us(shown)) / 1000).toISOString();

describe('zones', () => {
  it('are UTC, offsets and names; nothing else', () => {
    expect(['utc', 'Z', '+00:00', '-0000'].map(readZone)).toEqual(['UTC', 'UTC', 'UTC', 'UTC']);
    expect(['+0200', '-03:30', 'Europe/Berlin'].map(readZone)).toEqual(['+02:00', '-03:30', 'Europe/Berlin']);
    expect(['', 'EST', '+25:00', '2', 'Nowhere/Land', '../etc'].map(readZone)).toEqual(Array(6).fill(undefined));
  });

  it('know summer and winter', () => {
    expect(utc('Europe/Berlin', '2024-01-15T12:00:00')).toBe('2024-01-15T11:00:00.000Z');
    expect(utc('Europe/Berlin', '2024-07-15T12:00:00')).toBe('2024-07-15T10:00:00.000Z');
    expect(utc('Asia/Kathmandu', '2024-07-15T12:00:00')).toBe('2024-07-15T06:15:00.000Z');
    expect(utc('-03:30', '2024-07-15T12:00:00')).toBe('2024-07-15T15:30:00.000Z');
  });

  it('take the first of two, and go on through a gap', () => {
    // Berlin, 27 October 2024: 02:00 to 03:00 was shown twice. 31 March 2024: it was skipped.
    expect(utc('Europe/Berlin', '2024-10-27T02:30:00')).toBe('2024-10-27T00:30:00.000Z');
    expect(utc('Europe/Berlin', '2024-10-27T03:00:00')).toBe('2024-10-27T02:00:00.000Z');
    expect(utc('Europe/Berlin', '2024-03-31T02:30:00')).toBe('2024-03-31T01:30:00.000Z');
    expect(utc('America/New_York', '2024-11-03T01:59:59')).toBe('2024-11-03T05:59:59.000Z');
  });

  it('come back from what they show', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Tehran', '+05:45');
    const instant = fc.integer({ min: us('1971-01-01T00:00:00'), max: us('2037-01-01T00:00:00') });
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const clock = new ZoneClock(name);
        const shown = at + clock.offsetAt(at);
        const back = clock.toUtc(shown);
        // Another instant only where the clocks show the time twice.
        expect(back + clock.offsetAt(back)).toBe(shown);
        expect(back).toBeLessThanOrEqual(at);
      }),
      { numRuns: 200 },
    );
  });
});
