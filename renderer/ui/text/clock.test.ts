import { describe, expect, it } from 'vitest';
import { clockOf, ShownClock } from './clock.ts';

const us = (iso: string): number => Date.parse(iso) * 1000;

describe('a clock', () => {
  const berlin = new ShownClock('Europe/Berlin');

  it('shows every digit, summer and winter', () => {
    expect(berlin.eventTime('2024-05-01T08:15:02.1234567Z', us('2024-05-01T08:15:02.123Z'))).toBe(
      '2024-05-01 10:15:02.1234567',
    );
    expect(berlin.time(us('2024-01-01T23:30:00Z'))).toBe('2024-01-02 00:30:00');
    expect(berlin.offsetText(us('2024-05-01T00:00:00Z'))).toBe('+02:00');
    expect(new ShownClock('-03:30').offsetText(0)).toBe('−03:30');
    expect(clockOf('utc').eventTime('2024-05-01T08:15:02.1Z', 0)).toBe('2024-05-01 08:15:02.1');
  });

  it('reads what is typed by itself, unless an offset is given', () => {
    expect(berlin.read('2024-05-01 10:15')?.us).toBe(us('2024-05-01T08:15:00Z'));
    expect(berlin.read('2024-05-01')?.us).toBe(us('2024-04-30T22:00:00Z'));
    expect(berlin.read('2024-05-01 10:15Z')?.us).toBe(us('2024-05-01T10:15:00Z'));
    expect(berlin.read('2024-05-01T10:15:00-05:00')?.us).toBe(us('2024-05-01T15:15:00Z'));
    expect(berlin.read('tomorrow')).toBeUndefined();
  });
});
