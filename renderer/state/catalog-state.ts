import type { CatalogChoice, CatalogIndicatorRow, CatalogSummary } from '../../shared/ipc/catalog-calls.ts';
import { patternOfShown } from '../../shared/catalog/normalise/values.ts';
import { escapeRegex, patternRegex } from '../../shared/catalog/run/patterns.ts';
import { splitWildcards } from '../../shared/catalog/syntax/wildcards.ts';
import type { FilterChip } from '../../shared/model/filter.ts';

type Value = Pick<CatalogIndicatorRow, 'field' | 'op' | 'value'>;

/** What the catalog shows. */
export type CatalogPlace =
  | { readonly kind: 'technique'; readonly id: string }
  | { readonly kind: 'event'; readonly channel: string; readonly eventId: number | null }
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'search'; readonly words: string }
  | { readonly kind: 'sources' };

export interface CatalogState {
  /** Null until something was chosen: then the technique with most rules is shown. */
  readonly place: CatalogPlace | null;
  readonly past: readonly CatalogPlace[];
  readonly future: readonly CatalogPlace[];
  readonly choice: CatalogChoice;
  /** Grows with every build; 0 before the first. */
  readonly revision: number;
  readonly summary: CatalogSummary | null;
  /** Whether the list also has techniques that no rule names. */
  readonly listsAll: boolean;
}

export const NO_CHOICE: CatalogChoice = {
  scope: 'windows',
  subtechniques: true,
  vendors: [],
  platforms: [],
  levels: [],
  statuses: [],
};

export const FIRST_CATALOG: CatalogState = {
  place: null,
  past: [],
  future: [],
  choice: NO_CHOICE,
  revision: 0,
  summary: null,
  listsAll: false,
};

const PAST_KEPT = 100;

/** Goes to a place; what lay ahead is forgotten. The same place again changes nothing. */
export function visitPlace(state: CatalogState, place: CatalogPlace): CatalogState {
  if (JSON.stringify(state.place) === JSON.stringify(place)) return state;
  const past = state.place === null ? state.past : [...state.past, state.place].slice(-PAST_KEPT);
  return { ...state, place, past, future: [] };
}

export function previousPlace(state: CatalogState): CatalogState {
  const place = state.past.at(-1);
  if (!place || !state.place) return state;
  return { ...state, place, past: state.past.slice(0, -1), future: [state.place, ...state.future] };
}

export function nextPlace(state: CatalogState): CatalogState {
  const [place, ...future] = state.future;
  if (!place || !state.place) return state;
  return { ...state, place, past: [...state.past, state.place], future };
}

/** A value of a rule as a test of the open logs. */
export interface LogTest {
  readonly field: string;
  readonly op: Value['op'];
  /** As a predicate's value. */
  readonly value: string;
}

/** What stands before the last part of a path. */
const BEFORE_NAME = '(?:^|[\\\\/])';
const NAME_UNIT = '[^\\\\/]';

/**
 * What a value asks of the open logs, in the field that they have: `process.name eq x.exe` is `Image ends_with \x.exe`.
 * Undefined where the logs have no such field or the test has no such form.
 */
export function logTest({
  op,
  value,
  logField,
  pattern,
}: Pick<CatalogIndicatorRow, 'op' | 'value' | 'logField'> & { readonly pattern?: string | null }): LogTest | undefined {
  if (logField === null || op === 'eq_field' || op === 'in_lookup') return undefined;
  const { field, part } = logField;
  if (part === 'whole') {
    if (op === 'match') return pattern == null ? undefined : { field, op, value: pattern };
    return { field, op, value: op === 'wildcard' ? patternOfShown(value) : value };
  }
  const ofName = (regex: string): LogTest => ({ field, op: 'match', value: `(?is)${regex}` });
  switch (op) {
    case 'eq':
      return { field, op: 'ends_with', value: `\\${value}` };
    case 'starts_with':
      return ofName(`${BEFORE_NAME}${escapeRegex(value)}${NAME_UNIT}*$`);
    case 'contains':
      return ofName(`${escapeRegex(value)}${NAME_UNIT}*$`);
    case 'wildcard':
      return ofName(`${BEFORE_NAME}${patternRegex(splitWildcards(patternOfShown(value)), NAME_UNIT)}$`);
    case 'ends_with':
    case 'is_null':
    case 'is_not_null':
      return { field, op, value };
    default:
      // Of a part of a path nothing else says the same.
      return undefined;
  }
}

/** The filter that shows the events of a test; undefined where filters have no such operator. */
export function chipOfTest({ field, op, value }: LogTest): FilterChip | undefined {
  if (op === 'eq_field' || op === 'in_lookup') return undefined;
  return { field, op, value, negated: false, enabled: true };
}

const TAG = /\battack\.(t\d{4}(?:\.\d{3})?)\b/gi;
/** More would not fit above the editor. */
const MOST_TAGS = 3;

/** Techniques that a rule's text is tagged with, in its order; while it is being written it may be no YAML yet. */
export function taggedTechniques(text: string): readonly string[] {
  const ids = [...text.matchAll(TAG)].map(([, id = '']) => id.toUpperCase());
  return [...new Set(ids)].slice(0, MOST_TAGS);
}
