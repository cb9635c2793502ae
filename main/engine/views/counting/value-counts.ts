import type { CallInput, CallOutput } from '../../../../shared/ipc/contract.ts';
import type { CaseEvents } from '../../case-events.ts';
import { inSlices, type Pace } from '../../pace.ts';
import { numbersOf } from '../field-order.ts';
import { fieldCodes } from '../fields.ts';
import { CodeNumbers } from '../values/code-numbers.ts';
import { firstTexts } from '../values/first-texts.ts';
import type { View } from '../views.ts';

/**
 * Distinct values of a field over a view; events and hosts of each. Equal counts are ordered by the value. Undefined
 * where it was cancelled.
 */
export async function fieldValues(
  { events: shown }: View,
  { field: name, limit, rarestFirst }: CallInput<'view.values'>,
  events: CaseEvents,
  pace: Pace,
): Promise<CallOutput<'view.values'> | undefined> {
  const { dictionary, computer } = events.table;
  const field = fieldCodes(events, name);
  const numbers = new CodeNumbers(dictionary.size);
  const numberOf = await numbersOf(shown, field, numbers, pace);
  if (!numberOf) return undefined;
  const counts = new Int32Array(numbers.size);
  let absent = 0;
  for (const number of numberOf) {
    if (number < 0) absent++;
    else counts[number] = (counts[number] as number) + 1;
  }
  const { before, among } = candidates(counts, limit, rarestFirst);
  const codesOf = (list: Int32Array): Int32Array => list.map((number) => numbers.codes[number] as number);
  const rest = await firstTexts(codesOf(among), limit - before.length, field, dictionary, pace);
  const sure = await firstTexts(codesOf(before), before.length, field, dictionary, pace);
  if (!rest || !sure) return undefined;
  const sign = rarestFirst ? 1 : -1;
  const lines = [...sure, ...rest].map(({ code, key }) => {
    const number = numbers.number(code);
    return { number, value: key.text, events: counts[number] as number };
  });
  // Stable, and each part is in the order of its texts; no count of `before` occurs among the rest.
  lines.sort((a, b) => sign * (a.events - b.events));
  const hosts = await hostsOf(
    shown,
    numberOf,
    computer,
    lines.map(({ number }) => number),
    numbers.size,
    pace,
  );
  if (!hosts) return undefined;
  return {
    distinct: numbers.size,
    absent,
    values: lines.map(({ value, events: count }, i) => ({
      value,
      events: count,
      hosts: (hosts[i] as Set<number>).size,
    })),
  };
}

/**
 * Which values can be among the first: those that surely are, by their counts, and those of one count of which the
 * texts decide.
 */
function candidates(
  counts: Int32Array,
  limit: number,
  rarestFirst: boolean,
): { before: Int32Array<ArrayBuffer>; among: Int32Array<ArrayBuffer> } {
  const values = new Map<number, number>();
  for (const count of counts) values.set(count, (values.get(count) ?? 0) + 1);
  const sign = rarestFirst ? 1 : -1;
  let sure = 0;
  let last = Number.NaN;
  for (const [count, many] of [...values].sort(([a], [b]) => sign * (a - b))) {
    last = count;
    if (sure + many >= limit) break;
    sure += many;
  }
  const before: number[] = [];
  const among = new Int32Array(values.get(last) ?? 0);
  let at = 0;
  counts.forEach((count, number) => {
    if (count === last) among[at++] = number;
    else if (sign * (count - last) < 0) before.push(number);
  });
  return { before: Int32Array.from(before), among };
}

/** The computers of the events of each of some values. */
async function hostsOf(
  shown: Int32Array,
  numberOf: Int32Array,
  computers: { readonly data: Int32Array },
  wanted: readonly number[],
  numbers: number,
  pace: Pace,
): Promise<Set<number>[] | undefined> {
  const hosts = wanted.map(() => new Set<number>());
  /** Place in `wanted` plus one. */
  const places = new Uint16Array(numbers);
  wanted.forEach((number, place) => (places[number] = place + 1));
  const finished = await inSlices(shown.length, pace, (from, to) => {
    for (let i = from; i < to; i++) {
      const number = numberOf[i] as number;
      const place = number < 0 ? 0 : (places[number] as number);
      if (place > 0) hosts[place - 1]?.add(computers.data[shown[i] as number] as number);
    }
  });
  return finished ? hosts : undefined;
}
