import { describe, expect, it } from 'vitest';
import { bytes, counted, duration, gridTime, shortChannel, shortHost, utcTime } from './format.ts';

describe('numbers and times in words', () => {
  it.each([
    [532, '532 B'],
    [1536, '1.5 KB'],
    [64 * 1024 * 1024, '64 MB'],
    [4.1 * 1024 ** 3, '4.1 GB'],
  ])('%d bytes are %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  it.each([
    [5, '5 µs'],
    [1500, '1.5 ms'],
    [2_000_000, '2 s'],
    [300_000_000, '5 min'],
    [90_000_000, '1 min 30 s'],
    [97_200_000_000, '1 d 3 h'],
    [43_200_000_000, '12 h'],
  ])('%d µs are %s', (us, text) => {
    expect(duration(us)).toBe(text);
  });

  it('keeps every digit of a time, before 1970 too', () => {
    expect(gridTime('2024-05-01T08:15:02.1234567Z')).toBe('2024-05-01 08:15:02.1234567');
    expect(utcTime(Date.parse('2024-05-01T08:15:02Z') * 1000 + 123_456, 6)).toBe('2024-05-01 08:15:02.123456');
    expect(utcTime(-1, 6)).toBe('1969-12-31 23:59:59.999999');
    expect(utcTime(NaN)).toBe('');
  });

  it('counts one as one', () => {
    expect(counted(1, 'event')).toBe('1 event');
    expect(counted(48_210, 'event')).toBe('48,210 events');
  });

  it('shortens channels and hosts, not addresses', () => {
    expect(shortChannel('Microsoft-Windows-Sysmon/Operational')).toBe('Sysmon');
    expect(shortChannel('Microsoft-Windows-Bits-Client/Analytic')).toBe('Bits Client/Analytic');
    expect(shortChannel('Security')).toBe('Security');
    expect(shortHost('ws-07.corp.example')).toBe('ws-07');
    expect(shortHost('10.1.2.3')).toBe('10.1.2.3');
  });
});
