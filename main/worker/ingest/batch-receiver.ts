import type { MessagePort } from 'node:worker_threads';
import { FLAG_RECOVERED, type EventBatch } from '../../columns/batch.ts';
import { OVERFLOW_NOTE, TABLE_LIMITS } from '../../columns/limits.ts';
import type { Overflowed } from '../../columns/overflow-count.ts';
import type { SourceEnd, SourceStart } from '../../engine/api.ts';
import { FAULT_LIMIT, type SourceReport } from '../../ingest/api.ts';
import { unreadReport } from '../../ingest/decode.ts';
import { STOPPED } from './unit.ts';
import type { Fault, Result } from '../../../shared/model/fault.ts';
import type {
  FileReport,
  FromDecoder,
  IngestTotals,
  LeftOut,
  PlannedSource,
  ToDecoder,
  ToReceiver,
} from '../protocol.ts';

/** Where batches go to. */
export interface BatchTarget {
  nextSource(): number;
  startSource(start: SourceStart): void;
  append(batch: EventBatch): Result<unknown> | Promise<Result<unknown>>;
  endSource(source: number, end: SourceEnd): void;
  /** A file that the run was stopped before. */
  leaveUnread?(start: SourceStart): void;
}

/** What came of a run of units. */
export interface Received {
  readonly totals: IngestTotals;
  /** One for each file, in order. */
  readonly files: readonly FileReport[];
  /** Why the target took no more, where that is so. */
  readonly fault?: Fault;
}

const NO_MORE: unique symbol = Symbol('no more');

/**
 * The engine's end of a run: takes units by their ports, in the order in which the ports come, so that it is the order
 * of the files, however the threads that decode them take turns. Hands everything to the target and acknowledges each
 * batch. Messages of a unit whose turn has not come wait in its port.
 *
 * A cancel ends the file in hand with what was taken, and drops all units behind it. So does a fault of the target. A
 * decoder that is gone ends its file as `partial`.
 * @param control gives the ports, see `ToReceiver`; it is closed at the end.
 * @throws what the target throws
 */
export async function receiveUnits(control: MessagePort, target: BatchTarget): Promise<Received> {
  const units = new UnitQueue(control);
  const ledger = new RunLedger(target);
  try {
    for (;;) {
      const port = await units.next();
      if (!port) break;
      await takeUnit(port, ledger, units);
      if (ledger.fault) break;
    }
    ledger.breakOff(units.isCancelled);
    if (units.isCancelled || ledger.fault) ledger.leaveUnread(units.planned);
    return ledger.received(units.isCancelled);
  } finally {
    units.close();
  }
}

async function takeUnit(port: MessagePort, ledger: RunLedger, units: UnitQueue): Promise<void> {
  const inbox = new Inbox<FromDecoder>(port);
  const answer = (message: ToDecoder): void => {
    port.postMessage(message);
  };
  try {
    for (;;) {
      const message = await inbox.next();
      if (message === NO_MORE) {
        if (!units.isCancelled) ledger.lose();
        return;
      }
      switch (message.kind) {
        case 'start':
          if (units.isCancelled) return;
          ledger.start(message);
          break;
        case 'batch':
          if (!units.isCancelled && !ledger.fault) {
            const isTaken = await ledger.append(message.batch as EventBatch);
            if (!isTaken) answer({ kind: 'stop' });
          }
          answer({ kind: 'taken' });
          // Whoever asks the engine something meanwhile must not wait for a unit's end.
          await new Promise<void>((resolve) => setImmediate(resolve));
          break;
        case 'end':
          ledger.endPiece(message, units.isCancelled);
          if (units.isCancelled || ledger.fault) return;
          break;
        case 'finish':
          return;
      }
    }
  } finally {
    port.close();
  }
}

/** The ports of a run, as they come. */
class UnitQueue {
  readonly #ports: MessagePort[] = [];
  #isEnded = false;
  #wake: (() => void) | undefined;
  isCancelled = false;
  planned: readonly PlannedSource[] = [];

  constructor(private readonly control: MessagePort) {
    control.on('message', (message: ToReceiver) => {
      if (message.kind === 'unit') this.#ports.push(message.port);
      else if (message.kind === 'plan') this.planned = message.sources;
      else if (message.kind === 'cancel') this.isCancelled = true;
      else this.#isEnded = true;
      this.#wake?.();
    });
    control.on('close', () => {
      this.#isEnded = true;
      this.#wake?.();
    });
  }

  /** The next unit's port; undefined after the last, or where the run was cancelled. */
  async next(): Promise<MessagePort | undefined> {
    while (!this.isCancelled) {
      const port = this.#ports.shift();
      if (port || this.#isEnded) return port;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return undefined;
  }

  close(): void {
    for (const port of this.#ports.splice(0)) port.close();
    this.control.close();
  }
}

/** A port's messages, one after the other; what comes before the port closes is still given. */
class Inbox<T> {
  readonly #messages: T[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(port: MessagePort) {
    port.on('message', (message: T) => {
      this.#messages.push(message);
      this.#wake?.();
    });
    port.on('close', () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  async next(): Promise<T | typeof NO_MORE> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#isClosed) return NO_MORE;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A file of which some pieces have come. */
interface OpenFile {
  readonly source: number;
  readonly name: string;
  readonly bytes: number;
  report: SourceReport | undefined;
  readonly stored: { events: number; recovered: number };
  readonly leftOut: { events: number; recovered: number };
  overflowed: Overflowed | undefined;
}

/** Joins pieces to files, and counts what the target really took. */
class RunLedger {
  readonly #files: FileReport[] = [];
  /** Paths of files that were begun. */
  readonly #begun = new Set<string>();
  #open: OpenFile | undefined;
  fault: Fault | undefined;

  constructor(private readonly target: BatchTarget) {}

  start({ name, path, bytes, isFirst }: FromDecoder & { kind: 'start' }): void {
    if (!isFirst) return;
    this.#begun.add(path);
    const source = this.target.nextSource();
    const [stored, leftOut] = [
      { events: 0, recovered: 0 },
      { events: 0, recovered: 0 },
    ];
    this.#open = { source, name, bytes, report: undefined, stored, leftOut, overflowed: undefined };
    this.target.startSource({ source, name, path, bytes });
  }

  /** Gives whether the target took it. */
  async append(batch: EventBatch): Promise<boolean> {
    const open = this.#open;
    if (!open) throw new Error('a batch came before its file');
    const result = await this.target.append({ ...batch, source: open.source });
    if (result.ok) {
      const recovered = countRecovered(batch);
      open.stored.events += batch.count - recovered;
      open.stored.recovered += recovered;
    } else this.fault = result.fault;
    return result.ok;
  }

  endPiece({ report, leftOut, overflowed, isLast }: FromDecoder & { kind: 'end' }, isCancelled: boolean): void {
    const open = this.#open;
    if (!open) throw new Error('a file ended that never began');
    open.report = open.report ? joined(open.report, report) : report;
    addTo(open.leftOut, leftOut);
    if (overflowed) {
      const before = open.overflowed ?? { events: 0, offset: overflowed.offset };
      open.overflowed = { events: before.events + overflowed.events, offset: before.offset };
    }
    if (isLast || isCancelled || this.fault) this.#close(open, isLast, isCancelled);
  }

  /** The decoder of the file in hand is gone. */
  lose(): void {
    const open = this.#open;
    if (!open) return;
    const fault: Fault = { code: 'engine-crashed', message: 'The reader of this file stopped unexpectedly' };
    const lost: SourceReport = { ...unreadReport('failed', fault), state: 'partial' };
    open.report = open.report ? joined(open.report, lost) : lost;
    this.#close(open, false, false);
  }

  /** No more pieces come of the file in hand. */
  breakOff(isCancelled: boolean): void {
    if (this.#open) this.#close(this.#open, false, isCancelled);
  }

  /** Tells the target of the files that were not begun. */
  leaveUnread(planned: readonly PlannedSource[]): void {
    const { target } = this;
    if (!target.leaveUnread) return;
    for (const place of planned) {
      if (!this.#begun.has(place.path)) target.leaveUnread({ ...place, source: target.nextSource() });
    }
  }

  received(isCancelled: boolean): Received {
    const totals = { files: this.#files.length, events: 0, recovered: 0, damaged: 0, leftOut: 0, isCancelled };
    for (const { report } of this.#files) {
      totals.events += report.events;
      totals.recovered += report.recovered;
      totals.damaged += report.damaged;
      totals.leftOut += report.leftOut;
    }
    return { totals, files: this.#files, ...(this.fault ? { fault: this.fault } : {}) };
  }

  /** Ends a file as is true for the target: what it stored counts, and faults name their file as the user does. */
  #close(
    { source, name, bytes, report, stored, leftOut, overflowed }: OpenFile,
    isComplete: boolean,
    isCancelled: boolean,
  ): void {
    this.#open = undefined;
    const read = report ?? { ...unreadReport('failed', BROKEN_OFF), faultCount: 0, faults: [] };
    const isShort =
      !isComplete ||
      stored.events + leftOut.events < read.events ||
      stored.recovered + leftOut.recovered < read.recovered ||
      this.fault !== undefined;
    // Those that explain others come first, lest they be lost among them.
    // Where the decoder noticed the stop first, it has said so itself, and knows no reason.
    const own = read.faults.filter(({ remedy }) => remedy !== 'rest');
    const isStopped = own.length < read.faults.length || (isShort && isCancelled);
    const stopped = this.fault ?? (isStopped ? STOPPED : undefined);
    const rest = stopped ? [{ ...stopped, remedy: 'rest' } as const] : [];
    const first = [...(overflowed ? [overflowFault(overflowed)] : []), ...rest];
    const end: SourceEnd = {
      ...read,
      ...stored,
      leftOut: leftOut.events + leftOut.recovered,
      state: isShort ? 'partial' : read.state,
      faultCount: read.faultCount - (read.faults.length - own.length) + first.length,
      faults: [...first, ...own].slice(0, FAULT_LIMIT).map((fault) => ({ ...fault, file: name })),
    };
    this.target.endSource(source, end);
    this.#files.push({ name, bytes, report: end });
  }
}

function overflowFault({ events, offset }: Overflowed): Fault {
  const n = events.toLocaleString('en-US');
  const message = `${n === '1' ? 'An event has' : `${n} events have`} more fields than one kind of event can have (${TABLE_LIMITS.fields})`;
  return { code: 'too-large', message, detail: OVERFLOW_NOTE, offset };
}

const BROKEN_OFF: Fault = { code: 'cancelled', message: 'Cancelled' };

function addTo(sum: { events: number; recovered: number }, { events, recovered }: LeftOut): void {
  sum.events += events;
  sum.recovered += recovered;
}

/** One report of two pieces of a file, the second behind the first. */
function joined(a: SourceReport, b: SourceReport): SourceReport {
  return {
    format: b.format || a.format,
    state: a.state === 'read' ? b.state : a.state,
    events: a.events + b.events,
    recovered: a.recovered + b.recovered,
    damaged: a.damaged + b.damaged,
    faultCount: a.faultCount + b.faultCount,
    faults: [...a.faults, ...b.faults].slice(0, FAULT_LIMIT),
    bytesRead: Math.max(a.bytesRead, b.bytesRead),
  };
}

function countRecovered(batch: EventBatch): number {
  let count = 0;
  for (const flags of batch.flags) if ((flags & FLAG_RECOVERED) !== 0) count++;
  return count;
}
