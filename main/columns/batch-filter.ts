import { FLAG_NO_TIME, FLAG_RECOVERED, type EventBatch, type Group, type Head, type ShapeGrowth } from './batch.ts';
import { ColumnRoom } from './column-room.ts';
import { GrowingBytes, GrowingInts } from './growing.ts';

/** Which events to keep; a part that is left out keeps all. See `OpenOptions`. */
export interface EventChoice {
  readonly timeRange: { readonly from: number; readonly to: number } | undefined;
  readonly channels: readonly string[] | undefined;
}

/** Local numbers that were not sent yet. */
const UNSENT = -1;

/**
 * Takes events out of a decoder's batches, with the values, heads and fields that only they have: what is left out
 * costs whoever gets the batches nothing. Numbers of values, heads and shapes are made anew for what is kept. One for
 * each decoder, which sees all of its batches in order.
 */
export class BatchFilter {
  readonly #channels: ReadonlySet<string> | undefined;
  /** The decoder's values since it started its numbering anew. */
  #bytes = new GrowingBytes();
  #ends = new GrowingInts();
  #hashes = new GrowingInts();
  #valueCount = 0;
  /** New number of each value, and of each head and shape. */
  #values = new GrowingInts();
  #sentValues = 0;
  #heads: Head[] = [];
  #headIds: number[] = [];
  #sentHeads = 0;
  #isWanted: boolean[] = [];
  #shapes: { readonly fields: string[]; id: number; sent: number }[] = [];
  #sentShapes = 0;
  /** The numbering started anew, and nothing was passed on since. */
  #restart = true;

  constructor(private readonly choice: EventChoice) {
    this.#channels = choice.channels && new Set(choice.channels.map((channel) => channel.toLowerCase()));
  }

  /**
   * What is left of a batch; undefined where that is nothing.
   * @param leftOut counts the others, by whether they were recovered.
   */
  take(batch: EventBatch, leftOut: { events: number; recovered: number }): EventBatch | undefined {
    this.#learn(batch);
    const kept = this.#keptOf(batch, leftOut);
    if (kept.length === 0) return undefined;
    return this.#part(batch, kept);
  }

  #learn(batch: EventBatch): void {
    if (batch.restart) this.#startAnew();
    const { valueBytes, valueEnds, valueHashes } = batch;
    const base = this.#bytes.length;
    this.#bytes.append(valueBytes);
    const count = this.#valueCount + valueEnds.length;
    for (const column of [this.#ends, this.#hashes, this.#values]) column.reserve(count);
    for (let i = 0; i < valueEnds.length; i++) this.#ends.data[this.#valueCount + i] = base + (valueEnds[i] as number);
    this.#hashes.data.set(valueHashes, this.#valueCount);
    this.#values.data.fill(UNSENT, this.#valueCount, count);
    this.#valueCount = count;
    for (const { shape, fields } of batch.growth) {
      (this.#shapes[shape] ??= { fields: [], id: UNSENT, sent: 0 }).fields.push(...fields);
    }
    for (const head of batch.heads) {
      this.#heads.push(head);
      this.#headIds.push(UNSENT);
      this.#isWanted.push(this.#channels?.has(head.channel.toLowerCase()) ?? true);
    }
  }

  #startAnew(): void {
    this.#bytes = new GrowingBytes();
    this.#ends = new GrowingInts();
    this.#hashes = new GrowingInts();
    this.#values = new GrowingInts();
    this.#valueCount = this.#sentValues = this.#sentHeads = this.#sentShapes = 0;
    this.#heads = [];
    this.#headIds = [];
    this.#isWanted = [];
    this.#shapes = [];
    this.#restart = true;
  }

  /** The batch's events that are wanted, ascending. */
  #keptOf({ count, timeUs, flags, head }: EventBatch, leftOut: { events: number; recovered: number }): Int32Array {
    const { from, to } = this.choice.timeRange ?? { from: -Infinity, to: Infinity };
    const kept = new Int32Array(count);
    let length = 0;
    for (let i = 0; i < count; i++) {
      const bits = flags[i] as number;
      const us = timeUs[i] as number;
      const isInTime = (bits & FLAG_NO_TIME) !== 0 || (us >= from && us < to);
      if (isInTime && this.#isWanted[head[i] as number] === true) kept[length++] = i;
      else if ((bits & FLAG_RECOVERED) !== 0) leftOut.recovered++;
      else leftOut.events++;
    }
    return kept.subarray(0, length);
  }

  #part(batch: EventBatch, kept: Int32Array): EventBatch {
    const news: News = { bytes: new GrowingBytes(), ends: [], hashes: [], heads: [], growth: [] };
    const refs = (column: Int32Array): Column => Int32Array.from(kept, (i) => this.#valueId(column[i] as number, news));
    const head = Int32Array.from(kept, (event) => this.#headId(batch.head[event] as number, news));
    const [computer, processId, threadId] = [batch.computer, batch.processId, batch.threadId].map(refs) as Columns;
    const { groups, cells } = this.#rows(batch, kept, news);
    for (const shape of this.#shapes) {
      // A shape may have fields of events that were left out: they are columns without a value.
      if (shape.id === UNSENT || shape.sent === shape.fields.length) continue;
      news.growth.push({ shape: shape.id, fields: shape.fields.slice(shape.sent) });
      shape.sent = shape.fields.length;
    }
    const restart = this.#restart;
    this.#restart = false;
    const count = kept.length;
    const values = news.ends.length;
    const room = new ColumnRoom(4 * count, 6 * count + cells.length + 2 * values, news.bytes.length);
    return {
      source: batch.source,
      restart,
      heads: news.heads,
      growth: news.growth,
      count,
      timeUs: room.doubles(picked(batch.timeUs, kept), count),
      record: room.doubles(picked(batch.record, kept), count),
      offset: room.doubles(picked(batch.offset, kept), count),
      writtenDeltaUs: room.doubles(picked(batch.writtenDeltaUs, kept), count),
      flags: room.ints(pickedInts(batch.flags, kept), count),
      head: room.ints(head, count),
      computer: room.ints(computer, count),
      length: room.ints(pickedInts(batch.length, kept), count),
      processId: room.ints(processId, count),
      threadId: room.ints(threadId, count),
      valueEnds: room.ints(Int32Array.from(news.ends), values),
      valueHashes: room.ints(Int32Array.from(news.hashes), values),
      groups,
      cells: room.ints(cells, cells.length),
      valueBytes: room.bytes(news.bytes.data.subarray(0, news.bytes.length)),
    };
  }

  /** Rows of the events that are kept, laid out as in `EventBatch.cells`. */
  #rows(batch: EventBatch, kept: Int32Array, news: News): Pick<EventBatch, 'groups' | 'cells'> {
    const places = new Int32Array(batch.count).fill(UNSENT);
    kept.forEach((event, i) => (places[event] = i));
    const groups: Group[] = [];
    const cells = new GrowingInts();
    let length = 0;
    let start = 0;
    for (const { shape, rows, columns } of batch.groups) {
      const wanted: number[] = [];
      for (let row = 0; row < rows; row++) if (places[batch.cells[start + row] as number] !== UNSENT) wanted.push(row);
      cells.reserve(length + wanted.length * (columns + 1));
      for (const row of wanted) cells.data[length++] = places[batch.cells[start + row] as number] as number;
      for (let column = 1; column <= columns; column++) {
        const from = start + column * rows;
        for (const row of wanted) cells.data[length++] = this.#valueId(batch.cells[from + row] as number, news);
      }
      if (wanted.length > 0) groups.push({ shape: this.#shapes[shape]?.id ?? UNSENT, rows: wanted.length, columns });
      start += rows * (columns + 1);
    }
    return { groups, cells: cells.data.slice(0, length) };
  }

  #headId(local: number, news: News): number {
    const known = this.#headIds[local];
    if (known !== undefined && known !== UNSENT) return known;
    const head = this.#heads[local] as Head;
    const shape = (this.#shapes[head.shape] ??= { fields: [], id: UNSENT, sent: 0 });
    if (shape.id === UNSENT) shape.id = this.#sentShapes++;
    news.heads.push({ ...head, shape: shape.id });
    return (this.#headIds[local] = this.#sentHeads++);
  }

  #valueId(ref: number, news: News): number {
    if (ref < 0) return ref;
    const known = this.#values.data[ref] as number;
    if (known !== UNSENT) return known;
    const start = ref === 0 ? 0 : (this.#ends.data[ref - 1] as number);
    news.bytes.append(this.#bytes.data.subarray(start, this.#ends.data[ref]));
    news.ends.push(news.bytes.length);
    news.hashes.push(this.#hashes.data[ref] as number);
    return (this.#values.data[ref] = this.#sentValues++);
  }
}

type Column = Int32Array<ArrayBuffer>;
type Columns = [Column, Column, Column];

/** What a batch brings that was not sent before. */
interface News {
  readonly bytes: GrowingBytes;
  readonly ends: number[];
  readonly hashes: number[];
  readonly heads: Head[];
  readonly growth: ShapeGrowth[];
}

function picked(column: Float64Array, kept: Int32Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(kept, (event) => column[event] as number);
}

function pickedInts(column: Int32Array, kept: Int32Array): Column {
  return Int32Array.from(kept, (event) => column[event] as number);
}
