import type { CallInput, CallOutput } from '../../../../shared/ipc/contract.ts';
import { LEVELS } from '../../../../shared/model/severity.ts';
import { inSlices, type Pace } from '../../pace.ts';
import { lowerBound } from '../time-order.ts';
import { timedCount, type View, type ViewSource } from '../views.ts';

/**
 * Counts a view's events by time. Bucket i of n covers [from + i w, from + (i + 1) w) with w = (to - from) / n;
 * events outside [from, to), or without a time, are in none. `hits` has one list of buckets a level. Undefined where
 * it was cancelled.
 */
export async function histogram(
  view: View,
  { fromUs, toUs, buckets }: CallInput<'view.histogram'>,
  source: ViewSource,
  pace: Pace,
): Promise<CallOutput<'view.histogram'> | undefined> {
  const { events } = source;
  const { marks } = source;
  const counts = new Int32Array(buckets);
  const drafts = new Int32Array(buckets);
  /** By rank plus one, then by bucket. */
  const ranks = new Int32Array((LEVELS.length + 1) * buckets);
  const width = toUs - fromUs;
  const shown = width > 0 ? within(view, fromUs, toUs, source) : new Int32Array();
  const hasDraft = source.draftHits.length > 0;
  const finished = await inSlices(shown.length, pace, (from, to) => {
    const times = events.table.timeUs.data;
    for (let i = from; i < to; i++) {
      const event = shown[i] as number;
      const us = times[event] as number;
      if (us < fromUs || us >= toUs || (us === 0 && events.table.instantOf(event) === undefined)) continue;
      const bucket = Math.min(buckets - 1, Math.floor(((us - fromUs) / width) * buckets));
      counts[bucket] = (counts[bucket] as number) + 1;
      const rank = marks.rankOf(event);
      if (rank > 0) ranks[rank * buckets + bucket] = (ranks[rank * buckets + bucket] as number) + 1;
      if (hasDraft && source.isDraftHit(event)) drafts[bucket] = (drafts[bucket] as number) + 1;
    }
  });
  if (!finished) return undefined;
  return {
    events: [...counts],
    hits: LEVELS.map((_, rank) => [...ranks.subarray((rank + 1) * buckets, (rank + 2) * buckets)]),
    draft: [...drafts],
  };
}

/** The part of a view that can be in [fromUs, toUs): all of one that is not in the order of time. */
function within(view: View, fromUs: number, toUs: number, { events }: ViewSource): Int32Array {
  if (view.timeOrder === 0) return view.events;
  const times = events.table.timeUs.data;
  const timed = timedCount(view.events, events);
  const us = (i: number): number => times[view.events[i] as number] as number;
  return view.timeOrder === 1
    ? view.events.subarray(
        lowerBound(timed, (i) => us(i) >= fromUs),
        lowerBound(timed, (i) => us(i) >= toUs),
      )
    : view.events.subarray(
        lowerBound(timed, (i) => us(i) < toUs),
        lowerBound(timed, (i) => us(i) < fromUs),
      );
}
