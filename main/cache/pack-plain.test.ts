import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packPlain, SharedTexts, unpackPlain } from './pack-plain.ts';

const again = (value: unknown): unknown => unpackPlain(packPlain(value) as string, new SharedTexts());

describe('packed plain data', () => {
  it('comes back exactly as it was', () => {
    const { value: plain } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.oneof(
          fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\0', '\u2028', '\ud800', 'é', '\u{1f600}') }),
          fc.double(),
          fc.integer(),
          fc.boolean(),
          fc.constantFrom(null, undefined),
        ),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'kind')), tie('value'), {
          maxKeys: 4,
        }),
      ),
    }));
    fc.assert(
      fc.property(plain, (value) => {
        const packed = packPlain(value);
        expect(packed).not.toContain('\n');
        // Not vitest's own comparison, which takes a key `constructor` for the class.
        expect(isDeepStrictEqual(unpackPlain(packed as string, new SharedTexts()), value)).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(again([Infinity, -Infinity, NaN, -0, 2 ** 53, 0.1, '\ud800'])).toStrictEqual([
      ...[Infinity, -Infinity, NaN, -0, 2 ** 53, 0.1, '\ud800'],
    ]);
  });

  it('has what stood in two places in both, and keys in their order', () => {
    const part = { b: 1, a: undefined };
    const [first, second, other] = again([part, { in: part }, { a: 1, b: 2 }]) as [object, { in: object }, object];
    expect(second.in).toBe(first);
    expect([Object.keys(first), Object.keys(other)]).toEqual([
      ['b', 'a'],
      ['a', 'b'],
    ]);
    const round: unknown[] = [];
    round.push(round);
    const back = again(round) as unknown[];
    expect(back[0]).toBe(back);
  });

  it('is refused where it is not plain, or nested too deeply', () => {
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const others = [new Map(), new Date(), () => 1, 1n, Symbol('x'), new Int8Array(1), deep];
    for (const other of others) expect(packPlain({ in: [other] })).toBeUndefined();
  });

  it('cannot be read where it was cut or is something else', () => {
    for (const text of [
      '',
      '[]',
      '{}',
      'null',
      '[[],[],[]]',
      '[[],[],[0,0]]',
      '[[],[],[8,3,5]]',
      '[[],[],[10,1]]',
      '[[],[],[9,0]]',
    ]) {
      expect(() => unpackPlain(text, new SharedTexts())).toThrow();
    }
  });
});
