import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { SourceRoot } from '../../ingest/source.ts';
import { fail, ok, type Fault, type Result } from '../../../shared/model/fault.ts';
import type { OpenOptions } from '../../../shared/model/open-options.ts';
import type { DecodeCallMap, IngestProgress, PlannedSource, ToReceiver, UnitProgress } from '../protocol.ts';
import { ThreadClient, type Connection } from '../thread-client.ts';
import type { DecodeUnit } from './unit.ts';

/** More would wait for the engine. */
const MOST_THREADS = 4;
/** Least time between two progress messages. */
const PROGRESS_MS = 100;

/** How many threads decode: one for each core but the engine's. */
export function decodeThreadCount(cores = availableParallelism()): number {
  return Math.max(1, Math.min(MOST_THREADS, cores - 1));
}

export interface PoolInput {
  readonly roots: readonly SourceRoot[];
  readonly options: OpenOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: IngestProgress) => void;
}

/** The main side of the decoding threads. Each is started when there is work for it; one that dies is replaced. */
export class DecodePool {
  readonly #clients: ThreadClient<DecodeCallMap>[];
  /** Runs share the threads' state, so they come one after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(spawn: () => Connection, threads: number) {
    this.#clients = Array.from({ length: threads }, () => {
      const client: ThreadClient<DecodeCallMap> = new ThreadClient<DecodeCallMap>(spawn, () => {
        // It holds nothing, so a new one is as good.
        client.restart();
      });
      return client;
    });
  }

  /**
   * Finds files, divides them into units, and has them decoded, each by the thread that is free first. The receiver at
   * the other end of `control` gets the units' ports in order. Resolves when all units are sent, or the run has
   * stopped; fails where a thread died.
   */
  run(input: PoolInput, control: MessagePort): Promise<Result<null>> {
    const run = this.#last.then(() => this.#run(input, control));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #run({ roots, options, signal, onProgress }: PoolInput, control: MessagePort): Promise<Result<null>> {
    const send = (message: ToReceiver, transfer: MessagePort[] = []): void => {
      control.postMessage(message, transfer);
    };
    // Until the files are found, what was asked for is what a cancel leaves unread: it can then be read on.
    send({ kind: 'plan', sources: roots.map(({ path, name, bytes = 0 }) => ({ path, name, bytes })) });
    const cancel = (): void => {
      send({ kind: 'cancel' });
    };
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    const [first] = this.#clients as [ThreadClient<DecodeCallMap>];
    try {
      const plan = await first.call('plan', { roots, recover: options.recover ?? false }, { signal });
      if (!plan.ok) return plan.fault.code === 'cancelled' ? ok(null) : plan;
      const { units } = plan.value;
      send({ kind: 'plan', sources: plannedSources(units) });
      const progress = new RunProgress(units, onProgress);
      const fault = await this.#dispatch(units, options, signal, send, progress);
      const used = this.#clients.slice(0, Math.max(1, units.length));
      await Promise.all(used.map((client) => client.call('release', null)));
      progress.end();
      return fault ? fail(fault) : ok(null);
    } finally {
      signal.removeEventListener('abort', cancel);
      send({ kind: 'end' });
    }
  }

  /** Gives units away in order. @returns why it broke off, where a thread died. */
  async #dispatch(
    units: readonly DecodeUnit[],
    options: OpenOptions,
    signal: AbortSignal,
    send: (message: ToReceiver, transfer: MessagePort[]) => void,
    progress: RunProgress,
  ): Promise<Fault | undefined> {
    let next = 0;
    let fault: Fault | undefined;
    const work = async (client: ThreadClient<DecodeCallMap>): Promise<void> => {
      while (next < units.length && !signal.aborted && !fault) {
        const index = next++;
        const unit = units[index] as DecodeUnit;
        const { port1, port2 } = new MessageChannel();
        // Sent in the order of the units: nothing is awaited since `next` was read.
        send({ kind: 'unit', port: port1 }, [port1]);
        const sent = await client.call(
          'unit',
          { unit, options, port: port2 },
          { signal, transfer: [port2], onItem: (item) => progress.update(index, item) },
        );
        if (sent.ok) progress.update(index, sent.value);
        else {
          if (sent.fault.code === 'cancelled') return;
          port2.close();
          fault ??= sent.fault;
        }
      }
    };
    await Promise.all(this.#clients.slice(0, units.length).map(work));
    return fault;
  }
}

function plannedSources(units: readonly DecodeUnit[]): PlannedSource[] {
  return units.flatMap(({ pieces }) =>
    pieces.flatMap(({ source: { displayName: name, path, bytes }, isFirst }) =>
      isFirst ? [{ name, path, bytes }] : [],
    ),
  );
}

/** Sums up how far the units are. */
class RunProgress {
  readonly #units: (UnitProgress | undefined)[] = [];
  readonly #filesTotal: number;
  readonly #bytesTotal: number;
  readonly #sum = { filesDone: 0, bytesDone: 0, events: 0 };
  #lastSent = 0;

  constructor(
    units: readonly DecodeUnit[],
    private readonly tell: (progress: IngestProgress) => void,
  ) {
    this.#filesTotal = units.reduce((sum, { pieces }) => sum + pieces.filter(({ isLast }) => isLast).length, 0);
    this.#bytesTotal = units.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  update(index: number, now: UnitProgress): void {
    const before = this.#units[index];
    this.#units[index] = now;
    const sum = this.#sum;
    sum.filesDone += now.filesDone - (before?.filesDone ?? 0);
    sum.bytesDone += now.bytesDone - (before?.bytesDone ?? 0);
    sum.events += now.events - (before?.events ?? 0);
    if (performance.now() - this.#lastSent >= PROGRESS_MS) this.#send(now.current);
  }

  end(): void {
    this.#send('');
  }

  #send(current: string): void {
    this.#lastSent = performance.now();
    this.tell({ ...this.#sum, filesTotal: this.#filesTotal, bytesTotal: this.#bytesTotal, current });
  }
}
