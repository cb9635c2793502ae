import { BatchBuilder } from '../columns/batch-builder.ts';
import { decodeFile, unreadReport } from '../ingest/decode.ts';
import { FAULT_LIMIT, type DecodeSink, type SourceReport } from '../ingest/api.ts';
import { findLogs } from '../ingest/find-logs.ts';
import { Archives } from '../ingest/input/archives.ts';
import type { FoundSource, SourceRoot } from '../ingest/source.ts';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { BatchSender, Stored } from './batch-port.ts';
import type { IngestItem, IngestProgress, IngestTotals } from './protocol.ts';

/** Least time between two progress messages, and between two looks at the message queue. */
const PROGRESS_MS = 100;
const YIELD_MS = 8;
const BATCH_EVENTS = 4096;
/**
 * Bytes of distinct values after which the decoder's numbering starts anew. The arrays behind them double as they
 * grow, and whoever takes the batches keeps the values too, so this decides what a run that keeps no events needs:
 * 64 MB came to 720 MB in all over a log of 2 GB, 12 MB to 320 MB.
 */
const DICTIONARY_LIMIT = 12 << 20;

export interface IngestInput {
  readonly roots: readonly SourceRoot[];
  readonly recover: boolean;
}

/**
 * Finds files and reads one after the other, sending their batches. A cancel takes the batch in hand back (it is not
 * sent), leaves earlier ones, and ends the file as `partial`; files not begun are not mentioned.
 * @param send takes progress (at most ten times a second) and each file's report.
 */
export async function runIngest(
  input: IngestInput,
  sender: BatchSender,
  signal: AbortSignal,
  send: (item: IngestItem) => void,
): Promise<Result<IngestTotals>> {
  const archives = new Archives();
  const sources = await findLogs(input.roots, archives, () => signal.aborted);
  const run = new IngestRun(sources, input.recover, archives, sender, signal, send);
  try {
    for (const source of sources) {
      if (signal.aborted || sender.fault) break;
      await run.read(source);
    }
  } finally {
    await archives.close();
  }
  sender.finish();
  run.sendProgress('');
  return sender.fault ? fail(sender.fault) : ok(run.totals);
}

class IngestRun {
  // One for all files, so that a value seen in an earlier file is not sent again.
  readonly #builder = new BatchBuilder(BATCH_EVENTS, DICTIONARY_LIMIT);
  readonly #bytesTotal: number;
  #files = 0;
  #bytes = 0;
  /** Events sent, for the progress; and those that the engine has stored. */
  #sent = 0;
  #events = 0;
  #recovered = 0;
  #damaged = 0;
  #lastProgress = 0;
  #lastYield = performance.now();

  constructor(
    private readonly sources: readonly FoundSource[],
    private readonly recover: boolean,
    private readonly archives: Archives,
    private readonly sender: BatchSender,
    private readonly signal: AbortSignal,
    private readonly send: (item: IngestItem) => void,
  ) {
    this.#bytesTotal = sources.reduce((sum, source) => sum + source.bytes, 0);
  }

  get totals(): IngestTotals {
    return {
      files: this.#files,
      events: this.#events,
      recovered: this.#recovered,
      damaged: this.#damaged,
      isCancelled: this.signal.aborted,
    };
  }

  async read(source: FoundSource): Promise<void> {
    const number = await this.sender.start(source.displayName, source.path, source.bytes);
    if (this.sender.fault) return;
    this.#progressNow(source.displayName, 0);
    const report = source.fault ? unreadReport('failed', source.fault) : await this.#decode(source, number);
    this.sender.end(number, report);
    this.#files++;
    this.#bytes += source.bytes;
    this.#damaged += report.damaged;
    this.send({ kind: 'report', name: source.displayName, bytes: source.bytes, report });
  }

  async #decode(source: FoundSource, number: number): Promise<SourceReport> {
    const unsent = { batches: 0 };
    const isStopped = () => this.signal.aborted || this.sender.fault !== undefined;
    const sink: DecodeSink = {
      batch: async (batch) => {
        if (isStopped()) {
          unsent.batches++;
          return;
        }
        this.#sent += batch.count;
        await this.sender.batch(batch);
        await this.#yield();
      },
      progress: (bytesDone) => {
        this.#progressNow(source.displayName, bytesDone);
      },
      isCancelled: isStopped,
    };
    const options = { source: number, recover: this.recover, archives: this.archives };
    const report = await decodeFile(source.path, this.#builder, options, sink);
    // What was not sent took values with it that the engine would miss later.
    if (unsent.batches > 0 || this.#builder.count > 0) this.#builder.discard();
    const stored = await this.sender.stored();
    this.#events += stored.events;
    this.#recovered += stored.recovered;
    return settle(report, stored, this.sender.fault, source.displayName);
  }

  /** Lets a cancel come in: a decoder that never waits for the disk would hold the thread. */
  async #yield(): Promise<void> {
    if (performance.now() - this.#lastYield < YIELD_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#lastYield = performance.now();
  }

  #progressNow(current: string, bytesOfFile: number): void {
    if (performance.now() - this.#lastProgress >= PROGRESS_MS) this.sendProgress(current, bytesOfFile);
  }

  sendProgress(current: string, bytesOfFile = 0): void {
    this.#lastProgress = performance.now();
    const progress: IngestProgress = {
      filesDone: this.#files,
      filesTotal: this.sources.length,
      bytesDone: this.#bytes + bytesOfFile,
      bytesTotal: this.#bytesTotal,
      events: this.#sent,
      current,
    };
    this.send({ kind: 'progress', progress });
  }
}

/** The report as it is true for the engine: only what it stored counts, and faults name their file as the user does. */
function settle(report: SourceReport, stored: Stored, storeFault: Fault | undefined, name: string): SourceReport {
  const isShort = stored.events < report.events || stored.recovered < report.recovered || storeFault !== undefined;
  const own = report.faults.map((fault) => ({ ...fault, file: name }));
  const faults = storeFault ? [...own.slice(0, FAULT_LIMIT - 1), { ...storeFault, file: name }] : own;
  return {
    ...report,
    ...stored,
    state: isShort ? 'partial' : report.state,
    faultCount: report.faultCount + (storeFault ? 1 : 0),
    faults,
  };
}
