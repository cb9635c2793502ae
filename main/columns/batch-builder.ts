import { Dictionary } from './dictionary.ts';
import { ABSENT, type ValueRef } from './value-ref.ts';
import type { EventBatch, Group, Head, ShapeGrowth } from './batch.ts';

/** Fields a shape may have before the rest of an event goes, as JSON, into the field `_overflow`. */
export const SHAPE_FIELD_LIMIT = 500;
export const OVERFLOW_FIELD = '_overflow';
/** Distinct (channel, provider, event id) before further ones share one shape, so that no log can make a million tables. */
export const SHAPE_LIMIT = 2000;

/** The rows of one shape that the batch in the making has so far. */
export class ShapeRows {
  readonly fields: string[] = [];
  /** Columns, one per field; valid up to `count`. Write a row's refs straight into them. */
  columns: Int32Array<ArrayBuffer>[] = [];
  events = new Int32Array(64);
  count = 0;
  /** Fields already sent to the engine. */
  sent = 0;
  announced = false;
  readonly #slots = new Map<string, number>();

  constructor(readonly shape: number) {}

  /**
   * Column of a field, added if new. Undefined where the shape is full: put the value into OVERFLOW_FIELD, whose
   * column always finds room.
   */
  slot(field: string): number | undefined {
    const known = this.#slots.get(field);
    if (known !== undefined) return known;
    if (this.fields.length >= SHAPE_FIELD_LIMIT && field !== OVERFLOW_FIELD) return undefined;
    const slot = this.fields.length;
    this.fields.push(field);
    this.#slots.set(field, slot);
    this.columns.push(new Int32Array(this.events.length).fill(ABSENT));
    return slot;
  }

  /** Starts a row for the batch's event number `event`; all its cells are ABSENT. Gives the row. */
  addRow(event: number): number {
    if (this.count === this.events.length) {
      const length = this.count * 2;
      const events = new Int32Array(length);
      events.set(this.events);
      this.events = events;
      this.columns = this.columns.map((column) => {
        const grown = new Int32Array(length).fill(ABSENT, this.count);
        grown.set(column);
        return grown;
      });
    }
    this.events[this.count] = event;
    return this.count++;
  }

  /** Hands over the rows and empties the shape for the next batch. */
  take(): Group {
    const group = {
      shape: this.shape,
      events: this.events.slice(0, this.count),
      columns: this.columns.map((column) => column.slice(0, this.count)),
    };
    for (const column of this.columns) column.fill(ABSENT, 0, this.count);
    this.count = 0;
    return group;
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
 * Use: `shapeFor` / `headFor` once per kind, then per event `shape.addRow(builder.count)`, refs into the row's
 * columns, and `builder.add(spine)`. After `add`, ask `isFull`; if so, `take(source)`.
 */
export class BatchBuilder {
  dictionary = new Dictionary();
  #heads: Head[] = [];
  #headIds = new Map<string, number>();
  #shapes: ShapeRows[] = [];
  #shapeIds = new Map<string, ShapeRows>();
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
   * @param dictionaryLimit bytes of text after which the dictionary starts anew (bounds the decoder's memory).
   */
  constructor(
    capacity = 4096,
    private readonly dictionaryLimit = 64 << 20,
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

  /** The shape of (channel, provider, event id). Past SHAPE_LIMIT all further ones share one. */
  shapeFor(channel: string, provider: string, eventId: number | undefined): ShapeRows {
    const key = JSON.stringify([channel, provider, eventId ?? null]);
    const known = this.#shapeIds.get(key);
    if (known) return known;
    const last = this.#shapes[SHAPE_LIMIT - 1];
    if (last) return last;
    const shape = new ShapeRows(this.#shapes.length);
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
    if (this.count === this.#capacity) return true;
    const sentBytes = this.#sentValues === 0 ? 0 : this.dictionary.end(this.#sentValues - 1);
    return this.dictionary.byteLength - sentBytes > this.#byteLimit;
  }

  /** Hands over what was added since the last call (also where that is nothing). */
  take(source: number): EventBatch {
    const values = this.dictionary.copyFrom(this.#sentValues);
    const growth: ShapeGrowth[] = [];
    const groups: Group[] = [];
    for (const shape of this.#shapes) {
      if (!shape.announced || shape.sent < shape.fields.length) {
        growth.push({ shape: shape.shape, fields: shape.fields.slice(shape.sent) });
        shape.sent = shape.fields.length;
        shape.announced = true;
      }
      if (shape.count > 0) groups.push(shape.take());
    }
    const batch: EventBatch = {
      source,
      restart: this.#restart,
      valueBytes: values.bytes,
      valueEnds: values.ends,
      valueHashes: values.hashes,
      heads: this.#heads.slice(this.#sentHeads),
      growth,
      count: this.count,
      timeUs: this.#timeUs.slice(0, this.count),
      flags: this.#flags.slice(0, this.count),
      head: this.#head.slice(0, this.count),
      computer: this.#computer.slice(0, this.count),
      record: this.#record.slice(0, this.count),
      offset: this.#offset.slice(0, this.count),
      length: this.#length.slice(0, this.count),
      processId: this.#processId.slice(0, this.count),
      threadId: this.#threadId.slice(0, this.count),
      writtenDeltaUs: this.#writtenDeltaUs.slice(0, this.count),
      groups,
    };
    this.#restart = false;
    this.#sentValues = this.dictionary.size;
    this.#sentHeads = this.#heads.length;
    this.count = 0;
    if (this.dictionary.byteLength > this.dictionaryLimit) this.#startAnew();
    return batch;
  }

  /** Throws away what was added since the last take, as after a cancel. */
  discard(): void {
    this.#startAnew();
    this.count = 0;
  }

  #startAnew(): void {
    this.dictionary = new Dictionary();
    this.#heads = [];
    this.#headIds = new Map();
    this.#shapes = [];
    this.#shapeIds = new Map();
    this.#sentValues = 0;
    this.#sentHeads = 0;
    this.#restart = true;
    this.generation++;
  }
}
