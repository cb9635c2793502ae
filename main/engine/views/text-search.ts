import type { EventTable, ShapeTable } from '../../columns/event-table.ts';
import type { GrowingInts } from '../../columns/growing.ts';
import { ABSENT, inlineText, isInline } from '../../columns/value-ref.ts';
import { foldText } from '../../../shared/matching/fold.ts';
import type { Pace } from '../pace.ts';
import { FOLDED_BYTES } from './values/text-keys.ts';

/** Bytes of the dictionary that are searched between two looks at the clock. */
const SLICE_BYTES = 1 << 20;

/**
 * The free text of a filter: holds where the text occurs, in any case, in one of the event's values, its channel,
 * provider or computer. The same events as a rule's unbound keyword gives; a scan of its own, since a user waits for
 * it with each key: first the values that hold it are found, all of them in one go over the dictionary's bytes; then
 * columns are gone through for them, where there are any.
 */
export class TextSearch {
  readonly #needle: string;
  /** The needle where it is ASCII: then an ASCII value is searched without making a string of it. */
  readonly #bytes: BytesFinder | undefined;
  /** Whether a number's digits can hold the needle at all. */
  readonly #isNumeric: boolean;
  /** 1 by id of a value that holds the needle; of the first `#searched` values. */
  #byId = new Uint8Array(0);
  #searched = 0;
  #found = 0;
  readonly #byInline = new Map<number, boolean>();
  readonly #byHead: (boolean | undefined)[] = [];

  constructor(
    private readonly table: EventTable,
    text: string,
  ) {
    this.#needle = foldText(text);
    // eslint-disable-next-line no-control-regex -- ASCII is meant, all of it
    const isAscii = /^[\u0000-\u007f]+$/.test(this.#needle);
    this.#bytes = isAscii ? new BytesFinder(new TextEncoder().encode(this.#needle)) : undefined;
    this.#isNumeric = /^[0-9a-fx]*$/.test(this.#needle);
  }

  /** Searches the values that there are; gives false where it was cancelled. */
  async prepare(pace: Pace): Promise<boolean> {
    const { dictionary } = this.table;
    while (this.#searched < dictionary.size) {
      this.#searchValues(idAt(dictionary.start(this.#searched) + SLICE_BYTES, this.#searched + 1, this.table));
      if (pace.isDue && !(await pace.rest())) return false;
    }
    return true;
  }

  /** Sets `marks[event]` to 1 for each event of rows [fromRow, toRow) that has the text. */
  run(shape: ShapeTable, fromRow: number, toRow: number, marks: Uint8Array): void {
    const { table } = this;
    // Those that have come since.
    if (this.#searched < table.dictionary.size) this.#searchValues(table.dictionary.size);
    const events = shape.events.data;
    if (this.#found > 0 || this.#isNumeric) {
      for (const { data } of shape.columns) this.#runColumn(data, events, fromRow, toRow, marks);
    }
    this.#runSpine(events, fromRow, toRow, table.head, table.computer, marks);
  }

  #runColumn(refs: Int32Array, events: Int32Array, fromRow: number, toRow: number, marks: Uint8Array): void {
    const byId = this.#byId;
    const isNumeric = this.#isNumeric;
    for (let row = fromRow; row < toRow; row++) {
      const ref = refs[row] as number;
      if (ref >= 0 ? byId[ref] === 1 : isNumeric && ref !== ABSENT && this.#inlineHolds(ref)) {
        marks[events[row] as number] = 1;
      }
    }
  }

  #runSpine(
    events: Int32Array,
    fromRow: number,
    toRow: number,
    heads: GrowingInts,
    computers: GrowingInts,
    marks: Uint8Array,
  ): void {
    for (let row = fromRow; row < toRow; row++) {
      const event = events[row] as number;
      const computer = computers.data[event] as number;
      const holds = this.#headHolds(heads.data[event] as number) || (computer !== ABSENT && this.#refHolds(computer));
      if (holds) marks[event] = 1;
    }
  }

  #refHolds(ref: number): boolean {
    return isInline(ref) ? this.#isNumeric && this.#inlineHolds(ref) : this.#byId[ref] === 1;
  }

  #inlineHolds(ref: number): boolean {
    let holds = this.#byInline.get(ref);
    if (holds === undefined) {
      holds = inlineText(ref).includes(this.#needle);
      this.#byInline.set(ref, holds);
    }
    return holds;
  }

  #headHolds(head: number): boolean {
    let holds = this.#byHead[head];
    if (holds === undefined) {
      const { channel, provider } = this.table.heads[head] as EventTable['heads'][number];
      holds = [channel, provider].some((text) => text !== '' && foldText(text).includes(this.#needle));
      this.#byHead[head] = holds;
    }
    return holds;
  }

  /** Searches the values [searched, end). */
  #searchValues(end: number): void {
    const { dictionary } = this.table;
    const first = this.#searched;
    this.#searched = end;
    if (this.#byId.length < end) {
      const grown = new Uint8Array(Math.max(dictionary.size, this.#byId.length * 2));
      grown.set(this.#byId);
      this.#byId = grown;
    }
    const { bytes, view } = dictionary;
    if (this.#bytes && !hasWide(view, dictionary.start(first), dictionary.end(end - 1))) {
      this.#findBytes(this.#bytes, first, end);
      return;
    }
    // Some letters beyond ASCII fold into it.
    for (let id = first; id < end; id++) {
      const start = dictionary.start(id);
      const holds =
        this.#bytes && !hasWide(view, start, dictionary.end(id))
          ? this.#bytes.find(bytes, start, dictionary.end(id)) >= 0
          : foldText(dictionary.text(id)).includes(this.#needle);
      if (holds) this.#mark(id);
    }
  }

  /** Searches ASCII values as if they were one text. */
  #findBytes(finder: BytesFinder, first: number, end: number): void {
    const { dictionary } = this.table;
    const { bytes } = dictionary;
    const last = dictionary.end(end - 1);
    for (let at = finder.find(bytes, dictionary.start(first), last); at >= 0;) {
      const id = idAt(at, first, this.table);
      const isInside = at + finder.length <= dictionary.end(id);
      if (isInside) this.#mark(id);
      // Once is enough of a value; one that runs into the next is none.
      at = finder.find(bytes, isInside ? dictionary.end(id) : at + 1, last);
    }
  }

  #mark(id: number): void {
    this.#byId[id] = 1;
    this.#found++;
  }
}

/** The value, at or after `first`, that the byte at an offset belongs to; the number of all where it is behind them. */
function idAt(offset: number, first: number, { dictionary }: EventTable): number {
  let low = first;
  let high = dictionary.size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (dictionary.end(middle) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether there is anything but ASCII in a part of the dictionary's bytes. */
function hasWide(view: DataView, start: number, end: number): boolean {
  let at = start;
  for (; at + 4 <= end; at += 4) if ((view.getInt32(at) & 0x80808080) !== 0) return true;
  for (; at < end; at++) if (view.getUint8(at) >= 128) return true;
  return false;
}

/** Finds an ASCII text, folded, in folded bytes (Horspool's algorithm: it looks at about one byte in a needle's length). */
class BytesFinder {
  /** By unfolded byte, how far the window may go on where that is its last byte. */
  readonly #shifts: Uint16Array;

  constructor(private readonly needle: Uint8Array) {
    const { length } = needle;
    this.#shifts = new Uint16Array(256).fill(Math.min(length, 65_535));
    for (let byte = 0; byte < 256; byte++) {
      const at = needle.subarray(0, length - 1).lastIndexOf(FOLDED_BYTES[byte] as number);
      if (at >= 0) this.#shifts[byte] = Math.min(length - 1 - at, 65_535);
    }
  }

  get length(): number {
    return this.needle.length;
  }

  /** Where it begins first within [start, end); -1 where it does not occur. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const { needle } = this;
    const shifts = this.#shifts;
    const length = needle.length;
    const lastByte = needle[length - 1] as number;
    for (let at = start + length - 1; at < end;) {
      const byte = bytes[at] as number;
      if (FOLDED_BYTES[byte] === lastByte) {
        let i = length - 2;
        let from = at - 1;
        while (i >= 0 && FOLDED_BYTES[bytes[from] as number] === needle[i]) {
          i--;
          from--;
        }
        if (i < 0) return at - length + 1;
      }
      at += shifts[byte] as number;
    }
    return -1;
  }
}
