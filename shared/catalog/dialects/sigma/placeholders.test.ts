import { describe, expect, it } from 'vitest';
import { readPlaceholders } from './placeholders.ts';

const faultsOf = (text: string) =>
  readPlaceholders(text).diagnostics.map(({ code, span }) => `${code}: ${text.slice(span.start, span.end)}`);

describe('lists for placeholders', () => {
  it('are a map of names and values, percent signs or not', () => {
    const { lists, diagnostics } = readPlaceholders("Admins: [adm_*, root]\n'%Hosts%':\n  - srv-01\n  - 42\nOne: x\n");
    expect(diagnostics).toEqual([]);
    expect(lists).toEqual({ Admins: ['adm_*', 'root'], Hosts: ['srv-01', '42'], One: ['x'] });
  });

  it('keep names that objects have of their own', () => {
    expect(readPlaceholders('constructor: [a]\n__proto__: [b]\n').lists['__proto__']).toEqual(['b']);
    expect(readPlaceholders('').lists['constructor']).toBeUndefined();
  });

  it('tell faults at their place, and keep the other lists', () => {
    expect(faultsOf('- a\n')).toEqual(['placeholders-not-a-map: - a\n']);
    const text = 'A: []\nB: [x, {y: 1}]\nC:\nD: [ok]\n';
    expect(faultsOf(text)).toEqual([
      'placeholders-empty-list: []',
      'placeholders-bad-value: {y: 1}',
      'placeholders-bad-value: ',
    ]);
    expect(readPlaceholders(text).lists).toEqual({ D: ['ok'] });
    expect(faultsOf('A: [\n').length).toBeGreaterThan(0);
  });
});
