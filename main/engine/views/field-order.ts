import { ABSENT } from '../../columns/value-ref.ts';
import type { FieldCodes } from './fields.ts';

/**
 * Orders texts as an analyst reads a column: whole texts that are numbers by their value and before all others, the
 * rest by lower-cased text, and where that is equal by the text itself.
 */
export function compareTexts(a: string, b: string): number {
  return compareKeys(keyOf(a), keyOf(b));
}

interface Key {
  readonly text: string;
  readonly folded: string;
  /** NaN where the text isn't a number. */
  readonly number: number;
}

const NUMBER = /^(?:[+-]?\d+(?:\.\d+)?|0x[0-9a-f]+)$/i;

function keyOf(text: string): Key {
  return { text, folded: text.toLowerCase(), number: NUMBER.test(text) ? Number(text) : Number.NaN };
}

function compareKeys(a: Key, b: Key): number {
  const aIsNumber = !Number.isNaN(a.number);
  const bIsNumber = !Number.isNaN(b.number);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  if (aIsNumber && a.number !== b.number) return a.number < b.number ? -1 : 1;
  if (a.folded !== b.folded) return a.folded < b.folded ? -1 : 1;
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

/**
 * Sorts events by a field, stable: events of equal texts keep their order. Those without the field stand last,
 * whichever the direction. Distinct texts are sorted once, then the events fall into place by counting.
 */
export function sortByField(
  events: Int32Array<ArrayBuffer>,
  field: FieldCodes,
  descending: boolean,
): Int32Array<ArrayBuffer> {
  const numbers = new Map<number, number>();
  const keys: { key: Key; number: number }[] = [];
  const codes = new Int32Array(events.length);
  for (let i = 0; i < events.length; i++) {
    const code = field.code(events[i] as number);
    let number = code === ABSENT ? -1 : numbers.get(code);
    if (number === undefined) {
      number = keys.length;
      numbers.set(code, number);
      keys.push({ key: keyOf(field.text(code)), number });
    }
    codes[i] = number;
  }
  keys.sort((a, b) => compareKeys(a.key, b.key));
  if (descending) keys.reverse();
  const ranks = new Int32Array(keys.length);
  keys.forEach(({ number }, rank) => (ranks[number] = rank));
  return sortByRank(events, codes, ranks);
}

/** Counting sort. `codes[i]` is the number of event i's text, or -1 for last. */
function sortByRank(events: Int32Array, codes: Int32Array, ranks: Int32Array): Int32Array<ArrayBuffer> {
  const last = ranks.length;
  const starts = new Int32Array(last + 2);
  const rankOf = (i: number): number => {
    const code = codes[i] as number;
    return code < 0 ? last : (ranks[code] as number);
  };
  for (let i = 0; i < events.length; i++) {
    const next = rankOf(i) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let rank = 1; rank < starts.length; rank++) {
    starts[rank] = (starts[rank] as number) + (starts[rank - 1] as number);
  }
  const sorted = new Int32Array(events.length);
  for (let i = 0; i < events.length; i++) {
    const rank = rankOf(i);
    const at = starts[rank] as number;
    starts[rank] = at + 1;
    sorted[at] = events[i] as number;
  }
  return sorted;
}
