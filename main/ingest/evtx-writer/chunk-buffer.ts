import { crc32 } from 'node:zlib';
import { ByteCursor } from './byte-cursor.ts';
import type { XmlTemplate } from './xml-template.ts';

export const CHUNK_SIZE = 65_536;
export const CHUNK_HEADER_SIZE = 512;
const NAME_BUCKETS = 128;
const NAME_BUCKET_COUNT = 64;
const TEMPLATE_BUCKETS = 384;
const TEMPLATE_BUCKET_COUNT = 32;
const RECORD_SIGNATURE = 0x2a2a;

/**
 * One 64 KiB chunk in the making: `ElfChnk` header, records, and the two hash tables in the header that lead to
 * the names and template definitions written so far. Names and definitions lie inside the record that first used
 * them; later records point there by offset from the chunk's start.
 *
 * Use: `beginRecord`, write BinXML through `cursor`, `name` and `template`, `endRecord`. Where that says false the
 * record did not fit and is taken back: `close` the chunk, `reset`, and write the record again.
 */
export class ChunkBuffer {
  readonly cursor = new ByteCursor(CHUNK_SIZE);
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<XmlTemplate, number>();
  /** Bucket positions and their former heads, changed by the record in the making. */
  readonly #undo: number[] = [];
  /** What the record in the making defined. */
  readonly #added: (string | XmlTemplate)[] = [];
  #recordStart = CHUNK_HEADER_SIZE;
  #lastRecordStart = 0;
  #firstId = 0;
  #lastId = 0;
  #firstNumber = 1;
  recordCount = 0;

  constructor() {
    this.reset(1);
  }

  /** Empties the chunk. @param firstNumber number, counted in the whole log from 1, of its first record. */
  reset(firstNumber: number): void {
    this.cursor.bytes.fill(0);
    this.cursor.position = CHUNK_HEADER_SIZE;
    this.#names.clear();
    this.#templates.clear();
    this.#undo.length = 0;
    this.#added.length = 0;
    this.#firstNumber = firstNumber;
    this.recordCount = 0;
  }

  beginRecord(): void {
    this.#undo.length = 0;
    this.#added.length = 0;
    this.#recordStart = this.cursor.position;
    this.cursor.position += 24;
  }

  /**
   * Completes the record: padding to 8 bytes, size in front and behind.
   * @returns false where the chunk has no room; the record is then taken back.
   */
  endRecord(recordId: number, writeTime: (cursor: ByteCursor) => void): boolean {
    const { cursor } = this;
    const start = this.#recordStart;
    const end = (cursor.position + 4 + 7) & ~7;
    if (end > CHUNK_SIZE) {
      this.abandonRecord();
      return false;
    }
    cursor.u32At(end - 4, end - start);
    cursor.position = start;
    cursor.u32(RECORD_SIGNATURE);
    cursor.u32(end - start);
    cursor.u64(recordId);
    writeTime(cursor);
    cursor.position = end;
    if (this.recordCount === 0) this.#firstId = recordId;
    this.#lastId = recordId;
    this.#lastRecordStart = start;
    this.recordCount++;
    return true;
  }

  /** Writes a reference to an element's or attribute's name, with the name itself at its first use in the chunk. */
  name(text: string): void {
    const { cursor } = this;
    const known = this.#names.get(text);
    if (known !== undefined) {
      cursor.u32(known);
      return;
    }
    const hash = nameHash(text);
    const offset = cursor.position + 4;
    cursor.u32(offset);
    cursor.u32(this.#link(NAME_BUCKETS + 4 * (hash % NAME_BUCKET_COUNT), offset));
    cursor.u16(hash);
    cursor.u16(text.length);
    cursor.utf16(text);
    cursor.u16(0);
    this.#names.set(text, offset);
    this.#added.push(text);
  }

  /** Writes the start of a template instance, with the definition at its first use in the chunk. */
  template(template: XmlTemplate): void {
    const { cursor } = this;
    cursor.u8(0x0c);
    cursor.u8(1);
    cursor.u32(template.id);
    const known = this.#templates.get(template);
    if (known !== undefined) {
      cursor.u32(known);
      return;
    }
    const offset = cursor.position + 4;
    cursor.u32(offset);
    cursor.u32(this.#link(TEMPLATE_BUCKETS + 4 * (template.hash % TEMPLATE_BUCKET_COUNT), offset));
    cursor.raw(template.guid);
    const sizeAt = cursor.position;
    cursor.position += 4;
    template.writeDefinition(this);
    cursor.u32At(sizeAt, cursor.position - sizeAt - 4);
    this.#templates.set(template, offset);
    this.#added.push(template);
  }

  /** Fills the header in and gives the chunk's bytes, which are good until `reset`. */
  close(): Uint8Array {
    const { cursor } = this;
    const { bytes } = cursor;
    const free = cursor.position;
    bytes.write('ElfChnk\0', 0, 'latin1');
    cursor.position = 8;
    cursor.u64(this.#firstNumber);
    cursor.u64(this.#firstNumber + this.recordCount - 1);
    cursor.u64(this.#firstId);
    cursor.u64(this.#lastId);
    cursor.u32(128);
    cursor.u32(this.#lastRecordStart);
    cursor.u32(free);
    cursor.u32(crc32(bytes.subarray(CHUNK_HEADER_SIZE, free)));
    cursor.u32At(120, 1);
    cursor.u32At(124, crc32(bytes.subarray(NAME_BUCKETS, CHUNK_HEADER_SIZE), crc32(bytes.subarray(0, 120))));
    cursor.position = free;
    return bytes;
  }

  /** Takes back whatever was written since `beginRecord`. */
  abandonRecord(): void {
    for (let i = this.#undo.length - 2; i >= 0; i -= 2) {
      this.cursor.u32At(this.#undo[i] as number, this.#undo[i + 1] as number);
    }
    for (const added of this.#added) {
      if (typeof added === 'string') this.#names.delete(added);
      else this.#templates.delete(added);
    }
    this.cursor.bytes.fill(0, this.#recordStart);
    this.cursor.position = this.#recordStart;
  }

  /** Makes `offset` the head of a bucket's chain. Gives the former head, which the new entry must point to. */
  #link(bucket: number, offset: number): number {
    const head = this.cursor.bytes.readUInt32LE(bucket);
    this.#undo.push(bucket, head);
    this.cursor.u32At(bucket, offset);
    return head;
  }
}

/** The 16-bit hash stored beside a name; modulo 64 it picks the bucket. Multiplier 65599 (libevtx documentation). */
export function nameHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 65_599) + text.charCodeAt(i)) | 0;
  return hash & 0xffff;
}
