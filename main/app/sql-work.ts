import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { EngineCallMap, SqlCallMap } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';

/** How long a query may take, in milliseconds. The window goes on meanwhile, and may cancel it. */
const TIME_LIMIT_MS = 300_000;

/**
 * The analyst's own questions by SQL. The engine builds the case as a database, in shared memory, at the first question
 * and after each change; a thread of its own answers from it. A question is stopped by ending that thread.
 */
export class SqlWork {
  #database: { readonly revision: number; readonly image: SharedArrayBuffer } | undefined;
  #running: AbortController | undefined;

  constructor(
    private readonly engine: ThreadClient<EngineCallMap>,
    private readonly thread: ThreadClient<SqlCallMap>,
    private readonly timeLimitMs = TIME_LIMIT_MS,
  ) {}

  /** Answers one SELECT. A newer question ends an older one, with `cancelled`. */
  async run({ text, limit }: CallInput<'sql.run'>): Promise<Result<CallOutput<'sql.run'>>> {
    this.#stop({ code: 'cancelled', message: 'A newer query took its place' });
    const running = new AbortController();
    this.#running = running;
    const start = performance.now();
    const known = this.#database?.revision ?? null;
    const built = await this.engine.call('sqlImage', { known }, { signal: running.signal });
    if (running.signal.aborted) return fail(running.signal.reason as Fault);
    if (!built.ok) return built;
    const { revision, image } = built.value;
    if (image) this.#database = { revision, image };
    const database = this.#database;
    if (!database) throw new Error('the engine gave no database');
    const indexMs = image ? performance.now() - start : 0;
    const tooLong = setTimeout(() => {
      if (this.#running === running) this.#stop(stoppedAfter(this.timeLimitMs));
    }, this.timeLimitMs);
    const answer = await this.thread.call('query', { ...database, text, limit });
    clearTimeout(tooLong);
    if (this.#running === running) this.#running = undefined;
    if (!answer.ok) return answer;
    const { columns, rows, truncated, elapsedMs } = answer.value;
    return ok({ columns: [...columns], rows: rows.map((row) => [...row]), truncated, elapsedMs, indexMs });
  }

  /** Ends the question that is being answered, if any. */
  cancel(): void {
    this.#stop({ code: 'cancelled', message: 'The query was cancelled' });
  }

  /** Lets go of the database, as when the case is closed. */
  forget(): void {
    this.cancel();
    this.#database = undefined;
    void this.thread.close();
  }

  close(): Promise<void> {
    this.#running?.abort({ code: 'cancelled', message: 'The program is closing' } satisfies Fault);
    return this.thread.close();
  }

  #stop(fault: Fault): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.abort(fault);
    void this.thread.stop(fault);
  }
}

function stoppedAfter(ms: number): Fault {
  return {
    code: 'too-large',
    message: `The query was stopped after ${Math.round(ms / 1000)} seconds`,
    detail: 'Narrow it, or save the case and ask its file with sqlite3',
  };
}
