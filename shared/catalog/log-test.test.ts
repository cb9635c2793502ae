import { describe, expect, it } from 'vitest';
import { logTest } from './log-test.ts';
import { shownValue } from './normalise/values.ts';

describe('a value in the logs', () => {
  const image = { field: 'Image', part: 'name' } as const;

  it('is asked in the field that the logs have; a name at the end of its path', () => {
    expect(logTest({ op: 'contains', value: '-R', logField: { field: 'CommandLine', part: 'whole' } })).toEqual({
      field: 'CommandLine',
      op: 'contains',
      value: '-R',
    });
    expect(logTest({ op: 'eq', value: 'a.exe', logField: image })).toEqual({
      field: 'Image',
      op: 'ends_with',
      value: '\\a.exe',
    });
  });

  it('is not asked where the logs have no such field, or the test would mean something else', () => {
    expect(logTest({ op: 'eq', value: 'windows', logField: null })).toBeUndefined();
    expect(logTest({ op: 'match', value: 'a', logField: { field: 'Image', part: 'whole' } })).toBeUndefined();
    expect(logTest({ op: 'match', value: 'a', pattern: '^(?:a)$', logField: image })).toBeUndefined();
    expect(logTest({ op: 'in_lookup', value: 'a', logField: { field: 'Image', part: 'whole' } })).toBeUndefined();
  });

  it('as a regular expression is the one that the matcher is to run', () => {
    const whole = { field: 'CommandLine', part: 'whole' } as const;
    const asked = { field: 'CommandLine', op: 'match', value: '^(?:a.*)$' };
    expect(logTest({ op: 'match', value: 'a.*', pattern: '^(?:a.*)$', logField: whole })).toEqual(asked);
  });

  it('of a part of a name is asked of the last part of the path only', () => {
    const holds = (op: 'contains' | 'starts_with' | 'wildcard', value: string, path: string): boolean => {
      const { value: regex = '' } = logTest({ op, value, logField: image }) ?? {};
      return new RegExp(regex.replace('(?is)', ''), 'is').test(path);
    };
    expect(holds('contains', 'link', 'C:\\tools\\PLINK.exe')).toBe(true);
    expect(holds('contains', 'tools', 'C:\\tools\\plink.exe')).toBe(false);
    expect(holds('starts_with', 'pl', 'C:\\x\\plink.exe')).toBe(true);
    expect(holds('starts_with', 'x', 'C:\\x\\plink.exe')).toBe(false);
    expect(holds('starts_with', 'pl', 'plink.exe')).toBe(true);
    expect(holds('wildcard', 'p?ink*.exe', 'C:\\x\\plink64.exe')).toBe(true);
    expect(holds('wildcard', 'x*.exe', 'C:\\x\\plink.exe')).toBe(false);
  });

  it('as a pattern is the one that the rule wrote, not the one that is shown', () => {
    const whole = { field: 'Image', part: 'whole' } as const;
    for (const pattern of ['*\\\\Temp\\\\*', 'a\\*b?c', '\\?*\\\\', 'C:\\\\x*y']) {
      expect(logTest({ op: 'wildcard', value: shownValue('wildcard', pattern), logField: whole })?.value).toBe(pattern);
    }
  });
});
