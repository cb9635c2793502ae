import { BatchFilter } from '../../columns/batch-filter.ts';
import { OverflowCount } from '../../columns/overflow-count.ts';
import type { BatchBuilder } from '../../columns/batch-builder.ts';
import { FAULT_LIMIT, type DecodeSink, type SourceReport } from '../../ingest/api.ts';
import { decodeFile, unreadReport } from '../../ingest/decode.ts';
import { EMPTY_FILE } from '../../ingest/detect.ts';
import type { FoundSource } from '../../ingest/source.ts';
import type { Archives } from '../../ingest/input/archives.ts';
import { readZone } from '../../../shared/model/zone.ts';
import type { OpenOptions } from '../../../shared/model/open-options.ts';
import type { UnitProgress } from '../protocol.ts';
import type { BatchSender } from './batch-sender.ts';
import { STOPPED, type DecodeUnit, type Piece } from './unit.ts';

/** Least time between two progress messages, and between two looks at the message queue. */
const PROGRESS_MS = 100;
const YIELD_MS = 8;

/** What a thread keeps from unit to unit; none of it changes what comes of a unit. */
export interface DecodeState {
  readonly builder: BatchBuilder;
  readonly archives: Archives;
}

/**
 * Reads a unit's files and sends their batches. Where it is stopped, the batch in hand is not sent, the file in hand
 * ends as `partial`, and files not begun are not mentioned.
 */
export async function runUnit(
  unit: DecodeUnit,
  options: OpenOptions,
  state: DecodeState,
  sender: BatchSender,
  onProgress: (progress: UnitProgress) => void,
): Promise<UnitProgress> {
  // The unit is to depend on nothing that came before.
  state.builder.discard();
  const run = new UnitRun(options, state, sender, onProgress);
  for (const piece of unit.pieces) {
    if (sender.isStopped) break;
    await run.read(piece);
  }
  sender.finish();
  return run.progress('');
}

function stopped(report: SourceReport): SourceReport {
  const faults = [STOPPED, ...report.faults].slice(0, FAULT_LIMIT);
  return { ...report, faultCount: report.faultCount + 1, faults };
}

/** The report of a source that is not opened. */
function unopened({ fault, isEmpty, isRepeated }: FoundSource): SourceReport | undefined {
  if (fault) return unreadReport(isRepeated ? 'skipped' : 'failed', fault);
  return isEmpty ? unreadReport('skipped', { code: 'unreadable-source', message: EMPTY_FILE }) : undefined;
}

class UnitRun {
  readonly #filter: BatchFilter | undefined;
  readonly #overflow = new OverflowCount();
  #leftOut = { events: 0, recovered: 0 };
  #files = 0;
  #bytes = 0;
  #events = 0;
  #lastProgress = 0;
  #lastYield = performance.now();

  constructor(
    private readonly options: OpenOptions,
    private readonly state: DecodeState,
    private readonly sender: BatchSender,
    private readonly onProgress: (progress: UnitProgress) => void,
  ) {
    const { timeRange, channels } = options;
    if (timeRange || channels) this.#filter = new BatchFilter({ timeRange, channels });
  }

  async read(piece: Piece): Promise<void> {
    const { source } = piece;
    this.sender.start(piece);
    this.#progressNow(source.displayName, 0);
    const report = unopened(source) ?? (await this.#decode(piece));
    this.sender.end(piece, report, this.#leftOut, this.#overflow.take());
    this.#leftOut = { events: 0, recovered: 0 };
    this.#bytes += piece.bytes;
    if (piece.isLast) this.#files++;
  }

  async #decode(piece: Piece): Promise<SourceReport> {
    const { sender, state, options } = this;
    const isStopped = (): boolean => sender.isStopped;
    let unsent = 0;
    const sink: DecodeSink = {
      batch: async (taken) => {
        const batch = this.#filter ? this.#filter.take(taken, this.#leftOut) : taken;
        if (isStopped()) unsent++;
        else if (batch) {
          this.#events += batch.count;
          this.#overflow.add(batch);
          await sender.batch(batch);
        }
        await this.#yield();
      },
      progress: (bytesDone) => {
        this.#progressNow(piece.source.displayName, bytesDone);
      },
      isCancelled: isStopped,
    };
    const zone = options.zone === undefined ? undefined : readZone(options.zone);
    const report = await decodeFile(
      piece.source.path,
      state.builder,
      {
        // The engine numbers sources in the order of the files.
        source: 0,
        recover: options.recover ?? false,
        archives: state.archives,
        ...(piece.range ? { range: piece.range } : {}),
        ...(zone === undefined ? {} : { zone }),
        ...(options.tables ? { tables: options.tables } : {}),
      },
      sink,
    );
    // What was not sent took values with it that the engine would miss later.
    if (unsent > 0 || state.builder.count > 0) state.builder.discard();
    return isStopped() && report.state === 'partial' ? stopped(report) : report;
  }

  /** Lets a cancel come in: a decoder that never waits for the disk would hold the thread. */
  async #yield(): Promise<void> {
    if (performance.now() - this.#lastYield < YIELD_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#lastYield = performance.now();
  }

  #progressNow(current: string, bytesOfPiece: number): void {
    if (performance.now() - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = performance.now();
    this.onProgress(this.progress(current, bytesOfPiece));
  }

  progress(current: string, bytesOfPiece = 0): UnitProgress {
    return { filesDone: this.#files, bytesDone: this.#bytes + bytesOfPiece, events: this.#events, current };
  }
}
