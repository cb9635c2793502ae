import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dictionary } from '../../../columns/dictionary.ts';
import { LOWEST_REF } from '../../../columns/value-ref.ts';
import { Pace } from '../../pace.ts';
import type { FieldCodes } from '../fields.ts';
import { CodeNumbers } from './code-numbers.ts';
import { firstTexts } from './first-texts.ts';
import { compareTexts } from './text-keys.ts';
import { textRanks } from './text-order.ts';

/** Texts that begin alike, numbers in several forms, capitals, letters beyond ASCII, zero bytes. */
const text = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', 'C:\\Windows\\System32\\', 'c:\\windows\\system32\\', 'abc'),
      fc.string({ maxLength: 6 }),
    )
    .map(([start, end]) => start + end),
  fc.string({ unit: fc.constantFrom('a', 'A', '\0', 'é', 'É', 'İ', 'z', '0', 'x', '-', '1'), maxLength: 7 }),
  fc.nat(30).map(String),
  fc.nat(300).map((n) => `0x${n.toString(16)}`),
  fc.double({ noNaN: true, min: -20, max: 20 }).map((n) => n.toFixed(2)),
);

/** The texts as codes: odd ones in the dictionary or inline, where told others as a field's own. */
function fieldOf(texts: readonly string[], own: readonly boolean[]) {
  const dictionary = new Dictionary();
  const owned: string[] = [];
  const codes = texts.map((of, i) => (own[i] ? LOWEST_REF - owned.push(of) : dictionary.refOfText(of)));
  const field: FieldCodes = {
    code: () => 0,
    fill: () => undefined,
    text: (code) => (code < LOWEST_REF ? owned[LOWEST_REF - code - 1] : dictionary.refText(code)) ?? '',
  };
  return { dictionary, codes: Int32Array.from(codes), field };
}

const unhurried = (): Pace => new Pace(() => false);
const distinct = fc.uniqueArray(text, { maxLength: 60 }).chain((texts) =>
  fc.record({
    texts: fc.constant(texts),
    own: fc.array(fc.boolean(), { minLength: texts.length, maxLength: texts.length }),
  }),
);

it('ranks texts as comparing them does', async () => {
  await fc.assert(
    fc.asyncProperty(distinct, async ({ texts, own }) => {
      const { dictionary, codes, field } = fieldOf(texts, own);
      const ranks = await textRanks(codes, codes.length, field, dictionary, unhurried());
      const sorted = texts.toSorted(compareTexts);
      expect([...(ranks ?? [])]).toEqual(texts.map((of) => sorted.indexOf(of)));
    }),
    { numRuns: 300 },
  );
});

it('gives the first of them', async () => {
  await fc.assert(
    fc.asyncProperty(distinct, fc.integer({ min: 1, max: 9 }), async ({ texts, own }, limit) => {
      const { dictionary, codes, field } = fieldOf(texts, own);
      const first = await firstTexts(codes, limit, field, dictionary, unhurried());
      expect(first?.map(({ key }) => key.text)).toEqual(texts.toSorted(compareTexts).slice(0, limit));
    }),
    { numRuns: 300 },
  );
});

it('numbers codes in order of first sight', () => {
  const code = fc.oneof(
    fc.nat(50),
    fc.integer({ min: LOWEST_REF - 9, max: -2 }),
    fc.integer({ min: -5_000_000, max: -2 }),
  );
  fc.assert(
    fc.property(fc.array(code), (codes) => {
      const numbers = new CodeNumbers(20);
      const seen = [...new Set(codes)];
      expect(codes.map((of) => numbers.number(of))).toEqual(codes.map((of) => seen.indexOf(of)));
      expect([...numbers.codes.subarray(0, numbers.size)]).toEqual(seen);
    }),
  );
});
