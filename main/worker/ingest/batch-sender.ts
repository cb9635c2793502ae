import type { MessagePort } from 'node:worker_threads';
import { batchBuffers, type EventBatch } from '../../columns/batch.ts';
import type { Overflowed } from '../../columns/overflow-count.ts';
import type { SourceReport } from '../../ingest/api.ts';
import type { FromDecoder, LeftOut, ToDecoder } from '../protocol.ts';
import type { Piece } from './unit.ts';

/** Bytes of batches that one thread may have under way: enough to be a unit ahead of the engine. */
const WINDOW_BYTES = 16 << 20;

/** What a thread has sent and the engine has not taken yet, over all units. */
export class FlightWindow {
  #bytes = 0;
  #wake: (() => void) | undefined;

  constructor(private readonly limit = WINDOW_BYTES) {}

  add(bytes: number): void {
    this.#bytes += bytes;
    if (bytes < 0) this.wake();
  }

  /** Resolves when a further batch may be sent, or there is no use in it. */
  async room(isStopped: () => boolean): Promise<void> {
    while (this.#bytes >= this.limit && !isStopped()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Lets whoever waits look again. */
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** The decoder's end of a unit's port: sends its files and batches, and waits where the engine is behind. */
export class BatchSender {
  /** Bytes of each batch under way, in order. */
  readonly #underWay: number[] = [];
  /** The engine wants nothing more of this unit. */
  isStopped = false;

  constructor(
    private readonly port: MessagePort,
    private readonly window: FlightWindow,
    signal: AbortSignal,
  ) {
    port.on('message', (message: ToDecoder) => {
      if (message.kind === 'taken') window.add(-(this.#underWay.shift() ?? 0));
      else this.#stop();
    });
    port.on('close', () => {
      this.#stop();
      for (const bytes of this.#underWay.splice(0)) window.add(-bytes);
    });
    if (signal.aborted) this.#stop();
    signal.addEventListener('abort', () => {
      this.#stop();
    });
  }

  start({ source, isFirst }: Piece): void {
    const { displayName: name, path, bytes } = source;
    this.#post({ kind: 'start', name, path, bytes, isFirst });
  }

  /** Sends a batch; its buffers are gone from this thread. Resolves when there is room for the next. */
  async batch(batch: EventBatch): Promise<void> {
    const buffers = batchBuffers(batch);
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    this.#underWay.push(bytes);
    this.window.add(bytes);
    this.port.postMessage({ kind: 'batch', batch } satisfies FromDecoder, buffers);
    await this.window.room(() => this.isStopped);
  }

  /** @param leftOut events that were read and not sent, as the options asked for. */
  end({ isLast }: Piece, report: SourceReport, leftOut: LeftOut, overflowed: Overflowed | undefined): void {
    this.#post({ kind: 'end', report, leftOut, overflowed, isLast });
  }

  /** Says that the unit has no more. The engine closes the port when it has taken everything. */
  finish(): void {
    this.#post({ kind: 'finish' });
  }

  #stop(): void {
    this.isStopped = true;
    this.window.wake();
  }

  #post(message: FromDecoder): void {
    this.port.postMessage(message);
  }
}
