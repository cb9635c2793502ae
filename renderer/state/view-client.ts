import type { EventRow } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/model/fault.ts';
import type { ViewFilter } from '../../shared/model/filter.ts';
import type { Api } from '../api/workbench.ts';
import { fieldColumns } from './columns.ts';
import { sameFilter } from './filters.ts';
import type { Notices } from './notices.ts';
import { RowPages } from './row-pages.ts';
import { BY_TIME, type OpenView, type UiState, type UiStore } from './ui-state.ts';

/** Shortest time between two openings that only a growing case asks for. */
const REOPEN_MS = 500;

/** A row as the grid shows it: `stale` where it is of the view before, until the new one is there. */
export interface ShownRow {
  readonly row: EventRow;
  readonly stale: boolean;
}

/**
 * Keeps a view open that answers the store's filter and sort. What the user changes is asked at once; what changes
 * by itself (events coming in, rules matched) at most every REOPEN_MS, and never while an answer is due. The rows of
 * the view before stay until those of the new one are here.
 */
export class ViewClient {
  readonly #api: Api;
  readonly #store: UiStore;
  readonly #notices: Notices;
  readonly #listeners = new Set<() => void>();
  #rows = new RowPages(
    0,
    () => Promise.resolve({ ok: true, value: [] }),
    () => undefined,
  );
  #before: RowPages | undefined;
  /** Whether the rows of the view before answer an older question: then they are greyed. */
  #isOther = false;
  #sequence = 0;
  #inFlight = false;
  #again = false;
  #lastOpened = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #news = 0;

  constructor(api: Api, store: UiStore, notices: Notices) {
    this.#api = api;
    this.#store = store;
    this.#notices = notices;
  }

  /** Follows the store from now on; gives the function that stops it. */
  start(): () => void {
    const stop = this.#store.subscribe((state, before) => {
      if (state.filter !== before.filter || state.sort !== before.sort) this.#openNow();
      else if (state.draft.result !== before.draft.result && state.draft.open) this.#openNow();
      else if (state.summary?.revision !== before.summary?.revision) this.#openSoon();
      if (state.columns !== before.columns && fieldsDiffer(state, before)) this.#freshRows(state.view, false);
    });
    return () => {
      stop();
      clearTimeout(this.#timer);
      this.#rows.close();
    };
  }

  /** Called when rows arrive or the view changes. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Grows with every piece of news, for `useSyncExternalStore`. */
  readonly version = (): number => this.#news;

  row(index: number): ShownRow | undefined {
    const row = this.#rows.get(index);
    if (row) return { row, stale: false };
    const old = this.#before?.get(index);
    return old && { row: old, stale: this.#isOther };
  }

  want(first: number, last: number): void {
    this.#rows.want(first, last);
    if (this.#before && this.#rows.has(first, last)) this.#before = undefined;
  }

  /** Reads the rows anew: what they say of the same events has changed. */
  refresh(): void {
    this.#freshRows(this.#store.getState().view, false);
  }

  load(index: number): Promise<EventRow | undefined> {
    return this.#rows.load(index);
  }

  /** Position of an event or a time in the open view. */
  async locate(target: { event: number } | { timeUs: number }): Promise<{ index: number; exact: boolean } | undefined> {
    const view = this.#store.getState().view;
    if (!view || view.total === 0) return undefined;
    const result = await this.#api.call('view.locate', { view: view.view, target });
    return result.ok ? result.value : undefined;
  }

  #openNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#open();
  }

  #openSoon(): void {
    if (this.#inFlight) {
      this.#again = true;
      return;
    }
    if (this.#timer !== undefined) return;
    const elapsed = this.#store.getState().view?.elapsedMs ?? 0;
    const wait = Math.max(0, this.#lastOpened + Math.max(REOPEN_MS, elapsed * 4) - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#open();
    }, wait);
  }

  async #open(): Promise<void> {
    const { filter, sort } = this.#store.getState();
    const sequence = ++this.#sequence;
    this.#inFlight = true;
    this.#again = false;
    const before = this.#store.getState().view;
    // A case that grows asks the same again: nothing to grey out for that.
    if (!before || !sameQuestion(before, { filter, sort })) this.#store.setState({ viewBusy: true });
    const result = await this.#api.call('view.open', { filter, sort: { ...sort }, slot: 'grid' });
    if (sequence !== this.#sequence) return;
    this.#inFlight = false;
    this.#lastOpened = performance.now();
    if (result.ok) {
      const view: OpenView = { ...result.value, filter, sort };
      this.#freshRows(view, before !== null && !sameQuestion(before, view));
      this.#store.setState({ view, viewBusy: false, viewFault: null });
      await Promise.all([this.#relocate(sequence), this.#openContext(view, sequence)]);
    } else {
      this.#store.setState({ viewBusy: false, viewFault: result.fault });
      this.#notices.fault('The view could not be opened; the last one is still shown', result.fault);
    }
    this.#openAgain();
  }

  /** Asks again where the case has grown while the answer was due. */
  #openAgain(): void {
    if (this.#again) this.#openSoon();
  }

  /** Opens the view of all events around the hits, unless the one that is open still is that. */
  async #openContext(view: OpenView, sequence: number): Promise<void> {
    const filter: ViewFilter = { ...view.filter, of: { kind: 'all' } };
    const { context } = this.#store.getState();
    if (view.filter.of.kind === 'all') {
      this.#store.setState({ context: view });
    } else if (context?.revision !== view.revision || !sameFilter(context.filter, filter)) {
      const result = await this.#api.call('view.open', { filter, sort: { ...BY_TIME }, slot: 'around' });
      if (sequence !== this.#sequence) return;
      if (result.ok) this.#store.setState({ context: { ...result.value, filter, sort: BY_TIME } });
      else this.#notices.fault('The events around the hits could not be counted', result.fault);
    }
  }

  /** The selected event keeps its place in the new view, or loses its position where it is not in it. */
  async #relocate(sequence: number): Promise<void> {
    const { selected, cursor, moving } = this.#store.getState();
    // A move that is under way sees to the place of its event itself.
    if (selected === null || moving) return;
    const found = await this.locate({ event: selected });
    const now = this.#store.getState();
    if (sequence !== this.#sequence || now.selected !== selected || now.cursor !== cursor) return;
    this.#store.setState({ cursor: found?.exact ? found.index : null });
  }

  #freshRows(view: OpenView | null, isOther: boolean): void {
    if (!view) return;
    this.#isOther = isOther;
    const columns = fieldColumns(this.#store.getState().columns);
    const fetch = (from: number, count: number): Promise<Result<readonly EventRow[]>> =>
      this.#fetchRows(view, from, count, columns);
    this.#rows.close();
    if (this.#rows.total > 0) this.#before = this.#rows;
    this.#rows = new RowPages(view.total, fetch, () => this.#announce());
    this.#announce();
  }

  async #fetchRows(
    view: OpenView,
    from: number,
    count: number,
    columns: readonly string[],
  ): Promise<Result<readonly EventRow[]>> {
    const result = await this.#api.call('view.rows', { view: view.view, from, count, columns: [...columns] });
    // A view that the engine has dropped meanwhile is opened again; any other failure is told once.
    if (!result.ok && this.#store.getState().view?.view === view.view) {
      if (result.fault.code === 'not-found') this.#openSoon();
      else this.#notices.fault(`Rows ${from + 1} to ${from + count} could not be read`, result.fault);
    }
    return result;
  }

  #announce(): void {
    this.#news++;
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the rows must carry other fields than before. */
function fieldsDiffer(state: UiState, before: UiState): boolean {
  return fieldColumns(state.columns).join('\0') !== fieldColumns(before.columns).join('\0');
}

type Question = Pick<OpenView, 'filter' | 'sort'>;

/** Whether two views answer the same question, perhaps at different states of the case. */
export function sameQuestion(a: Question, b: Question): boolean {
  return sameFilter(a.filter, b.filter) && a.sort.field === b.sort.field && a.sort.descending === b.sort.descending;
}
