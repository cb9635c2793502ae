import type { Correlation, Formula } from '../../shared/model/correlation.ts';
import type { Occurrence } from '../match/correlation/windows.ts';

type Rules = Pick<Correlation, 'type' | 'timespanUs' | 'criteria' | 'percentile' | 'formula'> & {
  readonly parts: { readonly length: number };
};

/**
 * The oracle of correlation windows: each run of occurrences is looked at by itself, its number counted anew, and
 * nothing kept from one to the next.
 * @param occurrences of one group, in order of time and event.
 * @returns the position of the completing occurrence of each window that holds, and whether it is reported.
 */
export function naiveWindows(rules: Rules, occurrences: readonly Occurrence[]): { at: number; isReported: boolean }[] {
  const { timespanUs, criteria } = rules;
  const isLower =
    criteria.every(({ op }) => op === 'gt' || op === 'gte') &&
    !['value_avg', 'value_percentile', 'value_min'].includes(rules.type) &&
    !JSON.stringify(rules.formula ?? null).includes('"not"');
  const fits = (first: number, last: number): boolean => timeOf(last) - timeOf(first) <= timespanUs;
  const timeOf = (at: number): number => (occurrences[at] as Occurrence).timeUs;
  const found: { at: number; isReported: boolean; value: number | undefined }[] = [];
  for (let last = 0; last < occurrences.length; last++) {
    let first = last;
    while (first > 0 && fits(first - 1, last)) first--;
    const canGrow = last + 1 < occurrences.length && fits(first, last + 1);
    if (!isLower && canGrow) continue;
    const window = occurrences.slice(first, last + 1);
    for (const { at, value } of completing(rules, window)) {
      const before = found.filter((hit) => hit.isReported && hit.value === value).at(-1);
      const isReported = before === undefined || timeOf(first + at) - timeOf(before.at) > timespanUs;
      found.push({ at: first + at, isReported, value });
    }
  }
  return found.map(({ at, isReported }) => ({ at, isReported }));
}

/** Positions in a window of the occurrences that complete it: none where it doesn't hold. */
function completing(rules: Rules, window: readonly Occurrence[]): { at: number; value: number | undefined }[] {
  if (rules.type === 'value_percentile' && rules.percentile === undefined) {
    return [...new Set(window.map(({ value }) => value))].flatMap((value) => {
      const share = (100 * window.filter((other) => other.value === value).length) / window.length;
      return holds(rules, share) ? [{ at: window.findLastIndex((one) => one.value === value), value }] : [];
    });
  }
  return holds(rules, numberOf(rules, window)) ? [{ at: window.length - 1, value: undefined }] : [];
}

function holds({ criteria }: Rules, number: number): boolean {
  const test = { gt: (a: number, b: number) => a > b, lt: (a: number, b: number) => a < b } as const;
  return criteria.every(({ op, value }) => {
    if (op === 'gt' || op === 'lt') return test[op](number, value);
    if (op === 'gte') return !test.lt(number, value);
    if (op === 'lte') return !test.gt(number, value);
    return (number === value) === (op === 'eq');
  });
}

function numberOf(rules: Rules, window: readonly Occurrence[]): number {
  const values = window.map(({ value }) => value);
  const sum = values.reduce((all, value) => all + value, 0);
  const parts = new Set(window.map(({ part }) => part));
  switch (rules.type) {
    case 'event_count':
      return window.length;
    case 'value_count':
      return new Set(values).size;
    case 'value_sum':
      return sum;
    case 'value_avg':
      return sum / values.length;
    case 'value_min':
      return Math.min(...values);
    case 'value_max':
      return Math.max(...values);
    case 'value_percentile': {
      const percent = rules.percentile ?? 0;
      // The smallest value that at least so many percent of the values do not exceed.
      const good = values.filter(
        (value) => values.filter((other) => other <= value).length >= (percent / 100) * values.length,
      );
      return Math.min(...good);
    }
    case 'temporal':
      return rules.formula ? Number(formulaHolds(rules.formula, parts)) : parts.size;
    case 'temporal_ordered':
      return longestChain(window, 0, -1, undefined);
  }
}

function formulaHolds(formula: Formula, parts: ReadonlySet<number>): boolean {
  switch (formula.kind) {
    case 'part':
      return parts.has(formula.part);
    case 'not':
      return !formulaHolds(formula.child, parts);
    case 'and':
      return formula.children.every((child) => formulaHolds(child, parts));
    case 'or':
      return formula.children.some((child) => formulaHolds(child, parts));
  }
}

/** Tries every chain of ascending rules by different events. */
function longestChain(window: readonly Occurrence[], from: number, part: number, event: number | undefined): number {
  let longest = 0;
  for (let at = from; at < window.length; at++) {
    const one = window[at] as Occurrence;
    if (one.part <= part || one.event === event) continue;
    longest = Math.max(longest, 1 + longestChain(window, at + 1, one.part, one.event));
  }
  return longest;
}
