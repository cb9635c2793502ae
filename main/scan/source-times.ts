import { FLAG_DIGITS_MASK, FLAG_DIGITS_SHIFT, FLAG_NO_TIME, FLAG_NS_MASK, type EventBatch } from '../columns/batch.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import type { Instant } from '../../shared/model/time.ts';
import type { SourceStart } from '../engine/api.ts';
import type { BatchTarget } from '../worker/ingest/batch-receiver.ts';

/** The first and the last event of one source by its times; undefined where none has a time. */
export interface SourceTimes {
  readonly name: string;
  first: Instant | undefined;
  last: Instant | undefined;
}

/** Takes batches and keeps nothing but each source's first and last time. */
export class SourceTimesTarget implements BatchTarget {
  /** By number of source, that is, in the order in which they were read. */
  readonly sources: SourceTimes[] = [];

  nextSource(): number {
    return this.sources.length;
  }

  startSource({ name }: SourceStart): void {
    this.sources.push({ name, first: undefined, last: undefined });
  }

  endSource(): void {
    // The receiver has the reports.
  }

  append(batch: EventBatch): Result<null> {
    const times = this.sources[batch.source];
    if (!times) return ok(null);
    let first = -1;
    let last = -1;
    for (let i = 0; i < batch.count; i++) {
      if (((batch.flags[i] as number) & FLAG_NO_TIME) !== 0) continue;
      if (first < 0 || isBefore(batch, i, first)) first = i;
      if (last < 0 || isBefore(batch, last, i)) last = i;
    }
    if (first < 0) return ok(null);
    const early = instantOf(batch, first);
    const late = instantOf(batch, last);
    if (!times.first || compare(early, times.first) < 0) times.first = early;
    if (!times.last || compare(times.last, late) < 0) times.last = late;
    return ok(null);
  }
}

function isBefore(batch: EventBatch, a: number, b: number): boolean {
  const difference = (batch.timeUs[a] as number) - (batch.timeUs[b] as number);
  if (difference !== 0) return difference < 0;
  return ((batch.flags[a] as number) & FLAG_NS_MASK) < ((batch.flags[b] as number) & FLAG_NS_MASK);
}

function compare(a: Instant, b: Instant): number {
  return a.us - b.us || a.ns - b.ns;
}

function instantOf(batch: EventBatch, i: number): Instant {
  const flags = batch.flags[i] as number;
  const digits = (flags >> FLAG_DIGITS_SHIFT) & FLAG_DIGITS_MASK;
  return { us: batch.timeUs[i] as number, ns: flags & FLAG_NS_MASK, digits };
}
