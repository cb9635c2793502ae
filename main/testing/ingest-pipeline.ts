import { MessageChannel } from 'node:worker_threads';
import type { EventBatch } from '../columns/batch.ts';
import { EventTable } from '../columns/event-table.ts';
import type { SourceEnd } from '../engine/api.ts';
import type { SourceRoot } from '../ingest/source.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import { decodeHandlers } from '../worker/decode-handlers.ts';
import { receiveUnits, type BatchTarget, type Received } from '../worker/ingest/batch-receiver.ts';
import { DecodePool } from '../worker/ingest/decode-pool.ts';
import type { DecodeCallMap, IngestProgress } from '../worker/protocol.ts';
import { InProcessThread } from './in-process-thread.ts';

/** A table that takes batches, and the ledger beside it. */
export class TableTarget implements BatchTarget {
  readonly table = new EventTable();
  readonly names: string[] = [];
  readonly ends = new Map<string, SourceEnd>();
  batches = 0;

  /** @param onBatch may refuse the n-th batch. */
  constructor(private readonly onBatch: (n: number) => Promise<Result<unknown>> | Result<unknown> = () => ok(null)) {}

  nextSource(): number {
    return this.names.length;
  }

  startSource({ name }: { readonly name: string }): void {
    this.names.push(name);
  }

  async append(batch: EventBatch): Promise<Result<unknown>> {
    const answer = await this.onBatch(this.batches++);
    if (answer.ok) this.table.append(batch);
    return answer;
  }

  endSource(source: number, end: SourceEnd): void {
    this.ends.set(this.names[source] as string, end);
  }
}

export interface PipelineOptions {
  readonly roots: readonly SourceRoot[];
  readonly threads?: number;
  readonly options?: OpenOptions;
  readonly signal?: AbortSignal;
  readonly unitBytes?: number;
}

/** Reads logs into a target through the real pool, decoders and receiver, all in this thread. */
export async function runPipeline(
  target: BatchTarget,
  { roots, threads = 1, options = {}, signal = new AbortController().signal, unitBytes }: PipelineOptions,
): Promise<{ received: Received; read: Result<null>; progress: IngestProgress[] }> {
  const pool = new DecodePool(() => InProcessThread.of<DecodeCallMap>(decodeHandlers(unitBytes)), threads);
  const { port1, port2 } = new MessageChannel();
  const progress: IngestProgress[] = [];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const reading = pool.run({ roots, options, signal: either, onProgress: (item) => progress.push(item) }, port2);
  const receiving = receiveUnits(port1, target).finally(() => {
    stop.abort();
  });
  const [read, received] = await Promise.all([reading, receiving]);
  port2.close();
  await pool.close();
  return { received, read, progress };
}
