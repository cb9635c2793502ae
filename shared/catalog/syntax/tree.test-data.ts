import fc from 'fast-check';

/** A tree without its places, for comparing trees of two texts. */
export function withoutPlaces(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutPlaces);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key]) => key !== 'span' && key !== 'textStart')
      .map(([key, value]) => [key, withoutPlaces(value)]),
  );
}

/**
 * Texts like the given ones, but damaged: parts cut out, doubled, or other characters put in. For fuzzing parsers.
 * @param signs what is put in.
 */
export function damagedTexts(samples: readonly string[], signs: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(4000),
    cut: fc.nat(20),
    put: fc.oneof(fc.constantFrom(...signs), fc.string({ unit: 'binary', maxLength: 4 })),
    times: fc.integer({ min: 1, max: 3 }),
  });
  return fc.tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 6 })).map(([sample, changes]) =>
    changes.reduce((text, { at, cut, put, times }) => {
      const place = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, place) + put.repeat(times) + text.slice(place + cut);
    }, sample),
  );
}
