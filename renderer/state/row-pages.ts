import type { EventRow } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/model/fault.ts';

/** Rows asked for at a time. */
export const PAGE_ROWS = 100;
/** Pages kept of one view, about 10,000 rows. */
const PAGES_KEPT = 100;
/** Requests under way at a time. Those that wait are dropped when the user has scrolled on. */
const REQUESTS = 2;

type FetchRows = (from: number, count: number) => Promise<Result<readonly EventRow[]>>;

/**
 * Pages of one view's rows, fetched as they come into sight. `want` names what is in sight now; pages that were
 * wanted before and not yet asked for are forgotten, so that a fast scroll costs only the pages it ends at.
 */
export class RowPages {
  readonly total: number;
  readonly #fetch: FetchRows;
  readonly #changed: () => void;
  /** In order of use, oldest first. */
  readonly #pages = new Map<number, readonly EventRow[]>();
  readonly #asked = new Set<number>();
  #wanted: number[] = [];
  #closed = false;

  constructor(total: number, fetch: FetchRows, changed: () => void) {
    this.total = total;
    this.#fetch = fetch;
    this.#changed = changed;
  }

  /** The row at a position, where its page is here. */
  get(index: number): EventRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Names the rows in sight, first and last inclusive. */
  want(first: number, last: number): void {
    const wanted: number[] = [];
    const end = Math.min(last, this.total - 1);
    for (let page = Math.floor(Math.max(first, 0) / PAGE_ROWS); page * PAGE_ROWS <= end; page++) {
      const here = this.#pages.get(page);
      if (here) {
        this.#pages.delete(page);
        this.#pages.set(page, here);
      } else if (!this.#asked.has(page)) {
        wanted.push(page);
      }
    }
    this.#wanted = wanted;
    this.#pump();
  }

  /** The row at a position, fetched where needed; undefined where it cannot be had. */
  async load(index: number): Promise<EventRow | undefined> {
    if (index < 0 || index >= this.total) return undefined;
    const here = this.get(index);
    if (here) return here;
    await this.#fetchPage(Math.floor(index / PAGE_ROWS));
    return this.get(index);
  }

  /** Whether rows `first` to `last` are all here. */
  has(first: number, last: number): boolean {
    for (let index = first; index <= Math.min(last, this.total - 1); index += PAGE_ROWS) {
      if (!this.get(index)) return false;
    }
    return this.total === 0 || this.get(Math.min(last, this.total - 1)) !== undefined;
  }

  /** No more requests, no more news. */
  close(): void {
    this.#closed = true;
    this.#wanted = [];
  }

  #pump(): void {
    while (!this.#closed && this.#asked.size < REQUESTS) {
      const page = this.#wanted.shift();
      if (page === undefined) return;
      void this.#fetchPage(page);
    }
  }

  async #fetchPage(page: number): Promise<void> {
    const from = page * PAGE_ROWS;
    this.#asked.add(page);
    const result = await this.#fetch(from, Math.min(PAGE_ROWS, this.total - from));
    this.#asked.delete(page);
    if (this.#closed) return;
    if (result.ok) {
      this.#pages.set(page, result.value);
      if (this.#pages.size > PAGES_KEPT) {
        const oldest = this.#pages.keys().next();
        if (!oldest.done) this.#pages.delete(oldest.value);
      }
      this.#changed();
    }
    this.#pump();
  }
}
