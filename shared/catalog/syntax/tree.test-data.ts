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
 * One of some texts, damaged: parts cut out and signs put in.
 * @param choices any numbers, such as a property test generates: first which sample, then for each change its place,
 *   how much is cut, which sign is put in and how often.
 */
export function damagedText(samples: readonly string[], signs: readonly string[], choices: readonly number[]): string {
  const [first = 0, ...changes] = choices;
  let text = samples[first % samples.length] ?? '';
  for (let at = 0; at + 3 < changes.length; at += 4) {
    const [place = 0, cut = 0, sign = 0, times = 0] = changes.slice(at, at + 4);
    const start = place % (text.length + 1);
    const put = (signs[sign % signs.length] ?? '').repeat(times % 4);
    text = text.slice(0, start) + put + text.slice(start + (cut % 20));
  }
  return text;
}
