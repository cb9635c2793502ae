/** Which techniques the coverage shows. */
export const COVERAGE_FILTERS = ['rules', 'hit', 'ready', 'absent', 'idle', 'one-vendor', 'none'] as const;
export type CoverageFilter = (typeof COVERAGE_FILTERS)[number];

/** What the coverage's table can be sorted by. */
export type CoverageSort =
  'technique' | 'name' | 'state' | 'rules' | 'vendors' | 'run' | 'ready' | 'absent' | 'unknown' | 'events' | 'hits';

export interface CoverageState {
  readonly layout: 'matrix' | 'table';
  readonly filter: CoverageFilter;
  readonly words: string;
  /** Whether sub-techniques have cells and rows of their own; their rules count for their technique in any case. */
  readonly subtechniques: boolean;
  readonly sort: { readonly by: CoverageSort; readonly descending: boolean };
  /** The cell at the cursor: its technique, and the tactic of its column. */
  readonly cursor: { readonly technique: string; readonly tactic: string } | null;
}

export const FIRST_COVERAGE: CoverageState = {
  layout: 'matrix',
  filter: 'rules',
  words: '',
  subtechniques: false,
  sort: { by: 'state', descending: false },
  cursor: null,
};
