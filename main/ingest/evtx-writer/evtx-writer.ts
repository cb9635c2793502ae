import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { ByteCursor } from './byte-cursor.ts';
import { ChunkBuffer, CHUNK_SIZE } from './chunk-buffer.ts';
import { EventTemplates, hasPayload, isClassic, SYSTEM_VALUE_COUNT } from './event-templates.ts';
import { VALUE_TYPE, writeValue } from './value.ts';
import { writeFragmentEnd, writeFragmentHeader } from './xml-template.ts';
import type { WriterEvent, WriterField } from './writer-event.ts';

export const FILE_HEADER_SIZE = 4096;
/** The header counts chunks in 16 bits: 4 GiB. */
export const MAX_CHUNKS = 0xffff;
const MAX_VALUE_BYTES = 0xffff;

/**
 * Writes Windows' EVTX format as the event log service does, for samples, tests and benchmarks. Keeps one chunk in
 * memory. The same events give the same bytes. Layout: [MS-EVEN6] 2.2.12 to 2.2.18 for BinXML, the libevtx
 * documentation for file, chunk and record; order of values and hash buckets as seen in real logs.
 *
 * Use: `add` each event; whole chunks go to the sink as they fill, in file order from offset 4096; `finish` sends
 * the last and gives the 4096 bytes that belong at offset 0.
 */
export class EvtxWriter {
  readonly #templates = new EventTemplates();
  readonly #chunk = new ChunkBuffer();
  #chunks = 0;
  #records = 0;
  #lastRecordId = 0;

  /** @param sink takes each chunk. Its bytes are used again afterwards: copy what is to be kept. */
  constructor(private readonly sink: (chunk: Uint8Array) => void) {}

  /** Id of the last record added, 0 before the first. */
  get lastRecordId(): number {
    return this.#lastRecordId;
  }

  /** Chunks sent to the sink so far. */
  get chunkCount(): number {
    return this.#chunks;
  }

  /**
   * Adds an event and gives its record id. Throws RangeError, and adds nothing, where the event cannot be written:
   * a value over 65,535 bytes, a record larger than a chunk, text that is no GUID or SID, a record id that does not
   * grow, a file over 4 GiB.
   */
  add(event: WriterEvent): number {
    const recordId = event.recordId ?? this.#lastRecordId + 1;
    if (recordId <= this.#lastRecordId)
      throw new RangeError(`record id ${recordId} is not above ${this.#lastRecordId}`);
    if (!this.#tryAdd(event, recordId)) {
      if (this.#chunk.recordCount > 0) this.#flush();
      if (!this.#tryAdd(event, recordId)) throw new RangeError('the event is larger than a chunk');
    }
    this.#records++;
    this.#lastRecordId = recordId;
    return recordId;
  }

  /** Sends the last chunk (a log without records has none) and gives the file header. */
  finish(): Uint8Array {
    if (this.#chunk.recordCount > 0) this.#flush();
    const header = Buffer.alloc(FILE_HEADER_SIZE);
    header.write('ElfFile\0', 0, 'latin1');
    header.writeBigUInt64LE(BigInt(Math.max(this.#chunks - 1, 0)), 16);
    header.writeBigUInt64LE(BigInt(this.#lastRecordId + 1), 24);
    header.writeUInt32LE(128, 32);
    header.writeUInt16LE(1, 36);
    header.writeUInt16LE(3, 38);
    header.writeUInt16LE(FILE_HEADER_SIZE, 40);
    header.writeUInt16LE(this.#chunks, 42);
    header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
    return header;
  }

  #flush(): void {
    if (this.#chunks === MAX_CHUNKS) throw new RangeError('an EVTX file holds at most 65,535 chunks');
    this.sink(this.#chunk.close());
    this.#chunks++;
    this.#chunk.reset(this.#records + 1);
  }

  #tryAdd(event: WriterEvent, recordId: number): boolean {
    const chunk = this.#chunk;
    chunk.beginRecord();
    try {
      writeFragmentHeader(chunk);
      chunk.template(this.#templates.system(event));
      this.#systemValues(event, recordId);
      writeFragmentEnd(chunk);
    } catch (error) {
      chunk.abandonRecord();
      throw error;
    }
    return chunk.endRecord(recordId, (cursor) => cursor.filetime(event.writtenTime ?? event.time));
  }

  /** The values of the outer template's instance, in the order of SYSTEM_VALUES. */
  #systemValues(event: WriterEvent, recordId: number): void {
    const { cursor } = this.#chunk;
    const { provider } = event;
    const classic = isClassic(event);
    const values = new InstanceValues(cursor, SYSTEM_VALUE_COUNT);
    values.put(VALUE_TYPE.uint8, () => cursor.u8(event.level ?? 0));
    values.put(VALUE_TYPE.uint8, () => cursor.u8(event.opcode ?? 0));
    values.put(VALUE_TYPE.uint16, () => cursor.u16(event.task ?? 0));
    values.put(VALUE_TYPE.uint16, () => cursor.u16(event.eventId));
    values.maybe(VALUE_TYPE.uint16, event.qualifiers, (value) => cursor.u16(value));
    values.put(VALUE_TYPE.hex64, () => writeHex64(cursor, event.keywords ?? '0x0'));
    values.put(VALUE_TYPE.filetime, () => cursor.filetime(event.time));
    values.maybe(VALUE_TYPE.guid, event.activityId, (value) => cursor.guid(value));
    values.maybe(VALUE_TYPE.uint32, classic ? undefined : (event.processId ?? 0), (value) => cursor.u32(value));
    values.maybe(VALUE_TYPE.uint32, classic ? undefined : (event.threadId ?? 0), (value) => cursor.u32(value));
    values.put(VALUE_TYPE.uint64, () => cursor.u64(recordId));
    values.put(VALUE_TYPE.uint8, () => cursor.u8(event.version ?? 0));
    values.maybe(VALUE_TYPE.sid, event.userSid, (value) => cursor.sid(value));
    values.maybe(VALUE_TYPE.guid, event.relatedActivityId, (value) => cursor.guid(value));
    values.put(VALUE_TYPE.string, () => cursor.utf16(provider.name));
    values.maybe(VALUE_TYPE.guid, provider.guid, (value) => cursor.guid(value));
    values.put(VALUE_TYPE.string, () => cursor.utf16(event.channel));
    const fields = hasPayload(event) ? (event.data ?? []) : undefined;
    values.maybe(VALUE_TYPE.binXml, fields, (list) => this.#payload(event, list));
  }

  /** EventData or UserData: a fragment of its own, with its own template. */
  #payload(event: WriterEvent, fields: readonly WriterField[]): void {
    const chunk = this.#chunk;
    const { cursor } = chunk;
    writeFragmentHeader(chunk);
    chunk.template(this.#templates.payload(event, fields));
    const values = new InstanceValues(cursor, fields.length + (event.binary ? 1 : 0));
    for (const field of fields) values.field(field);
    const { binary } = event;
    if (binary) values.put(VALUE_TYPE.binary, () => cursor.raw(binary));
    writeFragmentEnd(chunk);
  }
}

/** The values of a template instance: their count, a table of (size, type), then the values back to back. */
class InstanceValues {
  #entry: number;

  constructor(
    private readonly cursor: ByteCursor,
    count: number,
  ) {
    cursor.u32(count);
    this.#entry = cursor.position;
    cursor.position += 4 * count;
  }

  put(type: number, write: () => void): void {
    const start = this.cursor.position;
    write();
    this.#describe(start, type);
  }

  field(field: WriterField): void {
    const start = this.cursor.position;
    writeValue(this.cursor, field);
    this.#describe(start, VALUE_TYPE[field.type]);
  }

  /** An absent value is written as one of type null without bytes. */
  maybe<T>(type: number, value: T | undefined, write: (value: T) => void): void {
    const start = this.cursor.position;
    if (value !== undefined) write(value);
    this.#describe(start, value === undefined ? VALUE_TYPE.null : type);
  }

  #describe(start: number, type: number): void {
    const size = this.cursor.position - start;
    if (size > MAX_VALUE_BYTES) throw new RangeError(`a value has ${size} bytes, more than 65,535`);
    this.cursor.u16At(this.#entry, size);
    this.cursor.u16At(this.#entry + 2, type);
    this.#entry += 4;
  }
}

function writeHex64(cursor: ByteCursor, text: string): void {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) throw new RangeError(`"${text}" is not a 64-bit hex number`);
  const digits = text.slice(2);
  cursor.u32(Number.parseInt(digits.slice(-8), 16));
  cursor.u32(digits.length > 8 ? Number.parseInt(digits.slice(0, -8), 16) : 0);
}

/** Writes a whole file. Gives the number of records. Throws what `EvtxWriter.add` and the file system throw. */
export function writeEvtxFile(path: string, events: Iterable<WriterEvent>): number {
  const file = openSync(path, 'w');
  try {
    let position = FILE_HEADER_SIZE;
    const writer = new EvtxWriter((chunk) => {
      writeSync(file, chunk, 0, CHUNK_SIZE, position);
      position += CHUNK_SIZE;
    });
    let count = 0;
    for (const event of events) {
      writer.add(event);
      count++;
    }
    writeSync(file, writer.finish(), 0, FILE_HEADER_SIZE, 0);
    return count;
  } finally {
    closeSync(file);
  }
}

/** As `writeEvtxFile`, in memory. */
export function evtxBytes(events: Iterable<WriterEvent>): Uint8Array {
  const parts: Uint8Array[] = [new Uint8Array(0)];
  const writer = new EvtxWriter((chunk) => parts.push(new Uint8Array(chunk)));
  for (const event of events) writer.add(event);
  parts[0] = writer.finish();
  return Buffer.concat(parts);
}
