import { beforeNul, type Bytes, type DamageLog } from './bytes.ts';
import { ansiLabel } from './languages.ts';

/** `MESSAGE_RESOURCE_ENTRY.Flags`. */
const UNICODE = 1;
const UTF8 = 2;

const utf16 = new TextDecoder('utf-16le');
const utf8 = new TextDecoder('utf-8');

export interface TableTexts {
  /** Message numbers, ascending. */
  readonly ids: number[];
  readonly texts: string[];
}

/**
 * A message table resource (RT_MESSAGETABLE), after winnt.h's MESSAGE_RESOURCE_DATA: the number of blocks, then for
 * each block its lowest and highest message number and the offset of its entries, then entries of length, flags and
 * text. Blocks that share entries would let a small file give any amount of text, so that all entries together may
 * take no more bytes than there are; the rest is left out with a fault.
 * @param language Windows' language identifier: the code page of texts that are not Unicode.
 */
export function readMessageTable(table: Bytes, language: number, damage: DamageLog): TableTexts {
  const found = new Map<number, string>();
  const ansi = new TextDecoder(ansiLabel(language));
  let left = table.length;
  const readBlock = (at: number): void => {
    const low = table.u32(at);
    const high = table.u32(at + 4);
    let entry = table.u32(at + 8);
    if (high < low) throw table.damage(`A block ends with message ${high} and begins with ${low}`, at);
    for (let id = low; id <= high; id++) {
      const length = table.u16(entry);
      if (length < 4) throw table.damage(`Message ${id} says that it is ${length} bytes long`, entry);
      left -= length;
      if (left < 0) throw table.damage('The blocks share their texts: what is left is not read', entry);
      const bytes = table.bytes(entry + 4, length - 4);
      const flags = table.u16(entry + 2);
      const decoder = (flags & UNICODE) !== 0 ? utf16 : (flags & UTF8) !== 0 ? utf8 : ansi;
      found.set(id, beforeNul(decoder.decode(bytes)));
      entry += length;
    }
  };
  damage.guard(() => {
    const blocks = table.u32(0);
    table.bytes(4, blocks * 12);
    for (let block = 0; block < blocks && left >= 0; block++) damage.guard(() => readBlock(4 + block * 12));
  });
  const ids = [...found.keys()].sort((a, b) => a - b);
  return { ids, texts: ids.map((id) => found.get(id) as string) };
}
