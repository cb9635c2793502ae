import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { detectFile, type Detected } from '../detect.ts';
import { FaultList } from '../fault-list.ts';
import { accessFault } from '../source.ts';
import { findDump, readDump } from './event-dump.ts';
import { FileWindow } from './window.ts';
import { FlatReader } from './flat-event.ts';
import { isObject } from './fields.ts';
import { JsonEvent } from './json-event.ts';
import { DEPTH_LIMIT, JsonSplitter, type Place, type SplitFault, type SplitHandler } from './splitter.ts';
import { JsonSyntaxError, parseExact, type JsonValue } from './parse-exact.ts';
import { RowWriter } from './row-writer.ts';
import type { BatchBuilder } from '../../columns/batch-builder.ts';
import type { DecodeFile, DecodeOptions, DecodeSink, SourceReport } from '../api.ts';

/** Bytes of UTF-8 (or units of UTF-16) that one event may have. */
export const VALUE_LIMIT = 16 << 20;

/**
 * Reads a JSON file: JSON lines, values one after another, or arrays of them; UTF-8, or UTF-16 with a byte order
 * mark. Each object is an event. What is no object, is broken or is larger than VALUE_LIMIT is a fault at its line,
 * and the rest goes on. Memory: one value and one piece of the file.
 */
export const decodeJson: DecodeFile = async (path, builder, options, sink) => {
  let file: FileHandle | undefined;
  try {
    const detected = await detectFile(path);
    file = await open(path, 'r');
    return await new JsonDecoder(file, detected, builder, options, sink).run();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const faults = [accessFault(error)];
    return { format: '', state: 'failed', events: 0, recovered: 0, damaged: 0, faultCount: 1, faults, bytesRead: 0 };
  } finally {
    await file?.close();
  }
};

/** A value found by the splitter, waiting for room in the batch. */
interface Found {
  readonly kind: 'value';
  readonly start: Place;
  readonly end: number;
  readonly exactNumbers: boolean;
}

class JsonDecoder implements SplitHandler {
  readonly #window: FileWindow;
  readonly #splitter: JsonSplitter;
  readonly #faults = new FaultList();
  readonly #event = new JsonEvent();
  readonly #flat = new FlatReader();
  readonly #rows: RowWriter;
  #found: (Found | SplitFault)[] = [];
  #events = 0;
  #damaged = 0;
  /** Values seen, for the number of an event without one. */
  #values = 0;
  #inArray = false;
  #severalLines = false;
  #isBrokenOff = false;
  #badTimes = 0;

  constructor(
    file: FileHandle,
    detected: Detected,
    private readonly builder: BatchBuilder,
    private readonly options: DecodeOptions,
    private readonly sink: DecodeSink,
  ) {
    const { encoding, bomBytes } = detected.kind === 'json' ? detected : { encoding: 'utf-8' as const, bomBytes: 0 };
    this.#window = new FileWindow(file, encoding, bomBytes);
    this.#splitter = new JsonSplitter(this, VALUE_LIMIT);
    this.#rows = new RowWriter(builder);
  }

  async run(): Promise<SourceReport> {
    try {
      for (;;) {
        if (this.sink.isCancelled()) {
          this.#isBrokenOff = true;
          break;
        }
        this.#window.discardBefore(this.#splitter.keepFrom);
        const piece = await this.#window.readPiece();
        if (piece) this.#splitter.push(piece);
        else this.#splitter.end();
        await this.#readFound();
        this.sink.progress(this.#window.bytesRead);
        if (!piece) break;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      this.#isBrokenOff = true;
      this.#faults.add({ ...accessFault(error), offset: this.#window.bytesRead });
    }
    if (this.builder.count > 0) await this.sink.batch(this.builder.take(this.options.source));
    return this.#report();
  }

  #report(): SourceReport {
    const nothing = this.#events === 0 && (this.#damaged > 0 || this.#faults.count > 0);
    return {
      format: this.#inArray || this.#severalLines || this.#values < 2 ? 'json' : 'ndjson',
      state: nothing ? 'failed' : this.#isBrokenOff ? 'partial' : 'read',
      events: this.#events,
      recovered: 0,
      damaged: this.#damaged,
      faultCount: this.#faults.count,
      faults: this.#faults.kept,
      bytesRead: this.#window.bytesRead,
    };
  }

  value(start: Place, end: number, exactNumbers: boolean, inArray: boolean): void {
    this.#inArray ||= inArray;
    this.#found.push({ kind: 'value', start, end, exactNumbers });
  }

  fault(fault: SplitFault): void {
    this.#found.push(fault);
  }

  /** Deals with what a piece completed, in order; between them the batch may fill. */
  async #readFound(): Promise<void> {
    const found = this.#found;
    this.#found = [];
    for (const item of found) {
      if (item.kind === 'value') this.#readValue(item);
      else this.#tell(item);
      if (this.builder.isFull) {
        await this.sink.batch(this.builder.take(this.options.source));
        if (this.sink.isCancelled()) return;
      }
    }
  }

  #readValue({ start, end, exactNumbers }: Found): void {
    this.#values++;
    const bytes = this.#window.bytes(start.offset, end);
    const text = this.#window.text(start.offset, end);
    if (!this.#severalLines && text.includes('\n')) this.#severalLines = true;
    const value = this.#parse(text, start, exactNumbers);
    if (value === undefined) return;
    if (!isObject(value)) {
      this.#damage(start, 'Not an event: a JSON object was expected');
      return;
    }
    if (this.#window.unit === 1 && !isUtf8(bytes)) {
      this.#note(start, 'Bytes that are not UTF-8 were read as U+FFFD');
    }
    const event = this.#event;
    event.clear();
    const dump = findDump(value);
    if (dump) readDump(dump, event);
    else this.#flat.read(value, event);
    if (event.badTime !== undefined && this.#badTimes++ === 0) {
      this.#note(start, `The time ${JSON.stringify(event.badTime.slice(0, 60))} could not be read; the event has none`);
    }
    this.#rows.write(event, this.#values, this.#window.byteOffset(start.offset), bytes.length);
    this.#events++;
  }

  #parse(text: string, start: Place, exactNumbers: boolean): JsonValue | undefined {
    try {
      if (!exactNumbers) return JSON.parse(text) as JsonValue;
    } catch {
      // The exact reader says where it breaks off.
    }
    try {
      return parseExact(text, DEPTH_LIMIT);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      const before = text.slice(0, error.position);
      const lines = before.split('\n');
      const line = start.line + lines.length - 1;
      const column = (lines.length === 1 ? start.column : 1) + (lines.at(-1) ?? '').length;
      this.#damage({ offset: start.offset, line, column }, `Invalid JSON, column ${column}: ${error.message}`);
      return undefined;
    }
  }

  #tell(fault: SplitFault): void {
    const { start } = fault;
    switch (fault.kind) {
      case 'stray':
        this.#stray(start, fault.end);
        return;
      case 'syntax': {
        const { line, column } = fault.at;
        const skipped = (fault.end - start.offset) * this.#window.unit;
        const where = line === start.line ? '' : ` of the value that begins at line ${start.line}`;
        this.#damage(fault.at, `Invalid JSON, column ${column}: ${fault.reason}${where}`, `${skipped} bytes skipped`);
        return;
      }
      case 'too-large': {
        const size = Math.ceil(((fault.end - start.offset) * this.#window.unit) / (1 << 20));
        const message = `A value of ${size} MiB is larger than an event may be (${VALUE_LIMIT >> 20} MiB), skipped`;
        this.#damaged++;
        this.#faults.add({
          code: 'too-large',
          message,
          line: start.line,
          offset: this.#window.byteOffset(start.offset),
        });
        return;
      }
      case 'truncated':
        this.#isBrokenOff = true;
        if (fault.within === 'value') this.#damage(start, 'The file ends within the value that begins here');
        else this.#note(start, 'The file ends before the array that begins here is closed');
        return;
    }
  }

  /** evtx_dump puts a line `Record 7` before each record: that is no fault. */
  #stray(start: Place, end: number): void {
    const text = this.#window.text(start.offset, Math.min(end, start.offset + 80)).trimEnd();
    if (/^Record \d+$/.test(text)) return;
    this.#damage(start, `Not JSON, column ${start.column}: ${JSON.stringify(text.slice(0, 60))}`);
  }

  #damage(place: Place, message: string, detail?: string): void {
    this.#damaged++;
    this.#note(place, message, detail);
  }

  #note({ line, offset }: Place, message: string, detail?: string): void {
    const at = { line, offset: this.#window.byteOffset(offset) };
    this.#faults.add({ code: 'damaged-source', message, ...at, ...(detail === undefined ? {} : { detail }) });
  }
}
