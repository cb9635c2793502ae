import type { Dictionary } from '../../columns/dictionary.ts';
import { ABSENT } from '../../columns/value-ref.ts';
import { inSlices, type Pace } from '../pace.ts';
import type { FieldCodes } from './fields.ts';
import { CodeNumbers } from './values/code-numbers.ts';
import { textRanks } from './values/text-order.ts';

/**
 * Sorts events by a field, stable: events of equal texts keep their order. Those without the field stand last,
 * whichever the direction. Distinct texts are sorted once, then the events fall into place by counting. Undefined
 * where it was cancelled.
 */
export async function sortByField(
  events: Int32Array<ArrayBuffer>,
  field: FieldCodes,
  dictionary: Dictionary,
  descending: boolean,
  pace: Pace,
): Promise<Int32Array<ArrayBuffer> | undefined> {
  const numbers = new CodeNumbers(dictionary.size);
  const numberOf = await numbersOf(events, field, numbers, pace);
  if (!numberOf) return undefined;
  const count = numbers.size;
  const ranks = await textRanks(numbers.codes, count, field, dictionary, pace);
  if (!ranks) return undefined;
  if (descending) for (let i = 0; i < count; i++) ranks[i] = count - 1 - (ranks[i] as number);
  return sortByRank(events, numberOf, ranks, pace);
}

/** The number of each event's text, by position in `events`; -1 where it has none. Undefined where it was cancelled. */
export async function numbersOf(
  events: Int32Array,
  field: FieldCodes,
  numbers: CodeNumbers,
  pace: Pace,
): Promise<Int32Array | undefined> {
  const out = new Int32Array(events.length);
  const finished = await inSlices(events.length, pace, (from, to) => {
    field.fill(events, from, to, out);
    for (let i = from; i < to; i++) {
      const code = out[i] as number;
      out[i] = code === ABSENT ? -1 : numbers.number(code);
    }
  });
  return finished ? out : undefined;
}

/** Counting sort. `numbers[i]` is that of event i's text, or -1 for last. */
async function sortByRank(
  events: Int32Array,
  numbers: Int32Array,
  ranks: Int32Array,
  pace: Pace,
): Promise<Int32Array<ArrayBuffer> | undefined> {
  const last = ranks.length;
  const starts = new Int32Array(last + 2);
  const rankOf = (i: number): number => {
    const number = numbers[i] as number;
    return number < 0 ? last : (ranks[number] as number);
  };
  const counted = await inSlices(events.length, pace, (from, to) => {
    for (let i = from; i < to; i++) {
      const next = rankOf(i) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
  });
  if (!counted) return undefined;
  for (let rank = 1; rank < starts.length; rank++) {
    starts[rank] = (starts[rank] as number) + (starts[rank - 1] as number);
  }
  const sorted = new Int32Array(events.length);
  const placed = await inSlices(events.length, pace, (from, to) => {
    for (let i = from; i < to; i++) {
      const rank = rankOf(i);
      const at = starts[rank] as number;
      starts[rank] = at + 1;
      sorted[at] = events[i] as number;
    }
  });
  return placed ? sorted : undefined;
}
