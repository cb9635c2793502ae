import { Dictionary } from './dictionary.ts';
import { ColumnRoom } from './column-room.ts';
import { ABSENT, type ValueRef } from './value-ref.ts';
import { DECODER_LIMITS, OVERFLOW_FIELD, TABLE_LIMITS } from './limits.ts';
import type { EventBatch, Group, Head, ShapeGrowth } from './batch.ts';

const FIRST_ROWS = 8;

/**
 * The rows of one shape that the batch in the making has so far. A row's cells lie side by side while they are
 * written, and are turned into columns when the batch is taken.
 *
 * Use: `put` refs into row `count`, then `addRow`; or `clearRow` where the event turns out to be none.
 */
export class ShapeRows {
  readonly fields: string[] = [];
  count = 0;
  /** Fields already sent to the engine. */
  sent = 0;
  announced = false;
  /** Cells from row to row; at least as many as there are fields. */
  #stride = FIRST_ROWS;
  /** One row more than there are events for: that in the making. */
  #cells = new Int32Array(FIRST_ROWS * this.#stride).fill(ABSENT);
  #events = new Int32Array(FIRST_ROWS);
  readonly #slots = new Map<string, number>();

  /** @param columns counts the fields of all shapes. */
  constructor(
    readonly shape: number,
    private readonly columns: { count: number },
  ) {}

  /**
   * Column of a field, added if new. Undefined where the shape is full: put the value into OVERFLOW_FIELD, whose
   * column always finds room.
   */
  slot(field: string): number | undefined {
    const known = this.#slots.get(field);
    if (known !== undefined) return known;
    if (this.fields.length >= TABLE_LIMITS.fields && field !== OVERFLOW_FIELD) return undefined;
    const slot = this.fields.length;
    this.fields.push(field);
    this.#slots.set(field, slot);
    this.columns.count++;
    if (slot === this.#stride) this.#widen();
    return slot;
  }

  /** Writes a cell of the row in the making. */
  put(slot: number, ref: ValueRef): void {
    this.#cells[this.count * this.#stride + slot] = ref;
  }

  /** A cell of the row in the making; ABSENT where nothing was put. */
  get(slot: number): ValueRef {
    return this.#cells[this.count * this.#stride + slot] as ValueRef;
  }

  /** Ends the row in the making: it is of the batch's event number `event`. The next one's cells are ABSENT. */
  addRow(event: number): void {
    this.#events[this.count++] = event;
    if (this.count === this.#events.length) this.#lengthen();
  }

  /** Empties the row in the making. */
  clearRow(): void {
    const at = this.count * this.#stride;
    this.#cells.fill(ABSENT, at, at + this.fields.length);
  }

  /** Cells that `take` writes. */
  get size(): number {
    return this.count * (1 + this.fields.length);
  }

  /** Writes the rows as `EventBatch.cells` has them, from `at` on, and empties the shape for the next batch. */
  take(out: Int32Array, at: number): Group {
    const { count, fields } = this;
    const stride = this.#stride;
    const cells = this.#cells;
    for (let row = 0; row < count; row++) out[at + row] = this.#events[row] as number;
    for (let slot = 0; slot < fields.length; slot++) {
      at += count;
      for (let row = 0, cell = slot; row < count; row++, cell += stride) out[at + row] = cells[cell] as ValueRef;
    }
    this.count = 0;
    cells.fill(ABSENT, 0, count * stride);
    return { shape: this.shape, rows: count, columns: fields.length };
  }

  #lengthen(): void {
    const events = new Int32Array(this.#events.length * 2);
    events.set(this.#events);
    this.#events = events;
    const cells = new Int32Array(this.#cells.length * 2).fill(ABSENT, this.#cells.length);
    cells.set(this.#cells);
    this.#cells = cells;
  }

  #widen(): void {
    const stride = this.#stride * 2;
    const cells = new Int32Array(this.#events.length * stride).fill(ABSENT);
    for (let row = 0; row <= this.count; row++) {
      const from = row * this.#stride;
      cells.set(this.#cells.subarray(from, from + this.#stride), row * stride);
    }
    this.#cells = cells;
    this.#stride = stride;
  }
}

/** What a decoder says of one event besides its fields; units as in EventBatch. */
export interface EventSpine {
  timeUs: number;
  flags: number;
  head: number;
  computer: ValueRef;
  record: number;
  offset: number;
  length: number;
  processId: ValueRef;
  threadId: ValueRef;
  writtenDeltaUs: number;
}

/**
 * Collects decoded events into batches. One per decoding thread: it goes on from file to file, so that a value
 * seen in an earlier file is not sent again.
 *
 * Use: `shapeFor` / `headFor` once per kind, then per event `shape.put(slot, ref)` for its fields,
 * `shape.addRow(builder.count)` and `builder.add(spine)`. After `add`, ask `isFull`; if so, `take(source)`.
 */
export class BatchBuilder {
  readonly dictionary = new Dictionary();
  #heads: Head[] = [];
  #headIds = new Map<string, number>();
  #shapes: ShapeRows[] = [];
  #shapeIds = new Map<string, ShapeRows>();
  /** Fields of all shapes. */
  #columns = { count: 0 };
  #sentValues = 0;
  #sentHeads = 0;
  #restart = true;
  /** Counts restarts; ids, refs and ShapeRows that a decoder caches are void when it changes. */
  generation = 0;

  count = 0;
  readonly #capacity: number;
  readonly #byteLimit: number;
  readonly #timeUs: Float64Array;
  readonly #flags: Int32Array;
  readonly #head: Int32Array;
  readonly #computer: Int32Array;
  readonly #record: Float64Array;
  readonly #offset: Float64Array;
  readonly #length: Int32Array;
  readonly #processId: Int32Array;
  readonly #threadId: Int32Array;
  readonly #writtenDeltaUs: Float64Array;

  /**
   * @param capacity events in a batch.
   * @param dictionaryLimit bytes of text after which the dictionary starts anew: it bounds the memory, and a table that
   * stays in the processor's cache is twice as fast.
   */
  constructor(
    capacity = 4096,
    private readonly dictionaryLimit = 4 << 20,
  ) {
    this.#capacity = capacity;
    this.#byteLimit = 8 << 20;
    this.#timeUs = new Float64Array(capacity);
    this.#flags = new Int32Array(capacity);
    this.#head = new Int32Array(capacity);
    this.#computer = new Int32Array(capacity);
    this.#record = new Float64Array(capacity);
    this.#offset = new Float64Array(capacity);
    this.#length = new Int32Array(capacity);
    this.#processId = new Int32Array(capacity);
    this.#threadId = new Int32Array(capacity);
    this.#writtenDeltaUs = new Float64Array(capacity);
  }

  /** The shape of (channel, provider, event id), added if new. */
  shapeFor(channel: string, provider: string, eventId: number | undefined): ShapeRows {
    const key = JSON.stringify([channel, provider, eventId ?? null]);
    const known = this.#shapeIds.get(key);
    if (known) return known;
    const shape = new ShapeRows(this.#shapes.length, this.#columns);
    this.#shapes.push(shape);
    this.#shapeIds.set(key, shape);
    return shape;
  }

  /** Local id of a head, added if new. Keep the id: this makes a key at each call. */
  headFor(head: Head): number {
    const key = JSON.stringify(Object.values(head).map((part) => (part as unknown) ?? null));
    let id = this.#headIds.get(key);
    if (id === undefined) {
      id = this.#heads.length;
      this.#heads.push(head);
      this.#headIds.set(key, id);
    }
    return id;
  }

  /** Adds an event whose row has been written. */
  add(spine: EventSpine): void {
    const i = this.count++;
    this.#timeUs[i] = spine.timeUs;
    this.#flags[i] = spine.flags;
    this.#head[i] = spine.head;
    this.#computer[i] = spine.computer;
    this.#record[i] = spine.record;
    this.#offset[i] = spine.offset;
    this.#length[i] = spine.length;
    this.#processId[i] = spine.processId;
    this.#threadId[i] = spine.threadId;
    this.#writtenDeltaUs[i] = spine.writtenDeltaUs;
  }

  get isFull(): boolean {
    if (this.count === this.#capacity || this.#isCrowded) return true;
    const sentBytes = this.#sentValues === 0 ? 0 : this.dictionary.end(this.#sentValues - 1);
    return this.dictionary.byteLength - sentBytes > this.#byteLimit;
  }

  /** Hands over what was added since the last call (also where that is nothing). */
  take(source: number): EventBatch {
    const { count } = this;
    const growth: ShapeGrowth[] = [];
    let cellCount = 0;
    for (const shape of this.#shapes) {
      cellCount += shape.size;
      if (shape.announced && shape.sent === shape.fields.length) continue;
      growth.push({ shape: shape.shape, fields: shape.fields.slice(shape.sent) });
      shape.sent = shape.fields.length;
      shape.announced = true;
    }
    const values = this.dictionary.since(this.#sentValues);
    const room = new ColumnRoom(4 * count, 6 * count + cellCount + 2 * values.count, values.bytes.length);
    const batch: EventBatch = {
      source,
      restart: this.#restart,
      heads: this.#heads.slice(this.#sentHeads),
      growth,
      count,
      timeUs: room.doubles(this.#timeUs, count),
      record: room.doubles(this.#record, count),
      offset: room.doubles(this.#offset, count),
      writtenDeltaUs: room.doubles(this.#writtenDeltaUs, count),
      flags: room.ints(this.#flags, count),
      head: room.ints(this.#head, count),
      computer: room.ints(this.#computer, count),
      length: room.ints(this.#length, count),
      processId: room.ints(this.#processId, count),
      threadId: room.ints(this.#threadId, count),
      valueEnds: room.ints(values.ends, values.count),
      valueHashes: room.ints(values.hashes, values.count),
      ...this.#takeCells(room, cellCount),
      valueBytes: room.bytes(values.bytes),
    };
    this.#restart = false;
    this.#sentValues = this.dictionary.size;
    this.#sentHeads = this.#heads.length;
    this.count = 0;
    if (this.dictionary.byteLength > this.dictionaryLimit || this.#isCrowded) this.#startAnew();
    return batch;
  }

  /** There are so many kinds of events, or fields, that they had better start anew. */
  get #isCrowded(): boolean {
    return (
      this.#shapes.length >= DECODER_LIMITS.shapes ||
      this.#heads.length >= DECODER_LIMITS.heads ||
      this.#columns.count >= DECODER_LIMITS.columns
    );
  }

  #takeCells(room: ColumnRoom, cellCount: number): Pick<EventBatch, 'groups' | 'cells'> {
    const cells = room.emptyInts(cellCount);
    const groups: Group[] = [];
    let at = 0;
    for (const shape of this.#shapes) {
      if (shape.count === 0) continue;
      const { size } = shape;
      groups.push(shape.take(cells, at));
      at += size;
    }
    return { groups, cells };
  }

  /** Throws away what was added since the last take, as after a cancel. */
  discard(): void {
    this.#startAnew();
    this.count = 0;
  }

  #startAnew(): void {
    this.dictionary.clear();
    this.#heads = [];
    this.#headIds = new Map();
    this.#shapes = [];
    this.#shapeIds = new Map();
    this.#columns = { count: 0 };
    this.#sentValues = 0;
    this.#sentHeads = 0;
    this.#restart = true;
    this.generation++;
  }
}
