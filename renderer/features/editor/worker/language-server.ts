import { checkText, type CheckContext } from '../../../../shared/language/check.ts';
import type { CheckAnswer, CheckRequest } from './language-protocol.ts';

/** Answers one request. A bug in the reader becomes an answer, so that each request has exactly one. */
export function answer(request: CheckRequest, context: CheckContext, now: () => number): CheckAnswer {
  const started = now();
  try {
    const diagnostics = checkText(request, context);
    return { id: request.id, ok: true, diagnostics, elapsedMs: now() - started };
  } catch (error) {
    return { id: request.id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
