import { ABSENT, type ValueRef } from './value-ref.ts';
import { Dictionary } from './dictionary.ts';
import { GrowingDoubles, GrowingInts } from './growing.ts';
import { OVERFLOW_FIELD, TABLE_LIMITS, type TableLimits } from './limits.ts';
import { EMPTY_HEAD, headRest, joinedOverflow } from './overflow.ts';
import {
  FLAG_DIGITS_MASK,
  FLAG_DIGITS_SHIFT,
  FLAG_NS_MASK,
  FLAG_NO_TIME,
  type EventBatch,
  type Group,
  type Head,
} from './batch.ts';
import type { Instant } from '../../shared/model/time.ts';

const FIRST_ROWS = 16;
/** Stands for the column of a field that has none. */
const NO_ROOM = -1;

/** All events of one (channel, provider, event id): one row an event, one column of value refs a field. */
export interface ShapeTable {
  readonly id: number;
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number | undefined;
  readonly fields: string[];
  /** Columns in the order of `fields`; rows [0, count). */
  readonly columns: GrowingInts[];
  /** Event id of each row, ascending. */
  readonly events: GrowingInts;
  count: number;
}

/** Where a batch's events went. */
export interface Appended {
  /** First event id and how many: ids are consecutive. */
  readonly first: number;
  readonly count: number;
  /** For each shape that got rows: rows [fromRow, toRow). */
  readonly ranges: readonly { readonly shape: number; readonly fromRow: number; readonly toRow: number }[];
  /** Events of which a part went into OVERFLOW_FIELD, for want of room in the table. */
  readonly overflowed: readonly number[];
}

/** What a decoder's shape is here. */
interface LocalShape {
  readonly shape: number;
  readonly fields: string[];
  /** The table's column of each field; NO_ROOM where there is none: it goes into OVERFLOW_FIELD. */
  readonly columns: number[];
  isCrowded: boolean;
}

interface DecoderMap {
  values: GrowingInts;
  valueCount: number;
  heads: number[];
  /** Parts of a head that found no room. */
  headRests: (Readonly<Record<string, string>> | undefined)[];
  hasHeadRests: boolean;
  shapes: LocalShape[];
  /** Fields of a local shape that has no head yet, so its identity is not known. */
  pending: Map<number, string[]>;
}

/**
 * The events of a case as columns in memory: what the matcher, the filters and the histogram read. An event's id
 * is its position in the spine, in order of arrival. One table belongs to the engine's thread.
 *
 * Memory: about 76 bytes an event for the spine, 4 for each field of its shape, and the dictionary.
 */
export class EventTable {
  dictionary = new Dictionary();
  readonly heads: Head[] = [];
  readonly shapes: ShapeTable[] = [];
  readonly timeUs = new GrowingDoubles();
  readonly flags = new GrowingInts();
  readonly head = new GrowingInts();
  readonly computer = new GrowingInts();
  readonly source = new GrowingInts();
  readonly record = new GrowingDoubles();
  readonly offset = new GrowingDoubles();
  readonly length = new GrowingInts();
  readonly processId = new GrowingInts();
  readonly threadId = new GrowingInts();
  readonly writtenDeltaUs = new GrowingDoubles();
  /** Row of the event within its shape. */
  readonly row = new GrowingInts();
  count = 0;

  readonly #headIds = new Map<string, number>();
  readonly #shapeIds = new Map<string, number>();
  /** What the numbers in the batches of the unit in hand mean here. */
  #decoder = newDecoderMap();
  /** Columns of all shapes. */
  columnCount = 0;

  /** @param limits of what is told apart; anything beyond goes, as JSON, into OVERFLOW_FIELD. */
  constructor(private readonly limits: TableLimits = TABLE_LIMITS) {}

  /** Adds a batch's events. */
  append(batch: EventBatch): Appended {
    if (batch.restart) this.#decoder = newDecoderMap();
    const map = this.#decoder;
    this.#mapValues(batch, map);
    this.#mapHeads(batch, map);
    const first = this.count;
    const end = first + batch.count;
    this.#reserve(end);
    this.timeUs.data.set(batch.timeUs, first);
    this.flags.data.set(batch.flags, first);
    this.record.data.set(batch.record, first);
    this.offset.data.set(batch.offset, first);
    this.length.data.set(batch.length, first);
    this.writtenDeltaUs.data.set(batch.writtenDeltaUs, first);
    this.source.data.fill(batch.source, first, end);
    mapHeads(batch.head, this.head.data, first, map.heads);
    const values = map.values.data;
    mapRefs(batch.computer, 0, batch.count, this.computer.data, first, values);
    mapRefs(batch.processId, 0, batch.count, this.processId.data, first, values);
    mapRefs(batch.threadId, 0, batch.count, this.threadId.data, first, values);
    let cell = 0;
    const overflowed: number[] = [];
    const ranges = batch.groups.map((group) => {
      const local = map.shapes[group.shape];
      const shape = local && this.shapes[local.shape];
      if (!local || !shape) throw new Error(`batch has rows of shape ${group.shape}, which it never announced`);
      const { rows } = group;
      const fromRow = shape.count;
      const toRow = fromRow + rows;
      shape.events.reserve(toRow);
      for (const column of shape.columns) column.reserve(toRow);
      placeRows(batch.cells, cell, rows, first, shape.events.data, fromRow, this.row.data);
      const start = cell;
      for (let j = 0; j < group.columns; j++) {
        cell += rows;
        const column = local.columns[j] as number;
        if (column === NO_ROOM) continue;
        const target = shape.columns[column] as GrowingInts;
        mapRefs(batch.cells, cell, rows, target.data, fromRow, values);
      }
      cell += rows;
      shape.count = toRow;
      if (local.isCrowded || map.hasHeadRests) {
        for (const event of this.#overflow(batch, start, group, local, fromRow)) overflowed.push(first + event);
      }
      return { shape: shape.id, fromRow, toRow };
    });
    this.count = end;
    return { first, count: batch.count, ranges, overflowed };
  }

  /** The shape of an identity, added if new. */
  shapeFor(channel: string, provider: string, eventId: number | undefined): ShapeTable {
    const key = shapeKey(channel, provider, eventId);
    const known = this.#shapeIds.get(key);
    if (known !== undefined) return this.shapes[known] as ShapeTable;
    const shape: ShapeTable = {
      id: this.shapes.length,
      channel,
      provider,
      eventId,
      fields: [],
      columns: [],
      events: new GrowingInts(FIRST_ROWS),
      count: 0,
    };
    this.shapes.push(shape);
    this.#shapeIds.set(key, shape.id);
    return shape;
  }

  /** The number of a head (its `shape` is the case's), added if new. */
  headFor(head: Head): number {
    const key = headKey(head);
    let id = this.#headIds.get(key);
    if (id === undefined) {
      id = this.heads.length;
      this.heads.push(head);
      this.#headIds.set(key, id);
    }
    return id;
  }

  /** Column number of a field of a shape, added (all ABSENT) if new. */
  columnFor(shape: ShapeTable, field: string): number {
    const known = shape.fields.indexOf(field);
    if (known >= 0) return known;
    shape.fields.push(field);
    const column = new GrowingInts(shape.events.data.length);
    column.data.fill(ABSENT);
    shape.columns.push(column);
    this.columnCount++;
    return shape.fields.length - 1;
  }

  headOf(event: number): Head {
    return this.heads[this.head.data[event] as number] as Head;
  }

  shapeOf(event: number): ShapeTable {
    return this.shapes[this.headOf(event).shape] as ShapeTable;
  }

  /** The event's time with all its digits; undefined where its source gave none. */
  instantOf(event: number): Instant | undefined {
    const flags = this.flags.data[event] as number;
    if ((flags & FLAG_NO_TIME) !== 0) return undefined;
    return {
      us: this.timeUs.data[event] as number,
      ns: flags & FLAG_NS_MASK,
      digits: (flags >> FLAG_DIGITS_SHIFT) & FLAG_DIGITS_MASK,
    };
  }

  text(ref: ValueRef): string | undefined {
    return this.dictionary.refText(ref);
  }

  /**
   * Whether a run that keeps no events had better go on with an empty table, where a batch starts its numbering anew.
   * @param dictionaryBytes of distinct values that it may hold.
   */
  isCrowded(dictionaryBytes: number): boolean {
    const { shapes, heads, columns } = this.limits;
    return (
      this.dictionary.byteLength > dictionaryBytes ||
      this.shapes.length * 2 > shapes ||
      this.heads.length * 2 > heads ||
      this.columnCount * 2 > columns
    );
  }

  /** Forgets all events, keeping dictionary, heads and shapes: for a run that keeps nothing but its hits. */
  clearEvents(): void {
    this.count = 0;
    for (const shape of this.shapes) {
      shape.count = 0;
      for (const column of shape.columns) column.data.fill(ABSENT);
    }
  }

  /** Takes events [first, count) back, as after a cancelled or failed batch. They must be the newest. */
  truncate(first: number): void {
    for (const shape of this.shapes) {
      let count = shape.count;
      while (count > 0 && (shape.events.data[count - 1] as number) >= first) count--;
      for (const column of shape.columns) column.data.fill(ABSENT, count, shape.count);
      shape.count = count;
    }
    this.count = first;
  }

  #mapValues(batch: EventBatch, map: DecoderMap): void {
    const count = batch.valueEnds.length;
    map.values.reserve(map.valueCount + count);
    // A decoder may send a number as text; a text has one ref only.
    this.dictionary.internAll(batch.valueBytes, batch.valueEnds, batch.valueHashes, map.values.data, map.valueCount);
    map.valueCount += count;
  }

  /** A shape is known by the head that points at it; its fields may come in the same batch or a later one. */
  #mapHeads(batch: EventBatch, map: DecoderMap): void {
    for (const { shape, fields } of batch.growth) {
      const local = map.shapes[shape];
      if (local) this.#growShape(local, fields);
      else map.pending.set(shape, [...(map.pending.get(shape) ?? []), ...fields]);
    }
    for (const head of batch.heads) {
      const local = (map.shapes[head.shape] ??= {
        shape: this.#roomForShape(head).id,
        fields: [],
        columns: [],
        isCrowded: false,
      });
      const fields = map.pending.get(head.shape);
      if (fields) {
        map.pending.delete(head.shape);
        this.#growShape(local, fields);
      }
      const kept = this.#roomForHead({ ...head, shape: local.shape });
      const rest = headRest(head, kept);
      map.heads.push(this.headFor(kept));
      map.headRests.push(rest);
      if (rest) map.hasHeadRests = true;
    }
  }

  #growShape(local: LocalShape, fields: readonly string[]): void {
    const shape = this.shapes[local.shape] as ShapeTable;
    for (const field of fields) {
      const hasRoom =
        field === OVERFLOW_FIELD ||
        shape.fields.includes(field) ||
        (shape.fields.length < this.limits.fields && this.columnCount < this.limits.columns);
      local.fields.push(field);
      local.columns.push(hasRoom ? this.columnFor(shape, field) : NO_ROOM);
      if (!hasRoom) local.isCrowded = true;
    }
  }

  /** The shape of a head, or where there are too many, one that holds what its channel and provider have beyond. */
  #roomForShape({ channel, provider, eventId }: Head): ShapeTable {
    const { shapes } = this.limits;
    const hasRoom = (limit: number, ...identity: [string, string, number | undefined]): boolean =>
      this.shapes.length < limit || this.#shapeIds.has(shapeKey(...identity));
    if (hasRoom(shapes, channel, provider, eventId)) return this.shapeFor(channel, provider, eventId);
    if (hasRoom(shapes * 1.2, channel, provider, undefined)) return this.shapeFor(channel, provider, undefined);
    return this.shapeFor('', '', undefined);
  }

  /** A head as it is kept: with its shape's identity, and with nothing else where there are too many. */
  #roomForHead(head: Head): Head {
    const { channel, provider, eventId } = this.shapes[head.shape] as ShapeTable;
    const isOwn = channel === head.channel && provider === head.provider && eventId === head.eventId;
    if (isOwn && (this.heads.length < this.limits.heads || this.#headIds.has(headKey(head)))) return head;
    return { ...EMPTY_HEAD, channel, provider, eventId, shape: head.shape };
  }

  /** Writes what found no room in the rows of a group that starts at a cell of the batch. Gives the batch's events. */
  #overflow(batch: EventBatch, start: number, group: Group, local: LocalShape, fromRow: number): number[] {
    const { rows } = group;
    const shape = this.shapes[local.shape] as ShapeTable;
    const { values, headRests } = this.#decoder;
    const crowded = local.columns.flatMap((column, j) => (column === NO_ROOM && j < group.columns ? [j] : []));
    const events: number[] = [];
    for (let row = 0; row < rows; row++) {
      const event = batch.cells[start + row] as number;
      const rest: Record<string, string> = { ...headRests[batch.head[event] as number] };
      for (const j of crowded) {
        const ref = batch.cells[start + (j + 1) * rows + row] as number;
        const text = this.text(ref >= 0 ? (values.data[ref] as number) : ref);
        if (text !== undefined) rest[local.fields[j] as string] = text;
      }
      if (Object.keys(rest).length === 0) continue;
      const column = shape.columns[this.columnFor(shape, OVERFLOW_FIELD)] as GrowingInts;
      column.reserve(fromRow + rows);
      const before = this.text(column.data[fromRow + row] as number);
      column.data[fromRow + row] = this.dictionary.refOfText(joinedOverflow(before, rest));
      events.push(event);
    }
    return events;
  }

  #reserve(length: number): void {
    for (const column of [
      this.flags,
      this.head,
      this.computer,
      this.source,
      this.length,
      this.processId,
      this.threadId,
      this.row,
    ]) {
      column.reserve(length);
    }
    for (const column of [this.timeUs, this.record, this.offset, this.writtenDeltaUs]) column.reserve(length);
  }
}

function newDecoderMap(): DecoderMap {
  return {
    values: new GrowingInts(),
    valueCount: 0,
    heads: [],
    headRests: [],
    hasHeadRests: false,
    shapes: [],
    pending: new Map(),
  };
}

function shapeKey(channel: string, provider: string, eventId: number | undefined): string {
  return JSON.stringify([channel, provider, eventId ?? null]);
}

function headKey(head: Head): string {
  return JSON.stringify(Object.values(head).map((part) => (part as unknown) ?? null));
}

function mapHeads(from: Int32Array, to: Int32Array, at: number, heads: readonly number[]): void {
  for (let i = 0; i < from.length; i++) to[at + i] = heads[from[i] as number] as number;
}

/** Notes which event each row belongs to, and which row each event has. */
function placeRows(
  from: Int32Array,
  start: number,
  count: number,
  first: number,
  events: Int32Array,
  fromRow: number,
  rows: Int32Array,
): void {
  for (let i = 0; i < count; i++) {
    const event = first + (from[start + i] as number);
    events[fromRow + i] = event;
    rows[event] = fromRow + i;
  }
}

/** Copies `count` refs of a decoder as the case's. */
function mapRefs(from: Int32Array, start: number, count: number, to: Int32Array, at: number, values: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const ref = from[start + i] as number;
    to[at + i] = ref >= 0 ? (values[ref] as number) : ref;
  }
}
