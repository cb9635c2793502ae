import { randomUUID } from 'node:crypto';
import type { Transferable } from 'node:worker_threads';
import { fail, type Result } from '../../shared/model/fault.ts';
import type { CallMap, FromThread, ToThread } from './protocol.ts';

/** The thread's side of its connection; Node's `parentPort` is one. */
export interface ServedPort {
  postMessage(message: FromThread, transfer?: readonly Transferable[]): void;
  on(event: 'message', listener: (message: ToThread) => void): unknown;
}

export interface CallContext<Item> {
  /** Aborted when the caller cancels. */
  readonly signal: AbortSignal;
  /** Sends an item; resolves when the caller has dealt with it. */
  readonly send: (item: Item) => Promise<void>;
}

export type ThreadHandlers<C extends CallMap<C>> = {
  readonly [N in keyof C]: (
    args: C[N]['args'],
    context: CallContext<C[N]['item']>,
  ) => Result<C[N]['value']> | Promise<Result<C[N]['value']>>;
};

interface Running {
  readonly abort: AbortController;
  /** Resolvers of items sent and not yet taken, in order. */
  readonly waiting: (() => void)[];
}

/**
 * Answers calls. Each gets exactly one `done`: what its handler gave, or, where the handler threw, an `internal`
 * fault with an id under which `log` has the whole stack.
 */
export function serve<C extends CallMap<C>>(
  port: ServedPort,
  handlers: ThreadHandlers<C>,
  log: (id: string, error: unknown) => void,
): void {
  const running = new Map<number, Running>();

  async function answer(id: number, name: string, args: unknown, call: Running): Promise<Result<unknown>> {
    try {
      const handler = handlers[name as keyof C];
      return await handler(args, {
        signal: call.abort.signal,
        send: (value) => {
          port.postMessage({ kind: 'item', id, value });
          return new Promise((resolve) => call.waiting.push(resolve));
        },
      });
    } catch (error) {
      const trace = randomUUID();
      log(trace, error);
      const message = 'Something went wrong inside the program';
      return fail({ code: 'internal', message, detail: `${String(error)} (${trace})` });
    }
  }

  port.on('message', (message) => {
    switch (message.kind) {
      case 'call': {
        const { id, name, args } = message;
        const call: Running = { abort: new AbortController(), waiting: [] };
        running.set(id, call);
        void answer(id, name, args, call).then((result) => {
          running.delete(id);
          port.postMessage({ kind: 'done', id, result });
        });
        return;
      }
      case 'cancel':
        running.get(message.id)?.abort.abort();
        return;
      case 'taken':
        running.get(message.id)?.waiting.shift()?.();
        return;
    }
  });
}
