import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from './encode.ts';
import { dashVariants, foldDashes } from './fold.ts';
import { isInNetwork, parseAddress, parseNetwork } from './ip.ts';
import { compares, parseNumber } from './number.ts';
import { timePartOf } from './time-part.ts';
import { compileWildcard, matchWildcard, wildcardLiterals } from './wildcard.ts';

describe('encodings', () => {
  it.each([
    ['foo', ['base64'], ['Zm9v']],
    ['fo', ['base64'], ['Zm8=']],
    ['foobar', ['base64offset'], ['Zm9vYmFy', 'Zvb2Jhc', 'mb29iYX']],
    ['é', ['base64'], ['w6k=']],
    ['cmd', ['wide'], ['c\0m\0d\0']],
    ['cmd', ['utf16be'], ['\0c\0m\0d']],
    ['cmd', ['utf16'], ['ÿþc\0m\0d\0']],
    ['cmd', ['wide', 'base64'], ['YwBtAGQA']],
  ] as const)('%s as %j', (text, encodings, texts) => {
    expect(encodeValue(text, encodings)).toEqual(texts);
  });

  it('base64offset stands in the Base64 of whatever holds the value', () => {
    const bytes = fc.string({ unit: 'binary-ascii', maxLength: 7 });
    fc.assert(
      fc.property(
        bytes,
        fc.string({ unit: 'binary-ascii', minLength: 3, maxLength: 12 }),
        bytes,
        (before, value, after) => {
          const whole = encodeValue(before + value + after, ['base64'])[0] as string;
          expect(encodeValue(value, ['base64offset']).some((part) => whole.includes(part))).toBe(true);
        },
      ),
    );
  });
});

describe('addresses', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.4', '10.1.2.3/31', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['fe80::1%12', 'fe80::/10', true],
    ['[2001:db8::1]', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['::1', '::1/128', true],
    ['::1', '127.0.0.0/8', false],
    ['10.1.2.3', '::/0', false],
    ['::1', '::/0', true],
    ['10.1.2.3', '::ffff:0:0/96', true],
  ])('%s in %s: %s', (address, network, isIn) => {
    const [parsed, range] = [parseAddress(address), parseNetwork(network)];
    if (!parsed || !range) throw new Error('not read');
    expect(isInNetwork(parsed, range)).toBe(isIn);
  });

  it.each(['', '-', '10.1.2', '10.1.2.256', '1:2:3', ':::', '::1::', 'g::1', '1:2:3:4:5:6:7:8:9', 'localhost'])(
    '%s is none',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );

  it.each(['10.0.0.0/33', '::/129', '10.0.0.0/', '/8', '10.0.0.0/-1'])('%s is no network', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});

describe('numbers', () => {
  it.each([
    ['0x1F', 31],
    [' 12 ', 12],
    ['-3', -3],
    ['1.5', 1.5],
    ['18446744073709551615', 18_446_744_073_709_551_615n],
    ['0xffffffffffffffff', 18_446_744_073_709_551_615n],
  ])('%s', (text, value) => {
    const read = parseNumber(text);
    expect(read !== undefined && BigInt(Math.trunc(Number(read))) === BigInt(Math.trunc(Number(value)))).toBe(true);
    if (typeof value === 'bigint') expect(read).toBe(value);
  });

  it.each(['', 'x', '0x', '1,5', '1 2', '--1', 'NaN', 'Infinity'])('%s is none', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });

  it('are compared exactly beyond doubles', () => {
    const [a, b] = [parseNumber('9007199254740993'), parseNumber('9007199254740992')];
    if (a === undefined || b === undefined) throw new Error('not read');
    expect([compares('gt', a, b), compares('lte', a, b), compares('gte', b, b)]).toEqual([true, false, true]);
  });
});

describe('parts of a time', () => {
  it.each([
    ['2024-12-30T23:59:01Z', { minute: 59, hour: 23, day: 30, week: 1, month: 12, year: 2024 }],
    ['2021-01-03 00:00:00.000', { minute: 0, hour: 0, day: 3, week: 53, month: 1, year: 2021 }],
    ['2024-05-06T01:30:00+02:00', { minute: 30, hour: 23, day: 5, week: 18, month: 5, year: 2024 }],
  ])('%s', (text, parts) => {
    const found = (['minute', 'hour', 'day', 'week', 'month', 'year'] as const).map((part) => [
      part,
      timePartOf(text, part),
    ]);
    expect(Object.fromEntries(found)).toEqual(parts);
  });
});

describe('wildcards', () => {
  it('match as a plain search through all possibilities does', () => {
    const unit = fc.constantFrom('a', 'b', '*', '?', '\\', '😀', '\n');
    const text = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''));
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        expect([pattern, subject, matchWildcard(compileWildcard(pattern), subject) !== undefined]).toEqual([
          pattern,
          subject,
          search(Array.from(pattern), Array.from(subject)),
        ]);
      }),
      { numRuns: 3000 },
    );
  });

  it('give ranges and literals that stand in the text', () => {
    expect(matchWildcard(compileWildcard('*ab?*cd*'), 'xxabyycdz')).toEqual([
      [2, 5],
      [6, 8],
    ]);
    expect(wildcardLiterals('a\\*b?*c')).toEqual(['a*b', 'c']);
  });
});

/** Tries every way. */
function search(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*')
    return Array.from({ length: text.length + 1 }, (_, i) => i).some((i) => search(rest, text.slice(i)));
  const [next, ...others] = rest;
  if (first === '\\' && (next === '*' || next === '?' || next === '\\'))
    return text[0] === next && search(others, text.slice(1));
  return text.length > 0 && (first === '?' || first === text[0]) && search(rest, text.slice(1));
}

describe('dashes', () => {
  it('have 5 variants each, all the same once folded', () => {
    const variants = dashVariants('-a/b', 25);
    expect(new Set(variants).size).toBe(25);
    expect(new Set(variants?.map(foldDashes))).toEqual(new Set(['-a-b']));
    expect(dashVariants('-a-b-c', 25)).toBeUndefined();
  });
});
