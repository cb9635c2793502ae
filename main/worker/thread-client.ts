import { Worker, type Transferable } from 'node:worker_threads';
import { fail, type Fault, type Result } from '../../shared/model/fault.ts';
import type { CallMap, FromThread, ToThread } from './protocol.ts';

/** A running thread, or what stands for one in a test. */
export interface Connection {
  postMessage(message: ToThread, transfer?: readonly Transferable[]): void;
  onMessage(listener: (message: FromThread) => void): void;
  /** Called once, when the thread is gone by itself. */
  onGone(listener: (reason: string) => void): void;
  close(): Promise<void>;
}

/** Starts a worker thread. @param entry its built module. @param data becomes its `workerData`. */
export function startWorker(entry: URL, data: unknown): Connection {
  const worker = new Worker(entry, { workerData: data });
  let isClosing = false;
  return {
    postMessage: (message, transfer) => {
      worker.postMessage(message, transfer as Transferable[] | undefined);
    },
    onMessage: (listener) => worker.on('message', listener),
    onGone: (listener) => {
      let reason = '';
      worker.on('error', (error) => (reason = error instanceof Error ? (error.stack ?? error.message) : String(error)));
      worker.on('exit', (code) => {
        if (!isClosing) listener(reason || `exit code ${code}`);
      });
    },
    close: async () => {
      isClosing = true;
      await worker.terminate();
    },
  };
}

export interface CallOptions<Item> {
  readonly signal?: AbortSignal | undefined;
  /** Takes an item; the thread may wait until it resolves. */
  readonly onItem?: (item: Item) => void | Promise<void>;
  readonly transfer?: readonly Transferable[];
}

interface Pending {
  readonly settle: (result: Result<unknown>) => void;
  readonly onItem: ((item: never) => void | Promise<void>) | undefined;
}

/**
 * The main side of one thread. Starts it at the first call. When the thread dies, everything pending ends as
 * `engine-crashed`, and the next call after `restart` starts a new one.
 */
export class ThreadClient<C extends CallMap<C>> {
  #connection: Connection | undefined;
  #crash: Fault | undefined;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();

  /**
   * @param spawn starts the thread.
   * @param onCrash told when the thread died by itself.
   */
  constructor(
    private readonly spawn: () => Connection,
    private readonly onCrash: (fault: Fault) => void = () => undefined,
  ) {}

  /** Calls the thread. Never rejects: a bug in the thread is an `internal` fault, its death `engine-crashed`. */
  call<N extends keyof C & string>(
    name: N,
    args: C[N]['args'],
    options: CallOptions<C[N]['item']> = {},
  ): Promise<Result<C[N]['value']>> {
    if (this.#crash) return Promise.resolve(fail(this.#crash));
    const { signal, onItem, transfer } = options;
    if (signal?.aborted) return Promise.resolve(fail({ code: 'cancelled', message: 'Cancelled' }));
    const connection = (this.#connection ??= this.#start());
    const id = this.#nextId++;
    const cancel = () => {
      connection.postMessage({ kind: 'cancel', id });
    };
    return new Promise((resolve) => {
      this.#pending.set(id, {
        settle: (result) => {
          this.#pending.delete(id);
          signal?.removeEventListener('abort', cancel);
          resolve(result);
        },
        onItem,
      });
      signal?.addEventListener('abort', cancel);
      connection.postMessage({ kind: 'call', id, name, args }, transfer);
    });
  }

  /** Lets a new thread be started after a crash; what the old one held is lost. Gives whether it had crashed. */
  restart(): boolean {
    const hadCrashed = this.#crash !== undefined;
    this.#crash = undefined;
    return hadCrashed;
  }

  /** Ends the thread; what is pending ends as cancelled. */
  close(): Promise<void> {
    return this.stop({ code: 'cancelled', message: 'The program is closing' });
  }

  /** Ends the thread, whatever it does; what is pending ends with the fault. The next call starts a new one. */
  async stop(fault: Fault): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#settleAll(fault);
    await connection?.close();
  }

  #start(): Connection {
    const connection = this.spawn();
    connection.onMessage((message) => {
      const pending = this.#pending.get(message.id);
      if (message.kind === 'done') pending?.settle(message.result);
      else void this.#take(connection, message.id, message.value, pending);
    });
    connection.onGone((reason) => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#crash = { code: 'engine-crashed', message: 'The engine stopped unexpectedly', detail: reason };
      this.#settleAll(this.#crash);
      this.onCrash(this.#crash);
    });
    return connection;
  }

  async #take(connection: Connection, id: number, value: unknown, pending: Pending | undefined): Promise<void> {
    try {
      await pending?.onItem?.(value as never);
    } catch (error) {
      // The consumer cannot go on (its output is closed, say): the call is asked to end, and ends with this fault.
      connection.postMessage({ kind: 'cancel', id });
      pending?.settle(fail({ code: 'internal', message: 'The results could not be taken', detail: String(error) }));
    }
    connection.postMessage({ kind: 'taken', id });
  }

  #settleAll(fault: Fault): void {
    for (const pending of [...this.#pending.values()]) pending.settle(fail(fault));
  }
}
