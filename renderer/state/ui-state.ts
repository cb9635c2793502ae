import type {
  CallOutput,
  CaseSummary,
  DraftResult,
  EventRow,
  JobProgress,
  SourceLine,
  faultSchema,
} from '../../shared/ipc/contract.ts';
import type { z } from 'zod';
import { EMPTY_FILTER, type ViewFilter } from '../../shared/model/filter.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { Span } from '../../shared/model/span.ts';
import type { ClockChoice } from '../ui/text/clock.ts';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { FIRST_CATALOG, type CatalogState } from './catalog-state.ts';
import { FIRST_COVERAGE, type CoverageState } from './coverage-state.ts';
import { DEFAULT_COLUMNS, type Column } from './columns.ts';
import type { FilterHistory } from './filters.ts';
import { PLAIN_READING, type Opening, type Reading } from './opening.ts';

/**
 * What the window shows, apart from rows and events: those live in the view client's page cache and in the panes.
 * One store, plain data, changed only by the clients in this folder.
 */

/** A fault as it comes over the wire. */
export type ShownFault = z.infer<typeof faultSchema>;

export type Activity = 'timeline' | 'sources' | 'hits' | 'rules' | 'catalog' | 'sql' | 'coverage';
export type SideTab = 'fields' | 'raw' | 'why' | 'values';
export type ThemeChoice = 'system' | 'light' | 'dark';

export interface Sort {
  readonly field: string;
  readonly descending: boolean;
}

/** A view that the engine holds open for us, and the question it answers. */
export type OpenView = CallOutput<'view.open'> & { readonly filter: ViewFilter; readonly sort: Sort };

/** Something that went wrong, or that must be known, until the user puts it away. */
export interface Notice {
  readonly id: number;
  readonly tone: 'error' | 'warning' | 'info';
  /** What happened, where, what was kept. */
  readonly text: string;
  readonly fault?: ShownFault;
  /** What to do about it. */
  readonly action?: { readonly label: string; readonly command: string };
  readonly dismissed: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The rule in the editor. */
export interface Draft {
  readonly open: boolean;
  readonly text: string;
  readonly name: string;
  /** Key of the rule it was opened from; null for a new one. */
  readonly rule: string | null;
  /** Text as last opened or saved. */
  readonly savedText: string;
  /** Grows with every change of the text. */
  readonly version: number;
  readonly running: boolean;
  readonly result: DraftResult | null;
  readonly fault: ShownFault | null;
  readonly showHits: boolean;
  readonly reveal: Span | null;
}

/** A value under the pointer, for its menu. */
export interface ValueTarget {
  readonly x: number;
  readonly y: number;
  /** Null for a place without a field, such as the time. */
  readonly field: string | null;
  /** Null where the field is absent. */
  readonly value: string | null;
  readonly event: number;
  readonly timeUs: number | null;
  readonly row: EventRow | null;
}

export type DialogName =
  | 'palette'
  | 'shortcuts'
  | 'go-to-time'
  | 'pivot'
  | 'columns'
  | 'add-column'
  | 'add-filter'
  | 'stack-field'
  | 'technique'
  | 'notices'
  | 'placeholders'
  | 'open-options'
  | 'table-columns';

/** A question that waits for an answer. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly choices: readonly { readonly id: string; readonly label: string; readonly primary?: boolean }[];
  readonly answer: (choice: string | null) => void;
}

export interface UiState extends FilterHistory {
  /** Whether settings and the case's summary have been read. */
  readonly isReady: boolean;
  readonly info: CallOutput<'app.info'> | null;
  readonly summary: CaseSummary | null;
  readonly jobs: readonly JobProgress[];
  /** Grows with every tag or note that is set: the events that are shown are asked for again. */
  readonly tagging: number;
  /** Imports of message data that were removed in this session. */
  readonly messageRemovals: number;
  readonly notices: readonly Notice[];

  readonly sort: Sort;
  readonly view: OpenView | null;
  /** The same filter without `of`: all events that the hits stand among. The view itself where it shows all. */
  readonly context: OpenView | null;
  /** The answer to a newer question is on its way: what is shown is of the one before. */
  readonly viewBusy: boolean;
  readonly viewFault: ShownFault | null;

  /** The selected event, and its position in the view where it is in it. */
  readonly selected: number | null;
  readonly cursor: number | null;
  readonly selectedUs: number | null;
  /** The event at `cursor` is on its way, to become the selected one. */
  readonly moving: boolean;

  readonly activity: Activity;
  readonly theme: ThemeChoice;
  readonly systemDark: boolean;
  readonly compact: boolean;
  /** The clock that times are shown by. */
  readonly clock: ClockChoice;
  readonly columns: readonly Column[];
  /** Panel sizes in percent, by group. */
  readonly layout: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly pivotMinutes: number;

  readonly draft: Draft;
  /** The user's lists for placeholders, as written. */
  readonly placeholders: string;
  /** The field whose values are stacked beside the grid. */
  readonly stack: { readonly field: string; readonly rarestFirst: boolean } | null;
  readonly sideTab: SideTab;
  readonly valueMenu: ValueTarget | null;
  readonly dialog: DialogName | null;
  readonly question: Question | null;
  /** What the sheet of options is about to open. */
  readonly opening: Opening | null;
  /** The file whose columns are being chosen. */
  readonly table: SourceLine | null;
  /** How logs are read unless something else is chosen for them. */
  readonly reading: Reading;
  /** How logs were opened last in this session, for what was left unread of them. */
  readonly lastOptions: OpenOptions | null;
  /** The rule whose details the rules view shows. */
  readonly ruleShown: string | null;
  readonly catalog: CatalogState;
  readonly coverage: CoverageState;
  /** The query in the SQL view, and those that were run, the newest first. */
  readonly sql: { readonly text: string; readonly history: readonly string[] };
}

export type UiStore = StoreApi<UiState>;

export const NO_DRAFT: Draft = {
  open: false,
  text: '',
  name: '',
  rule: null,
  savedText: '',
  version: 0,
  running: false,
  result: null,
  fault: null,
  showHits: true,
  reveal: null,
};

/** What is chosen where no event is. */
export const NO_SELECTION = { selected: null, cursor: null, selectedUs: null, moving: false } as const;

export const BY_TIME: Sort = { field: 'TimeCreated', descending: false };

export function createUiStore(): UiStore {
  return createStore<UiState>()(() => ({
    isReady: false,
    info: null,
    summary: null,
    jobs: [],
    notices: [],
    filter: EMPTY_FILTER,
    past: [],
    future: [],
    sort: BY_TIME,
    view: null,
    context: null,
    viewBusy: false,
    viewFault: null,
    selected: null,
    cursor: null,
    selectedUs: null,
    moving: false,
    activity: 'timeline',
    theme: 'system',
    systemDark: false,
    compact: false,
    clock: 'utc',
    columns: DEFAULT_COLUMNS,
    layout: {},
    pivotMinutes: 5,
    draft: NO_DRAFT,
    placeholders: '',
    stack: null,
    sideTab: 'fields',
    messageRemovals: 0,
    tagging: 0,
    valueMenu: null,
    dialog: null,
    question: null,
    opening: null,
    table: null,
    reading: PLAIN_READING,
    lastOptions: null,
    ruleShown: null,
    catalog: FIRST_CATALOG,
    coverage: FIRST_COVERAGE,
    sql: { text: '', history: [] },
  }));
}

/** Whether the dark theme is to be shown. */
export function isDark(state: Pick<UiState, 'theme' | 'systemDark'>): boolean {
  return state.theme === 'system' ? state.systemDark : state.theme === 'dark';
}

/** Events of the open logs, recovered ones among them. */
export function openEvents({ summary }: Pick<UiState, 'summary'>): number {
  return summary ? summary.events + summary.recovered : 0;
}

/** The job that runs now, if any; the newest first. */
export function runningJob(state: Pick<UiState, 'jobs'>): JobProgress | undefined {
  return state.jobs.findLast((job) => job.state === 'running');
}
