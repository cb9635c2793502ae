import { LEVELS, type Level } from '../../../../shared/model/severity.ts';
import type { HistogramData } from './use-histogram.ts';

/** Pure part of the histogram's picture: counts in, path data and marks out. */

export interface Frame {
  readonly width: number;
  /** Height of the bars' part. */
  readonly height: number;
}

/** Heights of bars: a bucket with anything in it has at least a pixel. */
export function barHeight(count: number, most: number, height: number): number {
  if (count <= 0 || most <= 0) return 0;
  return Math.max(1.5, (count / most) * height);
}

/** One path for all bars of a series; `base` is the y of their feet. */
export function barsPath(counts: readonly number[], most: number, frame: Frame, base: number, least = 0): string {
  const step = frame.width / Math.max(1, counts.length);
  const gap = step > 3 ? 1 : 0;
  let path = '';
  for (const [i, count] of counts.entries()) {
    if (count <= 0) continue;
    const height = Math.max(barHeight(count, most, frame.height), least);
    path += `M${round(i * step)} ${round(base)}h${round(step - gap)}v${round(-height)}h${round(gap - step)}z`;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 100) / 100;

export interface HitMark {
  readonly x: number;
  readonly level: Level;
  readonly hits: number;
}

/**
 * Marks above the bars, one for each place with hits, by its most severe level. Buckets nearer than a mark's width
 * share one.
 */
export function hitMarks(hits: readonly (readonly number[])[], width: number, size: number): readonly HitMark[] {
  const marks: HitMark[] = [];
  const buckets = Math.max(0, ...hits.map((level) => level.length));
  const step = width / Math.max(1, buckets);
  let open: { from: number; to: number; rank: number; hits: number } | null = null;
  const flush = (): void => {
    if (open) {
      const x = ((open.from + open.to + 1) / 2) * step;
      marks.push({ x, level: LEVELS[open.rank] as Level, hits: open.hits });
    }
    open = null;
  };
  for (let i = 0; i < buckets; i++) {
    const rank = hits.findLastIndex((level) => (level[i] ?? 0) > 0);
    if (rank < 0) continue;
    const here = hits.reduce((sum, level) => sum + (level[i] ?? 0), 0);
    if (open && (i - open.from) * step < size) {
      open = { from: open.from, to: i, rank: Math.max(open.rank, rank), hits: open.hits + here };
    } else {
      flush();
      open = { from: i, to: i, rank, hits: here };
    }
  }
  flush();
  return marks;
}

/** Hits of each level over all buckets, in the order of LEVELS. */
export function hitTotals(data: HistogramData): readonly number[] {
  return LEVELS.map((_, rank) => (data.hits[rank] ?? []).reduce((sum, n) => sum + n, 0));
}

/** For each level, the counts of it and of all more severe ones: drawn least severe first, they stack. */
export function stackedHits(data: HistogramData): readonly { readonly level: Level; readonly counts: number[] }[] {
  return LEVELS.map((level, rank) => ({
    level,
    counts: data.events.map((_, i) => {
      let sum = 0;
      for (let r = rank; r < LEVELS.length; r++) sum += data.hits[r]?.[i] ?? 0;
      return sum;
    }),
  }));
}
