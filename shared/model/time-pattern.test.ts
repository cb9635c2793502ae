import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant } from './time.ts';
import { readTimePattern } from './time-pattern.ts';

const read = (pattern: string, text: string): string | undefined => {
  const time = readTimePattern(pattern)?.(text);
  return time && formatInstant(time.instant) + (time.isZoneless ? ' no zone' : '');
};

describe('a time pattern', () => {
  it('reads what it says', () => {
    expect(read('dd.MM.yyyy HH:mm:ss.SSS', '01.05.2024 08:15:02.123')).toBe('2024-05-01T08:15:02.123Z no zone');
    expect(read('d/M/yy h:mm a', '1/5/24  8:15 PM')).toBe('2024-05-01T20:15:00Z no zone');
    expect(read('MMM d, yyyy HH:mm:ssXXX', 'May 1, 2024 08:15:02+02:00')).toBe('2024-05-01T06:15:02Z');
    expect(read("yyyyMMdd'T'HHmmss", '20240501T081502')).toBe('2024-05-01T08:15:02Z no zone');
    expect(read('[dd/MMM/yyyy:HH:mm:ss XXX]', '[01/May/2024:08:15:02 -0300]')).toBe('2024-05-01T11:15:02Z');
    expect(read('h:mm a dd.MM.yyyy', '12:05 AM 01.05.2024')).toBe('2024-05-01T00:05:00Z no zone');
  });

  it('reads nothing else', () => {
    const times = ['31.02.2024 08:15', '01.05.2024', '01.05.2024 25:15', '1.5.2024 08:15', 'x01.05.2024 08:15'];
    for (const text of times) expect(read('dd.MM.yyyy HH:mm', text)).toBeUndefined();
    expect(read('d/M/yy h:mm a', '1/5/24 13:15 PM')).toBeUndefined();
    expect(read('d MMM yyyy', '1 Foo 2024')).toBeUndefined();
    for (const pattern of ['HH:mm', 'yyyy', 'dd.MM.yyyy dd', '']) expect(readTimePattern(pattern)).toBeUndefined();
  });

  it('never fails, whatever the pattern and the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, text) => {
        readTimePattern(`yyyy MM dd${pattern}`)?.(text);
        readTimePattern(pattern)?.(text);
      }),
    );
  });
});
