import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPairs, textWidth, truncateMiddle } from './truncate.ts';

describe('truncateMiddle', () => {
  it.each([
    ['C:\\Windows\\System32\\cmd.exe', 16, 'C:\\Wind…\\cmd.exe'],
    ['C:\\Windows\\System32\\cmd.exe', 40, 'C:\\Windows\\System32\\cmd.exe'],
    ['abcdefghij', 5, 'ab…ij'],
    ['abcdefghij', 1, '…'],
    ['abcdefghij', 0, ''],
    ['C:\\用户\\文件\\工具.exe', 14, 'C:\\…\\工具.exe'],
    ['数据数据数据', 7, '数…据'],
  ])('%s to %d', (text, max, cut) => {
    expect(truncateMiddle(text, max)).toBe(cut);
  });

  it('is never longer than asked, keeps both ends, and leaves short texts alone', () => {
    const wide = fc.constantFrom('数', '😀', '！', '\u{20000}');
    const texts = [fc.string({ unit: 'grapheme', maxLength: 80 }), fc.array(wide).map((all) => all.join('\\'))];
    // The sign for what was left out must not be in what is left.
    const anyText = fc.oneof(...texts).map((text) => text.replaceAll('…', '.'));
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 90 }), (text, max) => {
        const cut = truncateMiddle(text, max);
        expect(textWidth(cut)).toBeLessThanOrEqual(max);
        if (textWidth(text) <= max) expect(cut).toBe(text);
        else {
          const [head = '', tail = ''] = cut.split(/…(?=[^…]*$)/);
          expect(text.startsWith(head)).toBe(true);
          expect(text.endsWith(tail)).toBe(true);
        }
        expect(cut.isWellFormed()).toBe(text.isWellFormed());
      }),
    );
  });
});

describe('fitPairs', () => {
  const value = fc.string({ maxLength: 120 }).filter((text) => !/^(?:[A-Za-z]:|[\\/])/.test(text));
  const pair = fc.record({ field: fc.string({ minLength: 1, maxLength: 12 }), value });
  const cases = [fc.array(pair, { minLength: 1, maxLength: 8 }), fc.integer({ min: 20, max: 200 })] as const;

  it('shows the first pair always, others where they fit, in order, on one line', () => {
    fc.assert(
      fc.property(...cases, (pairs, room) => {
        const fitted = fitPairs(pairs, room);
        expect(fitted.length).toBeGreaterThanOrEqual(1);
        expect(fitted.map((p) => p.field)).toEqual(pairs.slice(0, fitted.length).map((p) => p.field));
        const name = (p: (typeof fitted)[number]): number => (p.named ? p.field.length + 1 : 0);
        const length = fitted.reduce((sum, p) => sum + name(p) + p.value.length, 2 * (fitted.length - 1));
        expect(length).toBeLessThanOrEqual(room);
        for (const p of fitted) expect(p.value).not.toMatch(/[\r\n]/);
      }),
    );
  });

  it('cuts no value while a longer one is shown', () => {
    fc.assert(
      fc.property(...cases, (pairs, room) => {
        const fitted = fitPairs(pairs, room);
        const cut = fitted.filter((p, i) => p.value.length < (pairs[i]?.value.length ?? 0) && p.value.includes('…'));
        const longest = Math.max(...fitted.map((p) => p.value.length));
        for (const p of cut) expect(p.value.length).toBeGreaterThanOrEqual(longest - 1);
      }),
    );
  });

  it('shows a path and a command line side by side', () => {
    const pairs = [
      { field: 'Image', value: 'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe' },
      { field: 'CommandLine', value: 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding' },
    ];
    expect(fitPairs(pairs, 60).map((p) => p.value)).toEqual(['…\\WmiPrvSE.exe', '…e.exe -secured -Embedding']);
    expect(fitPairs(pairs, 36).map((p) => [p.named, p.value])).toEqual([
      [false, '…\\WmiPrvSE.exe'],
      [false, '…-secured -Embedding'],
    ]);
    expect(fitPairs(pairs, 200)).toEqual(pairs.map((p) => ({ ...p, named: true })));
  });
});
