import type { Chunk } from './container/chunk.ts';
import { Damage } from './container/damage.ts';

export const TYPE_NULL = 0x00;
export const TYPE_STRING = 0x01;
export const TYPE_FILETIME = 0x11;
export const TYPE_BINXML = 0x21;
export const TYPE_ARRAY = 0x80;

/** Bytes before a template definition's tokens: link to the next, GUID, size. */
export const DEFINITION_HEADER_SIZE = 24;

/**
 * A template instance (token 0x0c): which template, and where each value lies. Used again from record to record.
 * Layout: token, a byte, template id (4), offset of the definition (4), the definition itself where the offset
 * leads right here, count of values (4), for each size (2), type, a byte; then the values.
 */
export class Instance {
  definition = 0;
  /** First four bytes of the template's GUID. */
  id = 0;
  count = 0;
  types = new Uint8Array(64);
  at = new Int32Array(64);
  sizes = new Int32Array(64);
  /** How many values are nested XML or arrays. */
  special = 0;
  /** Offset behind the instance. */
  end = 0;

  /** Reads the instance at `pos`; `limit` is where its record or value ends. Throws Damage. */
  read(chunk: Chunk, pos: number, limit: number): void {
    const view = chunk.view;
    if (pos + 14 > limit) throw new Damage('A template instance breaks off', pos);
    this.id = view.getUint32(pos + 2, true);
    this.definition = view.getUint32(pos + 6, true);
    pos += 10;
    if (this.definition === pos) {
      if (pos + DEFINITION_HEADER_SIZE > limit) throw new Damage('A template definition breaks off', pos);
      pos += DEFINITION_HEADER_SIZE + view.getUint32(pos + 20, true);
      if (pos + 4 > limit) throw new Damage('A template definition is larger than its record', this.definition);
    }
    const count = view.getUint32(pos, true);
    pos += 4;
    let value = pos + count * 4;
    if (value > limit) throw new Damage(`A template instance counts ${count} values, more than fit`, pos - 4);
    if (count > this.types.length) this.#grow(count);
    const { types, at, sizes } = this;
    let special = 0;
    for (let i = 0; i < count; i++, pos += 4) {
      const head = view.getUint32(pos, true);
      const size = head & 0xffff;
      const type = (head >>> 16) & 0xff;
      if (type > 0x20) special++;
      types[i] = type;
      sizes[i] = size;
      at[i] = value;
      value += size;
    }
    if (value > limit) throw new Damage('The values of a template instance run past its end', pos);
    this.count = count;
    this.special = special;
    this.end = value;
  }

  #grow(count: number): void {
    this.types = new Uint8Array(count);
    this.at = new Int32Array(count);
    this.sizes = new Int32Array(count);
  }
}

/** Reads a fragment that is one template instance and nothing else; false where it is something else. */
export function readOnlyInstance(chunk: Chunk, instance: Instance, from: number, end: number): boolean {
  const { bytes } = chunk;
  let pos = from;
  if (bytes[pos] === 0x0f) pos += 4;
  if (pos >= end || bytes[pos] !== 0x0c) return false;
  instance.read(chunk, pos, end);
  return instance.end >= end || bytes[instance.end] === 0x00;
}
