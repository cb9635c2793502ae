/** Crashes within so long after the last are one too many. */
const AGAIN_MS = 60_000;

/** What is done when the page's process is gone. */
export type AfterCrash = 'reload' | 'ask' | 'nothing';

/**
 * Decides what follows when the page's process is gone: it is loaded again, since the case lives in the main process
 * and the page finds it there; where it dies again at once, the user is asked.
 */
export class PageCrashes {
  #last = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @param reason as Electron gives it. */
  gone(reason: string): AfterCrash {
    if (reason === 'clean-exit') return 'nothing';
    const since = this.now() - this.#last;
    this.#last = this.now();
    return since < AGAIN_MS ? 'ask' : 'reload';
  }
}
