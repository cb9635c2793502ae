import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, instantFromFiletime, parseInstant } from './time.ts';

const EPOCH = 116_444_736_000_000_000n;

describe('FILETIME', () => {
  it('keeps every 100 ns step from 1700 to 2250', () => {
    const year = 315_569_520_000_000n;
    fc.assert(
      fc.property(fc.bigInt(year * 99n, year * 649n), (ticks) => {
        const instant = instantFromFiletime(Number(ticks & 0xffffffffn), Number(ticks >> 32n));
        expect(BigInt(instant.us) * 10n + BigInt(instant.ns / 100)).toBe(ticks - EPOCH);
      }),
    );
  });

  it('prints 7 digits', () => {
    const ticks = 132_000_000_012_345_678n;
    const instant = instantFromFiletime(Number(ticks & 0xffffffffn), Number(ticks >> 32n));
    expect(formatInstant(instant)).toBe('2019-04-17T18:40:01.2345678Z');
  });
});

describe('ISO 8601', () => {
  it.each([
    ['2024-05-01T08:15:02Z', '2024-05-01T08:15:02Z'],
    ['2024-05-01 08:15:02.1234567', '2024-05-01T08:15:02.1234567Z'],
    ['2024-05-01T10:15:02.120+02:00', '2024-05-01T08:15:02.120Z'],
    ['2024-05-01', '2024-05-01T00:00:00Z'],
    ['1969-12-31T23:59:59.9999999Z', '1969-12-31T23:59:59.9999999Z'],
  ])('reads %s as %s', (text, printed) => {
    const instant = parseInstant(text);
    expect(instant && formatInstant(instant)).toBe(printed);
  });

  it.each(['2024-02-30T00:00:00Z', 'yesterday', '', '2024-05-01T25:00:00Z', '12'])('refuses %s', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('round-trips what it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: -6e15, max: 9e15 }), fc.integer({ min: 0, max: 999 }), (us, ns) => {
        const instant = { us, ns, digits: 9 };
        expect(parseInstant(formatInstant(instant))).toEqual(instant);
      }),
    );
  });
});
