import type { CheckedText } from '../../../../shared/language/check.ts';
import type { Diagnostic } from '../../../../shared/model/rule.ts';

/** Asks the language worker to check a text. */
export interface CheckRequest extends CheckedText {
  readonly id: number;
}

/** The one answer to each request, in the order of the requests. */
export type CheckAnswer =
  | { readonly id: number; readonly ok: true; readonly diagnostics: readonly Diagnostic[]; readonly elapsedMs: number }
  | { readonly id: number; readonly ok: false; readonly message: string };

/** A running worker, as the client sees it; tests give their own. */
export interface WorkerPort {
  postMessage(request: CheckRequest): void;
  /** Called once, before the first request. */
  listen(onAnswer: (answer: CheckAnswer) => void, onCrash: (reason: string) => void): void;
  terminate(): void;
}
