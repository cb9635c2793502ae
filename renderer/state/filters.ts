import { EMPTY_FILTER, type FilterChip, type ViewFilter } from '../../shared/model/filter.ts';

export type TimeRange = NonNullable<ViewFilter['range']>;
export type FilterOf = ViewFilter['of'];

/** Same question of the events? Key order does not matter, chip order does. */
export function sameFilter(a: ViewFilter, b: ViewFilter): boolean {
  return filterKey(a) === filterKey(b);
}

/** One text for one filter, for comparisons. */
export function filterKey(filter: ViewFilter): string {
  return JSON.stringify([
    filter.chips.map((chip) => [chip.field, chip.op, chip.value, chip.negated, chip.enabled]),
    filter.text,
    filter.range && [filter.range.fromUs, filter.range.toUs],
    filter.of.kind === 'rule' ? [filter.of.kind, filter.of.rule] : filter.of.kind,
  ]);
}

/**
 * Adds a chip. A chip about the same field, operator and value is replaced where it stands, so that "filter out"
 * after "filter in" turns the one around instead of contradicting it.
 */
export function addChip(filter: ViewFilter, chip: FilterChip): ViewFilter {
  const at = filter.chips.findIndex((c) => c.field === chip.field && c.op === chip.op && c.value === chip.value);
  const chips = at < 0 ? [...filter.chips, chip] : filter.chips.map((c, i) => (i === at ? chip : c));
  return { ...filter, chips };
}

export function replaceChip(filter: ViewFilter, index: number, chip: FilterChip): ViewFilter {
  return { ...filter, chips: filter.chips.map((c, i) => (i === index ? chip : c)) };
}

export function removeChip(filter: ViewFilter, index: number): ViewFilter {
  return { ...filter, chips: filter.chips.filter((_, i) => i !== index) };
}

/** Turns a chip around: in becomes out, out becomes in. */
export function invertChip(chip: FilterChip): FilterChip {
  return { ...chip, negated: !chip.negated };
}

/** The chip of "filter in" or "filter out" for a value; an absent value asks for absence. */
export function valueChip(field: string, value: string | null, negated: boolean): FilterChip {
  return value === null
    ? { field, op: 'is_null', value: '', negated, enabled: true }
    : { field, op: 'eq', value, negated, enabled: true };
}

const OP_WORDS: Readonly<Record<FilterChip['op'], readonly [string, string]>> = {
  eq: ['=', '≠'],
  contains: ['contains', 'does not contain'],
  starts_with: ['starts with', 'does not start with'],
  ends_with: ['ends with', 'does not end with'],
  wildcard: ['is like', 'is not like'],
  match: ['matches', 'does not match'],
  cidr: ['is in network', 'is not in network'],
  is_null: ['is absent', 'is present'],
  is_not_null: ['is present', 'is absent'],
  gt: ['>', '≤'],
  gte: ['≥', '<'],
  lt: ['<', '≥'],
  lte: ['≤', '>'],
};

/** The operator of a chip in words, negation included. */
export function chipOpWords(chip: Pick<FilterChip, 'op' | 'negated'>): string {
  return OP_WORDS[chip.op][chip.negated ? 1 : 0];
}

/** A chip as one line of text, such as `Image ends with \cmd.exe`. */
export function chipText(chip: FilterChip): string {
  const words = `${chip.field} ${chipOpWords(chip)}`;
  return chip.op === 'is_null' || chip.op === 'is_not_null' ? words : `${words} ${chip.value}`;
}

/** The range of `minutes` before and after an instant. Half-open, so one microsecond is added at the end. */
export function pivotRange(timeUs: number, minutes: number): TimeRange {
  const half = Math.round(minutes * 60_000_000);
  return { fromUs: timeUs - half, toUs: timeUs + half + 1 };
}

/** Whether the filter lets everything through. */
export function isEmptyFilter(filter: ViewFilter): boolean {
  return sameFilter({ ...filter, chips: filter.chips.filter((c) => c.enabled) }, EMPTY_FILTER);
}

/** Filters gone through, for back and forward. */
export interface FilterHistory {
  readonly filter: ViewFilter;
  readonly past: readonly ViewFilter[];
  readonly future: readonly ViewFilter[];
}

const HISTORY_LIMIT = 200;

/** Goes to a new filter; what lay ahead is forgotten. The same filter again changes nothing. */
export function visit(history: FilterHistory, filter: ViewFilter): FilterHistory {
  if (sameFilter(history.filter, filter)) return history;
  return { filter, past: [...history.past, history.filter].slice(-HISTORY_LIMIT), future: [] };
}

export function back(history: FilterHistory): FilterHistory {
  const filter = history.past.at(-1);
  if (!filter) return history;
  return { filter, past: history.past.slice(0, -1), future: [history.filter, ...history.future] };
}

export function forward(history: FilterHistory): FilterHistory {
  const [filter, ...future] = history.future;
  if (!filter) return history;
  return { filter, past: [...history.past, history.filter], future };
}

/**
 * The range to zoom back to: the last one that encloses the current range strictly, or all time. Going back in
 * history alone would not do, since other steps (chips, search) lie between two zooms.
 */
export function enclosingRange(history: FilterHistory): TimeRange | null {
  const now = history.filter.range;
  if (!now) return null;
  for (let i = history.past.length - 1; i >= 0; i--) {
    const range = history.past[i]?.range ?? null;
    if (!range) return null;
    const encloses = range.fromUs <= now.fromUs && range.toUs >= now.toUs;
    if (encloses && range.toUs - range.fromUs > now.toUs - now.fromUs) return range;
  }
  return null;
}
