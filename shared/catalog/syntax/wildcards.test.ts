import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeText, splitWildcards, type Piece } from './wildcards.ts';

describe('texts with wildcards', () => {
  it.each([
    ['*\\cmd.exe', undefined, 'ends_with', '\\cmd.exe'],
    ['cmd*', undefined, 'starts_with', 'cmd'],
    ['**cmd**', undefined, 'contains', 'cmd'],
    ['a*b', 'contains', 'wildcard', '*a*b*'],
    ['*a*b', 'contains', 'wildcard', '*a*b*'],
    ['a?', 'endswith', 'wildcard', '*a?'],
    ['**a??*', undefined, 'wildcard', '**a??*'],
    ['*', undefined, 'is_not_null', '*'],
    ['', undefined, 'eq', ''],
    ['', 'contains', 'is_not_null', '*'],
    ['a\\*b', undefined, 'eq', 'a*b'],
    ['a\\*b?', undefined, 'wildcard', 'a\\*b?'],
  ] as const)('%j with place %s is %s %j', (text, place, op, wanted) => {
    expect(placeText(splitWildcards(text), place)).toEqual({ op, text: wanted });
  });

  it('come back from a wildcard value as the pieces that they were', () => {
    const literal = fc.string({ minLength: 1 }).map((text): Piece => ({ literal: text }));
    const wild = fc.constantFrom('*', '?').map((sign): Piece => ({ wild: sign }));
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, wild), { minLength: 1 }), (pairs) => {
        const pieces = pairs.flat();
        const placed = placeText(pieces, undefined);
        if (placed.op === 'wildcard') expect(splitWildcards(placed.text)).toEqual(pieces);
      }),
    );
  });

  it('may have any number of pieces', () => {
    const pieces = Array.from({ length: 400_000 }, (_, i): Piece => (i % 2 === 0 ? { literal: 'a' } : { wild: '?' }));
    const { op, text } = placeText(pieces, 'contains');
    expect(op).toBe('wildcard');
    expect(text).toHaveLength(400_002);
  });
});
