import type { CatalogChoice, CatalogIndicatorRow, CatalogSummary } from '../../shared/ipc/catalog-calls.ts';
import type { LogTest } from '../../shared/catalog/log-test.ts';
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
