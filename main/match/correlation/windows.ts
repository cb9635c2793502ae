import type { Correlation, Criterion, Formula } from '../../../shared/model/correlation.ts';

/**
 * What makes a correlation hold, for the occurrences of one group:
 *
 *   window    a run of occurrences of which the last is at most the timespan after the first. Occurrences stand in
 *             order of time; those of the same instant in the order in which they were read.
 *   number    what the window comes to: events, distinct values, sum …; for temporal the number of rules that occur,
 *             for temporal_ordered the longest chain of rules in their order, by different events.
 *   lower     where all comparisons are gt or gte and more events only add, a window holds as soon as its last
 *             occurrence makes it hold.
 *   whole     else (lt, lte, eq, neq, a range, an average, a percentile, a `not`) only windows count that cannot be
 *             made longer, since any event would make "fewer than 5" true for a moment.
 *
 *   share     value_percentile without a percentile asks how many percent of the window's events have a value. Each
 *             value that fulfils it is a hit of its own, at the last event that has it.
 *
 * An event that completes a window that holds is a hit. While it goes on, the next one is reported when the window no
 * longer holds the one before: so a burst is one hit in each timespan, not one for each event.
 */
export interface Occurrence {
  readonly event: number;
  readonly timeUs: number;
  readonly part: number;
  /** What the correlation counts: a key of the value (value_count, a share), or the number itself. */
  readonly value: number;
}

export interface WindowHit {
  /** Positions within the occurrences: of the window's first, its last, and the one that completes it. */
  readonly first: number;
  readonly last: number;
  readonly at: number;
  readonly number: number;
  /** False where an earlier hit is still in the window: then it only counts for correlations of correlations. */
  readonly isReported: boolean;
}

type Rules = Pick<Correlation, 'type' | 'timespanUs' | 'criteria' | 'percentile' | 'formula'> & {
  readonly parts: { readonly length: number };
};

/** Finds the windows that hold. @param occurrences of one group, in order of time and event. */
export function findWindows(rules: Rules, occurrences: readonly Occurrence[]): WindowHit[] {
  const { timespanUs } = rules;
  const tally = tallyOf(rules);
  const isLower = isLowerOnly(rules);
  const hits: WindowHit[] = [];
  /** By value, where each is looked at by itself: the last place of it, and when it was last reported. */
  const lastOf = new Map<number | undefined, number>();
  const reportedUs = new Map<number | undefined, number>();
  let first = 0;
  for (let j = 0; j < occurrences.length; j++) {
    const { timeUs, value } = occurrences[j] as Occurrence;
    tally.add(occurrences[j] as Occurrence);
    lastOf.set(value, j);
    while (timeUs - (occurrences[first] as Occurrence).timeUs > timespanUs) {
      tally.remove(occurrences[first++] as Occurrence);
    }
    const startUs = (occurrences[first] as Occurrence).timeUs;
    const next = occurrences[j + 1];
    if (!isLower && next && next.timeUs - startUs <= timespanUs) continue;
    for (const found of tally.test(startUs)) {
      const at = found.value === undefined ? j : (lastOf.get(found.value) as number);
      const atUs = (occurrences[at] as Occurrence).timeUs;
      const before = reportedUs.get(found.value);
      const isReported = before === undefined || atUs - before > timespanUs;
      if (isReported) reportedUs.set(found.value, atUs);
      hits.push({ first, last: j, at, number: found.number, isReported });
    }
  }
  return hits;
}

/** Whether a number fulfils every comparison. */
export function fulfils(criteria: readonly Criterion[], number: number): boolean {
  return criteria.every(({ op, value }) => {
    switch (op) {
      case 'gt':
        return number > value;
      case 'gte':
        return number >= value;
      case 'lt':
        return number < value;
      case 'lte':
        return number <= value;
      case 'eq':
        return number === value;
      case 'neq':
        return number !== value;
    }
  });
}

function isLowerOnly({ type, criteria, formula }: Rules): boolean {
  const grows = type !== 'value_avg' && type !== 'value_percentile' && type !== 'value_min';
  return grows && criteria.every(({ op }) => op === 'gt' || op === 'gte') && !(formula && hasNot(formula));
}

function hasNot(formula: Formula): boolean {
  switch (formula.kind) {
    case 'part':
      return false;
    case 'not':
      return true;
    case 'and':
    case 'or':
      return formula.children.some(hasNot);
  }
}

interface Found {
  readonly number: number;
  /** Where the number is that of one value among the window's. */
  readonly value?: number;
}

/** The number of a window that occurrences enter at its end and leave at its start. */
interface Tally {
  add(occurrence: Occurrence): void;
  remove(occurrence: Occurrence): void;
  /** The numbers that fulfil the comparisons: at most one, or one for each value where values are looked at apart. */
  test(startUs: number): readonly Found[];
}

function tallyOf(rules: Rules): Tally {
  const { criteria, percentile } = rules;
  const check = (number: number): readonly Found[] => (fulfils(criteria, number) ? [{ number }] : []);
  switch (rules.type) {
    case 'event_count': {
      let events = 0;
      return { add: () => events++, remove: () => events--, test: () => check(events) };
    }
    case 'value_count': {
      const counts = new Counts();
      const { add, remove } = counts.byValue();
      return { add, remove, test: () => check(counts.size) };
    }
    case 'temporal': {
      const counts = new Counts();
      const { formula } = rules;
      return {
        add: ({ part }) => counts.add(part),
        remove: ({ part }) => counts.remove(part),
        test: () => check(formula ? Number(holds(formula, counts)) : counts.size),
      };
    }
    case 'temporal_ordered':
      return new Chains(rules.parts.length, check);
    case 'value_sum':
      return sums((sum) => check(sum));
    case 'value_avg':
      return sums((sum, count) => check(sum / count));
    case 'value_min':
      return sorted((values) => check(values[0] as number));
    case 'value_max':
      return sorted((values) => check(values.at(-1) as number));
    case 'value_percentile':
      return percentile === undefined
        ? new Shares(criteria)
        : sorted((values) => check(nearestRank(values, percentile)));
  }
}

/** How often each number occurs. */
class Counts {
  readonly #counts = new Map<number, number>();

  get size(): number {
    return this.#counts.size;
  }

  has(key: number): boolean {
    return this.#counts.has(key);
  }

  entries(): IterableIterator<[number, number]> {
    return this.#counts.entries();
  }

  add(key: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(key: number): void {
    const count = (this.#counts.get(key) ?? 0) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  byValue(): Pick<Tally, 'add' | 'remove'> {
    return { add: ({ value }) => this.add(value), remove: ({ value }) => this.remove(value) };
  }
}

function holds(formula: Formula, parts: Counts): boolean {
  switch (formula.kind) {
    case 'part':
      return parts.has(formula.part);
    case 'not':
      return !holds(formula.child, parts);
    case 'and':
      return formula.children.every((child) => holds(child, parts));
    case 'or':
      return formula.children.some((child) => holds(child, parts));
  }
}

/** Sums; those of whole numbers are kept up, others are made anew, since taking away would leave rounding errors. */
function sums(test: (sum: number, count: number) => readonly Found[]): Tally {
  const values: number[] = [];
  let from = 0;
  let sum = 0;
  let fractions = 0;
  return {
    add: ({ value }) => {
      values.push(value);
      if (Number.isSafeInteger(value)) sum += value;
      else fractions++;
    },
    remove: ({ value }) => {
      from++;
      if (Number.isSafeInteger(value)) sum -= value;
      else fractions--;
    },
    test: () => {
      const isExact = fractions === 0 && Number.isSafeInteger(sum);
      const total = isExact ? sum : values.slice(from).reduce((all, value) => all + value, 0);
      return test(total, values.length - from);
    },
  };
}

/** The window's numbers in ascending order. */
function sorted(test: (values: readonly number[]) => readonly Found[]): Tally {
  const values: number[] = [];
  const place = (value: number): number => {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add: ({ value }) => void values.splice(place(value), 0, value),
    remove: ({ value }) => void values.splice(place(value), 1),
    test: () => test(values),
  };
}

/** The smallest value that at least `percentile` percent of the values do not exceed. */
function nearestRank(values: readonly number[], percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * values.length));
  return values[rank - 1] as number;
}

/** How many percent of the window's events have a value: each value by itself. */
class Shares implements Tally {
  readonly #counts = new Counts();
  #total = 0;

  constructor(private readonly criteria: readonly Criterion[]) {}

  add({ value }: Occurrence): void {
    this.#counts.add(value);
    this.#total++;
  }

  remove({ value }: Occurrence): void {
    this.#counts.remove(value);
    this.#total--;
  }

  test(): readonly Found[] {
    return [...this.#counts.entries()].flatMap(([value, count]) => {
      const number = (100 * count) / this.#total;
      return fulfils(this.criteria, number) ? [{ number, value }] : [];
    });
  }
}

/**
 * The longest chain of rules in their order. `#latest[n][p]` is the latest start of a chain of n + 1 occurrences that
 * ends with rule p: a chain lies in the window exactly where its start does.
 */
class Chains implements Tally {
  readonly #latest: number[][];
  /** Occurrences of the event that came last: they are entered together, so that none follows its own event. */
  #event: number | undefined;
  #pending: { readonly length: number; readonly part: number; readonly start: number }[] = [];

  constructor(
    private readonly parts: number,
    private readonly check: (number: number) => readonly Found[],
  ) {
    this.#latest = Array.from({ length: parts }, () => new Array<number>(parts).fill(-Infinity));
  }

  add({ event, part, timeUs }: Occurrence): void {
    if (event !== this.#event) this.#enter();
    this.#event = event;
    for (let length = 0; length < this.parts; length++) {
      let start = length === 0 ? timeUs : -Infinity;
      if (length > 0) {
        const before = this.#latest[length - 1] as number[];
        for (let p = 0; p < part; p++) start = Math.max(start, before[p] as number);
      }
      if (start > -Infinity) this.#pending.push({ length, part, start });
    }
  }

  remove(): void {
    // What starts before the window is told by its time.
  }

  test(startUs: number): readonly Found[] {
    let longest = this.#pending.reduce(
      (max, { length, start }) => (start >= startUs ? Math.max(max, length) : max),
      -1,
    );
    this.#latest.forEach((starts, length) => {
      if (length > longest && starts.some((start) => start >= startUs)) longest = length;
    });
    return this.check(longest + 1);
  }

  #enter(): void {
    for (const { length, part, start } of this.#pending) {
      const starts = this.#latest[length] as number[];
      if (start > (starts[part] as number)) starts[part] = start;
    }
    this.#pending = [];
  }
}
