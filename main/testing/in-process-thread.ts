import { MessageChannel, type Transferable } from 'node:worker_threads';
import type { CallMap, FromThread, ToThread } from '../worker/protocol.ts';
import { serve, type ThreadHandlers } from '../worker/serve.ts';
import type { Connection } from '../worker/thread-client.ts';

/** A connection to handlers in this thread, through a real message channel; it can be made to die. */
export class InProcessThread implements Connection {
  readonly #channel = new MessageChannel();
  #gone: ((reason: string) => void) | undefined;

  static of<C extends CallMap<C>>(handlers: ThreadHandlers<C>): InProcessThread {
    const thread = new InProcessThread();
    const { port2 } = thread.#channel;
    serve<C>(
      {
        postMessage: (message, transfer) => {
          port2.postMessage(message, transfer as Transferable[] | undefined);
        },
        on: (event, listener) => port2.on(event, listener),
      },
      handlers,
      () => undefined,
    );
    return thread;
  }

  postMessage(message: ToThread, transfer?: readonly Transferable[]): void {
    this.#channel.port1.postMessage(message, transfer as Transferable[] | undefined);
  }

  onMessage(listener: (message: FromThread) => void): void {
    this.#channel.port1.on('message', listener);
  }

  onGone(listener: (reason: string) => void): void {
    this.#gone = listener;
  }

  /** As a thread that dies by itself. */
  die(reason: string): void {
    this.#channel.port1.close();
    this.#gone?.(reason);
  }

  close(): Promise<void> {
    this.#channel.port1.close();
    return Promise.resolve();
  }
}
