import { FLAG_NO_TIME } from '../../columns/batch.ts';
import type { EventTable } from '../../columns/event-table.ts';
import type { Pace } from '../pace.ts';

/**
 * Sorts event ids by a number, ids of equal keys ascending. A merge sort over the runs that are already in order:
 * logs are, file by file, so that a case sorts in little more than one pass.
 * @param keys by event id; no NaN.
 * @param ids ascending on entry where ids of equal keys are to end up ascending; sorted in place.
 */
export function sortByKey(ids: Int32Array<ArrayBuffer>, keys: Float64Array): Int32Array<ArrayBuffer> {
  const steps = mergeSteps(ids, keys);
  while (!steps.next().done);
  return ids;
}

/** The same, resting between its steps; undefined, and `ids` in no order, where it was cancelled. */
export async function sortByKeyPaced(
  ids: Int32Array<ArrayBuffer>,
  keys: Float64Array,
  pace: Pace,
): Promise<Int32Array<ArrayBuffer> | undefined> {
  for (const _ of mergeSteps(ids, keys)) if (pace.isDue && !(await pace.rest())) return undefined;
  return ids;
}

/** Merges between two steps cover so many ids at least. */
const STEP_IDS = 1 << 15;

function* mergeSteps(ids: Int32Array<ArrayBuffer>, keys: Float64Array): Generator<void, void> {
  let runs = runStarts(ids, keys);
  let from = ids;
  let to = new Int32Array(ids.length);
  let since = 0;
  while (runs.length > 2) {
    const merged: number[] = [];
    for (let r = 0; r + 1 < runs.length; r += 2) {
      const start = runs[r] as number;
      const middle = runs[r + 1] as number;
      const end = runs[r + 2] ?? middle;
      merge(from, start, middle, end, to, keys);
      merged.push(start);
      since += end - start;
      if (since < STEP_IDS) continue;
      since = 0;
      yield;
    }
    merged.push(ids.length);
    runs = merged;
    [from, to] = [to, from];
  }
  if (from !== ids) ids.set(from);
}

/** Starts of the ascending runs, and the length as the last entry. */
function runStarts(ids: Int32Array, keys: Float64Array): number[] {
  const starts: number[] = [];
  let last = Infinity;
  for (let i = 0; i < ids.length; i++) {
    const key = keys[ids[i] as number] as number;
    if (key < last) starts.push(i);
    last = key;
  }
  if (ids.length > 0 && starts.length === 0) starts.push(0);
  starts.push(ids.length);
  return starts;
}

function merge(from: Int32Array, start: number, middle: number, end: number, to: Int32Array, keys: Float64Array): void {
  let a = start;
  let b = middle;
  let out = start;
  while (a < middle && b < end) {
    const left = from[a] as number;
    const right = from[b] as number;
    if ((keys[left] as number) <= (keys[right] as number)) {
      to[out++] = left;
      a++;
    } else {
      to[out++] = right;
      b++;
    }
  }
  if (a < middle) to.set(from.subarray(a, middle), out);
  else if (b < end) to.set(from.subarray(b, end), out);
}

/** All events of a table in the order of (time, id), kept up as events come. Those without a time stand last. */
export class TimeOrder {
  #ids = new Int32Array(0);
  /** How many of them have a time. */
  #timed = 0;

  constructor(private readonly table: EventTable) {}

  /** Event ids in order. Valid until the next call after events were added; do not write into it. */
  ids(): Int32Array<ArrayBuffer> {
    const { table } = this;
    const old = this.#ids;
    if (old.length > table.count) {
      // Events were taken back; they are the highest ids.
      this.#ids = old.filter((event) => event < table.count);
      this.#timed = 0;
      for (const event of this.#ids) if (this.#hasTime(event)) this.#timed++;
      return this.ids();
    }
    if (old.length === table.count) return old;
    const fresh: number[] = [];
    const untimed: number[] = [];
    for (let event = old.length; event < table.count; event++) (this.#hasTime(event) ? fresh : untimed).push(event);
    const added = sortByKey(Int32Array.from(fresh), table.timeUs.data);
    const both = new Int32Array(this.#timed + added.length);
    both.set(old.subarray(0, this.#timed));
    both.set(added, this.#timed);
    const ids = new Int32Array(table.count);
    // An old id is below every new one, so equal times stay in the order of ids.
    merge(both, 0, this.#timed, both.length, ids, table.timeUs.data);
    ids.set(old.subarray(this.#timed), both.length);
    ids.set(untimed, both.length + old.length - this.#timed);
    this.#ids = ids;
    this.#timed = both.length;
    return ids;
  }

  /** How many events have a time: they are the first in `ids()`. */
  timed(): number {
    this.ids();
    return this.#timed;
  }

  /** First position in `ids()` whose event is at or after a time; the number of timed events where none is. */
  positionAt(timeUs: number): number {
    const ids = this.ids();
    const times = this.table.timeUs.data;
    return lowerBound(this.#timed, (i) => (times[ids[i] as number] as number) >= timeUs);
  }

  #hasTime(event: number): boolean {
    return ((this.table.flags.data[event] as number) & FLAG_NO_TIME) === 0;
  }
}

/** First i in [0, length) for which `isAtOrAfter(i)`, which must be false, then true; `length` where none is. */
export function lowerBound(length: number, isAtOrAfter: (i: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtOrAfter(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
