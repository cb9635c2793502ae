import type { EventTable, ShapeTable } from '../../columns/event-table.ts';
import type { GrowingInts } from '../../columns/growing.ts';
import { ABSENT, inlineText, isInline } from '../../columns/value-ref.ts';
import { foldText } from '../../../shared/matching/fold.ts';

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

/** ASCII bytes with capitals made small, the rest as it is. */
const FOLDED_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/**
 * The free text of a filter: holds where the text occurs, in any case, in one of the event's values, its channel,
 * provider or computer. The same events as a rule's unbound keyword gives; a scan of its own, since a user waits for
 * it with each key: each distinct value is searched once, in its bytes, and columns are gone through one by one.
 */
export class TextSearch {
  readonly #needle: string;
  /** The needle where it is ASCII: then an ASCII value is searched without making a string of it. */
  readonly #bytes: Uint8Array | undefined;
  /** Whether a number's digits can hold the needle at all. */
  readonly #isNumeric: boolean;
  #byId = new Uint8Array(1024);
  readonly #byInline = new Map<number, boolean>();
  readonly #byHead: (boolean | undefined)[] = [];

  constructor(
    private readonly table: EventTable,
    text: string,
  ) {
    this.#needle = foldText(text);
    // eslint-disable-next-line no-control-regex -- ASCII is meant, all of it
    this.#bytes = /^[\u0000-\u007f]+$/.test(this.#needle) ? new TextEncoder().encode(this.#needle) : undefined;
    this.#isNumeric = /^[0-9a-fx]*$/.test(this.#needle);
  }

  /** Sets `marks[event]` to 1 for each event of rows [fromRow, toRow) that has the text. */
  run(shape: ShapeTable, fromRow: number, toRow: number, marks: Uint8Array): void {
    const { table } = this;
    if (this.#byId.length < table.dictionary.size) {
      const grown = new Uint8Array(Math.max(table.dictionary.size, this.#byId.length * 2));
      grown.set(this.#byId);
      this.#byId = grown;
    }
    const events = shape.events.data;
    for (const { data } of shape.columns) {
      for (let row = fromRow; row < toRow; row++) {
        const ref = data[row] as number;
        if (ref !== ABSENT && this.#refHolds(ref)) marks[events[row] as number] = 1;
      }
    }
    this.#runSpine(events, fromRow, toRow, table.head, table.computer, marks);
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
    if (isInline(ref)) return this.#isNumeric && this.#inlineHolds(ref);
    const known = this.#byId[ref] as number;
    if (known !== UNKNOWN) return known === YES;
    const holds = this.#valueHolds(ref);
    this.#byId[ref] = holds ? YES : NO;
    return holds;
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

  #valueHolds(id: number): boolean {
    const { dictionary } = this.table;
    if (this.#bytes) {
      const found = findFolded(dictionary.bytes, dictionary.start(id), dictionary.end(id), this.#bytes);
      if (found !== undefined) return found;
    }
    return foldText(dictionary.text(id)).includes(this.#needle);
  }
}

/** Whether an ASCII needle, folded, is in bytes[start, end); undefined where these aren't ASCII as far as it matters. */
function findFolded(bytes: Uint8Array, start: number, end: number, needle: Uint8Array): boolean | undefined {
  const first = needle[0] as number;
  const last = end - needle.length;
  for (let at = start; at <= last; at++) {
    const byte = bytes[at] as number;
    if (byte >= 128) return undefined;
    if (FOLDED_BYTES[byte] !== first) continue;
    let i = 1;
    while (i < needle.length && FOLDED_BYTES[bytes[at + i] as number] === needle[i]) i++;
    if (i === needle.length) return true;
  }
  // Some letters beyond ASCII fold into it: what is left must be ASCII too before "no" is certain.
  for (let at = Math.max(start, last + 1); at < end; at++) if ((bytes[at] as number) >= 128) return undefined;
  return false;
}
