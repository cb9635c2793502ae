import type { Diagnostic } from '../../../../shared/model/rule.ts';
import type { CheckedText } from '../../../../shared/language/check.ts';
import type { CheckAnswer, CheckRequest, WorkerPort } from './language-protocol.ts';

/** Time after the last change before the text is checked. */
const DEBOUNCE_MS = 150;
/** A check that takes longer hangs: the worker is started anew. */
const PATIENCE_MS = 10_000;

export interface LanguageListener {
  /** Diagnostics of exactly this text, which is the newest one. */
  readonly onChecked: (text: string, diagnostics: readonly Diagnostic[]) => void;
  /** The worker failed on a text; '' when it works again. */
  readonly onTrouble: (message: string) => void;
}

/**
 * Checks the newest text in the language worker: one request at a time, older texts are skipped, older answers
 * dropped. A worker that crashes or hangs is replaced, and the text that did it is not tried again.
 */
export class LanguageClient {
  readonly #start: () => WorkerPort;
  readonly #listener: LanguageListener;
  #worker: WorkerPort | undefined;
  #lastId = 0;
  #running: CheckRequest | undefined;
  #wanted: CheckedText | undefined;
  #debounce: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #inTrouble = false;

  constructor(start: () => WorkerPort, listener: LanguageListener) {
    this.#start = start;
    this.#listener = listener;
  }

  /** Takes a text to be checked: at once, or a moment after the last change. */
  check(text: CheckedText, atOnce = false): void {
    this.#wanted = text;
    clearTimeout(this.#debounce);
    if (atOnce) this.#send();
    else this.#debounce = setTimeout(() => this.#send(), DEBOUNCE_MS);
  }

  /** Ends the worker; nothing is told any more. */
  dispose(): void {
    clearTimeout(this.#debounce);
    clearTimeout(this.#patience);
    this.#wanted = undefined;
    this.#running = undefined;
    this.#stop();
  }

  #send(): void {
    if (this.#running || this.#wanted === undefined) return;
    this.#running = { ...this.#wanted, id: ++this.#lastId };
    this.#wanted = undefined;
    try {
      this.#worker ??= this.#open();
      this.#patience = setTimeout(() => this.#lose('took too long'), PATIENCE_MS);
      this.#worker.postMessage(this.#running);
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
  }

  #open(): WorkerPort {
    const worker = this.#start();
    worker.listen(
      (answer) => {
        if (worker === this.#worker) this.#take(answer);
      },
      (reason) => {
        if (worker === this.#worker) this.#lose(reason);
      },
    );
    return worker;
  }

  #take(answer: CheckAnswer): void {
    const running = this.#running;
    if (answer.id !== running?.id) return;
    clearTimeout(this.#patience);
    this.#running = undefined;
    if (this.#wanted === undefined) {
      if (answer.ok) {
        this.#tell('');
        this.#listener.onChecked(running.text, answer.diagnostics);
      } else this.#tell(`This text could not be checked: ${answer.message}`);
    }
    this.#send();
  }

  #lose(reason: string): void {
    clearTimeout(this.#patience);
    this.#stop();
    if (!this.#running) return;
    this.#running = undefined;
    this.#tell(`Checking stopped (${reason}) and was started again; it goes on with the next change`);
    this.#send();
  }

  #stop(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.terminate();
  }

  #tell(message: string): void {
    if (message === '' && !this.#inTrouble) return;
    this.#inTrouble = message !== '';
    this.#listener.onTrouble(message);
  }
}
