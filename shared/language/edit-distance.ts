/**
 * Number of single-character edits (insert, delete, replace, swap of neighbours) between two words: the
 * optimal-string-alignment distance. Gives `limit + 1` as soon as it is known to be larger than the limit.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] as number) + 1);
      }
      row.push(best);
      smallest = Math.min(smallest, best);
    }
    if (smallest > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}

/** The words nearest to one that nobody knows, nearest first; at most a third of its letters may differ. */
export function nearestWords(word: string, known: readonly string[], most = 3): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const wanted = word.toLowerCase();
  return known
    .map((each) => {
      const low = each.toLowerCase();
      const isStart = wanted.length >= 3 && (low.startsWith(wanted) || wanted.startsWith(low));
      return { each, distance: isStart ? 1 : editDistance(wanted, low, limit) };
    })
    .filter(({ each, distance }) => distance <= limit && each !== word)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ each }) => each);
}
