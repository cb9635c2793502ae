import type { BatchBuilder } from '../../columns/batch-builder.ts';
import { FLAG_RECOVERED } from '../../columns/batch.ts';
import type { ChunkRange, DecodeFile, DecodeOptions, DecodeSink, SourceReport } from '../api.ts';
import { CHUNK_SIZE, chunkWithin } from './container/chunk.ts';
import { Damage } from './container/damage.ts';
import { EvtxFile, FILE_HEADER_SIZE } from './container/file.ts';
import { Ledger } from './container/ledger.ts';
import { RecordKeys, nextFramed } from './container/recover.ts';
import { RecordDecoder } from './record.ts';
import { liveEnd, walkRecords, type RecordVisitor } from './container/walk.ts';

const FORMAT = 'evtx';
/** How long the loop may keep the thread, so that a cancel can arrive. */
const SLICE_MS = 8;

/** One decoder for each builder, for as long as the builder lives: templates learnt serve the next file too. */
const decoders = new WeakMap<BatchBuilder, RecordDecoder>();

/**
 * Reads an EVTX file chunk by chunk to its end, whatever its header counts. Chunks lie in step, 64 KiB from each other;
 * behind something else they are looked for, as where two logs were put together. With `recover`, reads it a second time
 * for records in slack space and in pieces without a chunk header, leaving out those that are live.
 */
export const decodeEvtx: DecodeFile = async (path, builder, options, sink) => {
  let file: EvtxFile;
  try {
    file = EvtxFile.open(path);
  } catch (error) {
    return unreadable(error as NodeJS.ErrnoException);
  }
  return decodeOpenEvtx(file, builder, options, sink);
};

/** As `decodeEvtx`, of a file that is open; closes it. */
export async function decodeOpenEvtx(
  file: EvtxFile,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
): Promise<SourceReport> {
  let decoder = decoders.get(builder);
  if (!decoder) {
    decoder = new RecordDecoder(builder);
    decoders.set(builder, decoder);
  }
  try {
    return await new FileRun(file, decoder, builder, options, sink, new Ledger()).run();
  } finally {
    file.close();
  }
}

const WHOLE: ChunkRange = { from: 0, to: Infinity };
const SILENT: RecordVisitor = { record: () => undefined, broken: () => undefined, flaw: () => undefined };

class FileRun {
  readonly #live = new RecordKeys();
  /** Offsets of the chunk's records. */
  readonly #records: number[] = [];
  #sliceEnd = performance.now() + SLICE_MS;
  /** A stretch of pieces without a chunk header that is being passed over. */
  #gap: { readonly start: number; end: number; isZero: boolean } | undefined;
  /** The gap at the begin of this part of the file is told with the part before. */
  #isInOthersGap = false;
  /** Where this part of the file ends; a gap may lead beyond. */
  #end = Infinity;

  constructor(
    private readonly file: EvtxFile,
    private readonly decoder: RecordDecoder,
    private readonly builder: BatchBuilder,
    private readonly options: DecodeOptions,
    private readonly sink: DecodeSink,
    private readonly ledger: Ledger,
  ) {}

  async run(): Promise<SourceReport> {
    const { file, ledger } = this;
    this.decoder.refresh();
    this.decoder.templates.fileReplaced();
    const first = file.firstChunk;
    if (first === undefined) {
      ledger.fault(
        file.size === 0 ? 'The file is empty' : 'Not an EVTX file: it has neither its header nor a chunk',
        0,
      );
      await this.#flush();
      return ledger.report('', 'skipped');
    }
    const { from, to } = this.options.range ?? WHOLE;
    if (from === 0) {
      if (!file.header) ledger.fault('The file header is missing', 0);
      else if (!file.header.isChecksumRight) ledger.fault("The file header's checksum is wrong", 0);
      else this.#checkSize(file.header.chunkCount);
    }
    this.#end = first + to * CHUNK_SIZE;
    const start = from === 0 ? first : this.#startOfPart(first + from * CHUNK_SIZE);
    let isWhole = await this.#pass(start, () => this.#readLive());
    this.#closeGap(true);
    if (isWhole && this.options.recover) isWhole = await this.#pass(first, () => this.#readSlack());
    await this.#flush();
    return ledger.report(FORMAT, isWhole ? 'read' : 'partial');
  }

  /** A chunk or a gap belongs to the part in which it begins, so that it is read and told once. */
  #startOfPart(base: number): number {
    const before = this.file.isChunk(base - CHUNK_SIZE) ? base - CHUNK_SIZE : this.file.lastChunkBefore(base);
    this.#isInOthersGap = before === undefined;
    return this.file.isChunk(base) || before === undefined ? base : before + CHUNK_SIZE;
  }

  /** Whether all chunks that the header counts can be there; it may count fewer, where the log was open. */
  #checkSize(counted: number): void {
    const { size } = this.file;
    if (size < FILE_HEADER_SIZE) {
      this.ledger.fault(`The file ends within its header: ${size} of ${FILE_HEADER_SIZE} bytes are there`, 0);
      return;
    }
    const room = Math.ceil((size - FILE_HEADER_SIZE) / CHUNK_SIZE);
    if (room >= counted) return;
    this.ledger.fault(`The file ends before its chunks do: its header counts ${counted}, ${room} are there`, size);
  }

  /** Brings each chunk in turn into the buffer; false where it was stopped. */
  async #pass(first: number, visit: () => Promise<void>): Promise<boolean> {
    const { chunk } = this.decoder;
    for (let base = first; base < this.file.size; base += CHUNK_SIZE) {
      if (this.sink.isCancelled()) return false;
      let available: number;
      try {
        available = this.file.readChunk(base, chunk.bytes);
      } catch (error) {
        this.ledger.fault(`The file could not be read any further: ${(error as Error).message}`, base);
        return false;
      }
      if (available === 0) break;
      const next = chunk.hasMagic ? -1 : chunkWithin(chunk.bytes.subarray(0, available), 1);
      this.decoder.chunkReplaced(base, next < 0 ? available : next);
      if (base >= this.#end && (this.decoder.chunk.hasMagic || !this.#gap)) {
        this.#closeGap(false);
        break;
      }
      await visit();
      this.ledger.bytesRead = Math.max(this.ledger.bytesRead, base + chunk.available);
      this.sink.progress(this.ledger.bytesRead);
      if (next >= 0) base += next - CHUNK_SIZE;
      if (performance.now() > this.#sliceEnd) await this.#breathe();
    }
    return true;
  }

  async #readLive(): Promise<void> {
    const { chunk } = this.decoder;
    const { base } = chunk;
    if (!chunk.hasMagic) {
      if (!this.#isInOthersGap) this.#extendGap();
      return;
    }
    this.#isInOthersGap = false;
    this.#closeGap(false);
    if (chunk.available < CHUNK_SIZE) {
      this.ledger.fault(`The file ends within a chunk: ${chunk.available} of its ${CHUNK_SIZE} bytes are there`, base);
    }
    this.#records.length = 0;
    const visitor = {
      record: (at: number) => this.#records.push(at),
      broken: (message: string, at: number) => this.ledger.damage(message, base + at),
      flaw: (message: string, at: number) => this.ledger.fault(message, base + at),
    };
    walkRecords(chunk, liveEnd(chunk, visitor), visitor);
    for (const at of this.#records) {
      if (this.#decode(at, 0)) this.ledger.events++;
      if (this.options.recover) this.#live.add(chunk, at);
      if (this.builder.isFull) await this.#flush();
    }
  }

  /** Records behind the free space's begin, and in pieces that have lost their chunk header. */
  async #readSlack(): Promise<void> {
    const { chunk } = this.decoder;
    const from = chunk.hasMagic ? walkRecords(chunk, liveEnd(chunk, SILENT), SILENT) : 0;
    for (let at = nextFramed(chunk, from); at >= 0;) {
      const isRecord = !this.#live.has(chunk, at) && this.#decode(at, FLAG_RECOVERED);
      if (isRecord) {
        this.ledger.recovered++;
        this.#live.add(chunk, at);
        if (this.builder.isFull) await this.#flush();
      }
      at = nextFramed(chunk, at + (isRecord ? chunk.view.getUint32(at + 4, true) : 4));
    }
  }

  /** Decodes a record; false where it is damaged. What is found damaged in slack space was to be expected. */
  #decode(at: number, flags: number): boolean {
    const { chunk } = this.decoder;
    try {
      this.decoder.decode(at, chunk.view.getUint32(at + 4, true), flags);
      return true;
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      if (flags === 0) this.ledger.damage(`A record cannot be read: ${error.message}`, chunk.base + at);
      return false;
    }
  }

  #extendGap(): void {
    const { chunk } = this.decoder;
    const { isZero } = chunk;
    const end = chunk.base + chunk.available;
    if (this.#gap && this.#gap.isZero === isZero) {
      this.#gap.end = end;
      return;
    }
    this.#closeGap(false);
    this.#gap = { start: chunk.base, end, isZero };
  }

  /** Tells of the stretch passed over. Zeros at the file's end are room that Windows had not used yet: no fault. */
  #closeGap(isEnd: boolean): void {
    const gap = this.#gap;
    this.#gap = undefined;
    if (!gap || (gap.isZero && isEnd)) return;
    const what = gap.isZero ? 'zeros' : 'something else';
    this.ledger.fault(`${gap.end - gap.start} bytes skipped: ${what} where a chunk should be`, gap.start);
  }

  async #flush(): Promise<void> {
    await this.sink.batch(this.builder.take(this.options.source));
    this.decoder.refresh();
    this.#sliceEnd = performance.now() + SLICE_MS;
  }

  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}

function unreadable(error: NodeJS.ErrnoException): SourceReport {
  const message = error.code === 'ENOENT' ? 'The file is not there' : `The file cannot be opened: ${error.message}`;
  return {
    format: '',
    state: 'failed',
    events: 0,
    recovered: 0,
    damaged: 0,
    faultCount: 1,
    faults: [{ code: 'unreadable-source', message }],
    bytesRead: 0,
  };
}
