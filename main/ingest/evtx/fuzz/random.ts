/** Whole numbers in [0, 2^32), the same row for the same seed; mulberry32. */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random() % list.length] as T;
}
