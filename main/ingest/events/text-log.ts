import { isUtf8 } from 'node:buffer';
import { accessFault } from '../source.ts';
import { FaultList } from '../fault-list.ts';
import { InputFault, type ByteInput } from '../input/byte-input.ts';
import { TextWindow } from '../input/text-window.ts';
import type { TextEncoding } from '../input/encoding.ts';
import type { BatchBuilder } from '../../columns/batch-builder.ts';
import type { FaultCode, Remedy } from '../../../shared/model/fault.ts';
import type { Instant } from '../../../shared/model/time.ts';
import { ZoneClock } from '../../../shared/model/zone.ts';
import type { DecodeOptions, DecodeSink, SourceReport } from '../api.ts';
import type { LogEvent } from './log-event.ts';
import { RowWriter } from './row-writer.ts';

/** Bytes of UTF-8 (or units of UTF-16) that one event may have. */
export const EVENT_LIMIT = 16 << 20;

/** What a text format's decoder reads from and writes to. */
export interface TextSource {
  readonly input: ByteInput;
  readonly encoding: TextEncoding;
  readonly bomBytes: number;
}

/** Where in the text something is; units from its start. */
export interface TextPlace {
  readonly offset: number;
  /** One-based. */
  readonly line: number;
}

/** A format's part: takes the text piece by piece. */
export interface PieceReader {
  /** Units before this one are not needed any more. */
  readonly keepFrom: number;
  /** Deals with what has been read, up to `window.end`. Asks `log.hasRoom()` after each event. */
  piece(isLast: boolean): Promise<void>;
}

/**
 * One text log on its way into batches: what all text formats share. Reads pieces, passes batches on, counts events
 * and faults, and makes the report.
 */
export class TextLog {
  readonly window: TextWindow;
  readonly #faults = new FaultList();
  readonly #rows: RowWriter;
  readonly #clock: ZoneClock;
  #events = 0;
  #damaged = 0;
  #badTimes = 0;
  #zoneless = 0;
  /** Events behind which something is missing: the file ends too early, or was stopped. */
  isBrokenOff = false;

  constructor(
    { input, encoding, bomBytes }: TextSource,
    private readonly builder: BatchBuilder,
    private readonly options: DecodeOptions,
    private readonly sink: DecodeSink,
  ) {
    this.window = new TextWindow(input, encoding, bomBytes);
    this.#rows = new RowWriter(builder);
    this.#clock = new ZoneClock(options.zone ?? 'UTC');
  }

  /** Reads the text to its end, or until it is stopped. */
  async read(reader: PieceReader): Promise<void> {
    const { window } = this;
    try {
      for (;;) {
        if (this.sink.isCancelled()) {
          this.isBrokenOff = true;
          break;
        }
        window.discardBefore(reader.keepFrom);
        const isLast = (await this.#readPiece()) === undefined;
        await reader.piece(isLast);
        this.sink.progress(window.bytesRead);
        if (isLast) break;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      this.isBrokenOff = true;
      this.#faults.addFirst({ ...accessFault(error), offset: window.bytesRead });
    }
    if (this.builder.count > 0) await this.sink.batch(this.builder.take(this.options.source));
  }

  /** A damage of what the text is packed in ends it: what came before counts. */
  async #readPiece() {
    try {
      return await this.window.readPiece();
    } catch (error) {
      if (!(error instanceof InputFault)) throw error;
      this.isBrokenOff = true;
      this.#faults.addFirst({ ...error.fault, offset: this.window.bytesRead });
      return undefined;
    }
  }

  /** Sends the batch where it is full; false where reading is to stop. */
  async hasRoom(): Promise<boolean> {
    if (!this.builder.isFull) return true;
    await this.sink.batch(this.builder.take(this.options.source));
    return !this.sink.isCancelled();
  }

  /**
   * Adds an event whose text is units [start, end).
   * @param number its number where it has none of its own.
   */
  write(event: LogEvent, number: number, start: number, end: number, line: number | undefined): void {
    const place = { offset: start, line: line ?? 0 };
    if (this.window.unit === 1 && !isUtf8(this.window.bytes(start, end))) {
      this.note(this.#placed(place), 'Bytes that are not UTF-8 were read as U+FFFD', 'damaged-source');
    }
    if (event.badTime !== undefined && this.#badTimes++ === 0) {
      const time = JSON.stringify(event.badTime.slice(0, 60));
      this.note(this.#placed(place), `The time ${time} could not be read; the event has none`, 'damaged-source');
    }
    if (event.isZoneless && event.time) this.#place(event, event.time, place);
    const offset = this.window.byteOffset(start);
    this.#rows.write(event, number, offset, this.window.byteOffset(end) - offset);
    this.#events++;
  }

  /** Puts a time without a zone into the one that the user chose. */
  #place(event: LogEvent, time: Instant, place: TextPlace): void {
    const { zone } = this.#clock;
    if (this.#zoneless++ === 0) {
      const message = `Times without a zone were read as ${zone}`;
      this.note(this.#placed(place), message, 'note', undefined, 'zone');
    }
    if (zone !== 'UTC') event.time = { ...time, us: this.#clock.toUtc(time.us) };
  }

  #placed(place: TextPlace): TextPlace {
    return place.line > 0 ? place : this.placeOf(place.offset);
  }

  /** The place of a unit that is still in memory. */
  placeOf(offset: number): TextPlace {
    // Counting lines costs, and faults past the limit are only counted.
    return { offset, line: this.#faults.isFull ? 0 : this.window.lineOf(offset) };
  }

  /** Notes a record that cannot be read. */
  damage(place: TextPlace, message: string, detail?: string, code: FaultCode = 'damaged-source'): void {
    this.#damaged++;
    this.note(place, message, code, detail);
  }

  /** Notes what is to be known, but loses no record. */
  note(place: TextPlace, message: string, code: FaultCode, detail?: string, remedy?: Remedy): void {
    this.#faults.add({
      code,
      message,
      ...this.#at(place),
      ...(detail === undefined ? {} : { detail }),
      ...(remedy === undefined ? {} : { remedy }),
    });
  }

  #at({ line, offset }: TextPlace): { readonly line: number; readonly offset: number } {
    return { line, offset: this.window.byteOffset(offset) };
  }

  report(format: string): SourceReport {
    const nothing = this.#events === 0 && (this.#damaged > 0 || this.#faults.count > 0);
    return {
      format,
      state: nothing ? 'failed' : this.isBrokenOff ? 'partial' : 'read',
      events: this.#events,
      recovered: 0,
      damaged: this.#damaged,
      faultCount: this.#faults.count,
      faults: this.#faults.kept,
      bytesRead: this.window.bytesRead,
    };
  }
}
