import type { MessagePort } from 'node:worker_threads';
import { batchBuffers, FLAG_RECOVERED, type EventBatch } from '../columns/batch.ts';
import type { SourceStart } from '../engine/api.ts';
import type { SourceReport } from '../ingest/api.ts';
import type { Fault, Result } from '../../shared/model/fault.ts';
import type { FromDecoder, ToDecoder } from './protocol.ts';

/** Batches that may be under way: one that the engine works on, and the next. */
export const IN_FLIGHT = 2;

/** Events of a file that the engine has taken. */
export interface Stored {
  readonly events: number;
  readonly recovered: number;
}

/** The decoder's end of the private port: sends batches, and waits where the engine is behind. */
export class BatchSender {
  /** What the batches under way hold, in order. */
  #underWay: Stored[] = [];
  #stored = { events: 0, recovered: 0 };
  #isClosed = false;
  /** The first fault that the engine answered with. */
  fault: Fault | undefined;
  #started: ((source: number) => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly port: MessagePort) {
    port.on('message', (message: ToDecoder) => {
      if (message.kind === 'started') this.#started?.(message.source);
      else {
        const batch = this.#underWay.shift();
        if (message.fault === undefined && batch) {
          this.#stored.events += batch.events;
          this.#stored.recovered += batch.recovered;
        }
        this.fault ??= message.fault;
      }
      this.#wake?.();
    });
    port.on('close', () => {
      this.#isClosed = true;
      this.fault ??= { code: 'engine-crashed', message: 'The engine stopped unexpectedly' };
      this.#started?.(-1);
      this.#wake?.();
    });
  }

  /** Announces a file. Gives its number, or -1 where the engine is gone. */
  start(name: string, path: string, bytes: number): Promise<number> {
    if (this.#isClosed) return Promise.resolve(-1);
    return new Promise((resolve) => {
      this.#started = resolve;
      this.#post({ kind: 'start', name, path, bytes });
    });
  }

  /** Sends a batch; its buffers are gone from this thread. Resolves when there is room for the next. */
  async batch(batch: EventBatch): Promise<void> {
    const recovered = countRecovered(batch);
    this.#underWay.push({ events: batch.count - recovered, recovered });
    this.port.postMessage({ kind: 'batch', batch } satisfies FromDecoder, batchBuffers(batch));
    while (this.#underWay.length >= IN_FLIGHT && this.fault === undefined) await this.#answered();
  }

  /** Waits until the engine has dealt with all batches of the file, and gives what it took of them. */
  async stored(): Promise<Stored> {
    while (this.#underWay.length > 0 && !this.#isClosed) await this.#answered();
    this.#underWay = [];
    const stored = this.#stored;
    this.#stored = { events: 0, recovered: 0 };
    return stored;
  }

  async #answered(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
  }

  end(source: number, report: SourceReport): void {
    this.#post({ kind: 'end', source, report });
  }

  /** Says that no more comes. The port closes when the engine has taken everything. */
  finish(): void {
    this.#post({ kind: 'finish' });
  }

  #post(message: FromDecoder): void {
    this.port.postMessage(message);
  }
}

function countRecovered(batch: EventBatch): number {
  let count = 0;
  for (const flags of batch.flags) if ((flags & FLAG_RECOVERED) !== 0) count++;
  return count;
}

/** Where batches go to. */
export interface BatchTarget {
  nextSource(): number;
  startSource(start: SourceStart): void;
  append(batch: EventBatch): Result<unknown> | Promise<Result<unknown>>;
  endSource(source: number, report: SourceReport): void;
}

/**
 * The engine's end: hands everything to the target, in order, and acknowledges each batch. Resolves when the decoder
 * has finished, or is gone: then the file in hand ends as `partial`.
 * @throws what the target throws
 */
export function receiveBatches(port: MessagePort, target: BatchTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    let open: number | undefined;
    let events = 0;
    const answer = (message: ToDecoder) => {
      port.postMessage(message);
    };
    const take = async (message: FromDecoder): Promise<void> => {
      switch (message.kind) {
        case 'start': {
          open = target.nextSource();
          events = 0;
          target.startSource({ source: open, name: message.name, path: message.path, bytes: message.bytes });
          answer({ kind: 'started', source: open });
          return;
        }
        case 'batch': {
          const batch = message.batch as EventBatch;
          const result = await target.append(batch);
          if (result.ok) events += batch.count;
          answer(result.ok ? { kind: 'taken' } : { kind: 'taken', fault: result.fault });
          return;
        }
        case 'end':
          open = undefined;
          target.endSource(message.source, message.report);
          return;
        case 'finish':
          port.close();
          resolve();
      }
    };
    // One after the other, though a target may take its time.
    let queue = Promise.resolve();
    const enqueue = (work: () => Promise<void> | void) => {
      queue = queue.then(work).catch((error: unknown) => {
        port.close();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    };
    port.on('message', (message: FromDecoder) => {
      enqueue(() => take(message));
    });
    port.on('close', () => {
      enqueue(() => {
        if (open !== undefined) target.endSource(open, brokenOff(events));
        resolve();
      });
    });
  });
}

function brokenOff(events: number): SourceReport {
  const fault: Fault = { code: 'engine-crashed', message: 'The reader of this file stopped unexpectedly' };
  return {
    format: '',
    state: 'partial',
    events,
    recovered: 0,
    damaged: 0,
    faultCount: 1,
    faults: [fault],
    bytesRead: 0,
  };
}
