import type { ByteCursor } from '../../evtx-writer/byte-cursor.ts';
import { ChunkBuffer } from '../../evtx-writer/chunk-buffer.ts';
import { EvtxWriter } from '../../evtx-writer/evtx-writer.ts';
import { sampleEvents } from '../parity/sample-events.ts';

/** A value of a crafted instance: its type and bytes. */
export interface CraftValue {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/**
 * Writes a chunk token by token, sense or no sense, in frames that are right: what no well-meaning writer makes.
 * A template definition may stand behind a record's end-of-fragment, where nothing reads it but who is led there.
 */
export class Craft {
  readonly #chunk = new ChunkBuffer();
  #nextRecord: number;

  /** @param firstRecord its record number. */
  constructor(firstRecord = 1) {
    this.#nextRecord = firstRecord;
  }

  get cursor(): ByteCursor {
    return this.#chunk.cursor;
  }

  /** Adds a record whose binary XML `write` writes. Throws where the chunk is full. */
  record(write: () => void): this {
    this.#chunk.beginRecord();
    this.cursor.u32(0x0001010f);
    write();
    this.cursor.u8(0);
    if (!this.#chunk.endRecord(this.#nextRecord++, (cursor) => cursor.u64(133_500_000_000_000_000n))) {
      throw new RangeError('the crafted record does not fit');
    }
    return this;
  }

  /** Adds an ordinary little record, whose System says nothing, with definitions behind its end. */
  library(write: () => void): this {
    return this.record(() => {
      this.element('Event');
      this.cursor.u8(0);
      write();
    });
  }

  /** An element without attributes; no content makes it empty. */
  element(name: string, content?: () => void): void {
    this.cursor.u8(0x01);
    this.cursor.u16(0xffff);
    this.cursor.u32(0);
    this.#chunk.name(name);
    this.#content(content);
  }

  elementWith(name: string, attributes: Readonly<Record<string, () => void>>, content?: () => void): void {
    this.cursor.u8(0x41);
    this.cursor.u16(0xffff);
    this.cursor.u32(0);
    this.#chunk.name(name);
    this.cursor.u32(0);
    for (const [attribute, write] of Object.entries(attributes)) {
      this.cursor.u8(0x06);
      this.#chunk.name(attribute);
      write();
    }
    this.#content(content);
  }

  /** An element whose name is said to be at an offset of the chunk. */
  elementAt(name: number): void {
    this.cursor.u8(0x01);
    this.cursor.u16(0xffff);
    this.cursor.u32(0);
    this.cursor.u32(name);
    this.cursor.u8(0x03);
  }

  text(text: string): void {
    this.cursor.u16(0x0105);
    this.cursor.u16(text.length);
    this.cursor.utf16(text);
  }

  /** A character reference: three bytes that become a text of their own. */
  character(): void {
    this.cursor.u8(0x08);
    this.cursor.u16(0x61);
  }

  substitution(index: number): void {
    this.cursor.u8(0x0d);
    this.cursor.u16(index);
    this.cursor.u8(0x01);
  }

  /** A template definition; `write` is told its offset too, so that it can lead to itself. @returns its offset. */
  define(id: number, write: (offset: number) => void): number {
    const { cursor } = this;
    const offset = cursor.position;
    cursor.u32(0);
    cursor.u32(id);
    cursor.raw(new Uint8Array(12));
    const size = cursor.position;
    cursor.u32(0);
    cursor.u32(0x0001010f);
    write(offset);
    cursor.u8(0);
    cursor.u32At(size, cursor.position - size - 4);
    return offset;
  }

  instance(id: number, definition: number, values: readonly CraftValue[] = []): void {
    const { cursor } = this;
    cursor.u16(0x010c);
    cursor.u32(id);
    cursor.u32(definition);
    cursor.u32(values.length);
    for (const { type, bytes } of values) {
      cursor.u16(bytes.length);
      cursor.u16(type);
    }
    for (const { bytes } of values) cursor.raw(bytes);
  }

  /** The file: the crafted chunk, then one of four ordinary events, which must be read whatever came before. */
  file(): Uint8Array {
    const parts: Uint8Array[] = [new Uint8Array(0), new Uint8Array(this.#chunk.close())];
    const writer = new EvtxWriter((chunk) => parts.push(new Uint8Array(chunk)));
    for (const event of sampleEvents(4)) writer.add(event);
    parts[0] = writer.finish();
    return Buffer.concat(parts);
  }

  #content(write: (() => void) | undefined): void {
    this.cursor.u8(write ? 0x02 : 0x03);
    if (!write) return;
    write();
    this.cursor.u8(0x04);
  }
}
