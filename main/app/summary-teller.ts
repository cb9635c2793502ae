import type { CaseSummary } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/model/fault.ts';

/** Least time between two summaries that are told. */
const TELL_MS = 250;

/** Tells the case's summary whenever it changed: soon, but at most four times a second, and always the last state. */
export class SummaryTeller {
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isStale = false;
  #isStopped = false;

  constructor(
    private readonly ask: () => Promise<Result<CaseSummary>>,
    private readonly tell: (summary: CaseSummary) => void,
  ) {}

  /** Says that something in the summary changed. */
  changed(): void {
    this.#isStale = true;
    if (this.#timer !== undefined || this.#isAsking || this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#ask(), TELL_MS);
    // A summary nobody waits for must not keep the program alive.
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#isAsking = true;
    this.#isStale = false;
    const summary = await this.ask();
    this.#isAsking = false;
    if (summary.ok && !this.#isStopped) this.tell(summary.value);
    // It may have changed again while the answer was under way.
    if (this.#hasChanged()) this.changed();
  }

  #hasChanged(): boolean {
    return this.#isStale;
  }
}
