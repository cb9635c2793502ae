import {
  FLAG_DIGITS_MASK,
  FLAG_DIGITS_SHIFT,
  FLAG_NO_TIME,
  FLAG_NS_MASK,
  FLAG_RECOVERED,
  type Head,
} from '../columns/batch.ts';
import type { EventTable } from '../columns/event-table.ts';
import { GrowingDoubles, GrowingInts } from '../columns/growing.ts';
import { formatInstant } from '../../shared/model/time.ts';
import type { ScanHit } from './api.ts';

/** What a hit says of its event. */
export type HitEvent = Pick<ScanHit, 'file' | 'recordId' | 'time' | 'computer' | 'channel' | 'eventId' | 'recovered'>;

/** What a hit says of an event that is still in the table. @param names of the sources. */
export function hitEvent(table: EventTable, event: number, names: readonly string[]): HitEvent {
  const head = table.headOf(event);
  const instant = table.instantOf(event);
  return {
    file: names[table.source.data[event] as number] ?? '',
    recordId: table.record.data[event] as number,
    time: instant ? formatInstant(instant) : null,
    computer: table.text(table.computer.data[event] as number) ?? null,
    channel: head.channel || null,
    eventId: head.eventId ?? null,
    ...recoveredMark(table.flags.data[event] as number),
  };
}

function recoveredMark(flags: number): { readonly recovered?: true } {
  return (flags & FLAG_RECOVERED) === 0 ? {} : { recovered: true };
}

/** The same of events that the table has forgotten, kept small: correlations may complete at any of them. */
export class KeptEvents {
  readonly #places = new Map<number, number>();
  readonly #source = new GrowingInts();
  readonly #record = new GrowingDoubles();
  readonly #timeUs = new GrowingDoubles();
  readonly #flags = new GrowingInts();
  readonly #computer = new GrowingInts();
  readonly #head = new GrowingInts();
  readonly #computers: (string | null)[] = [];
  readonly #computerIds = new Map<string | null, number>();
  readonly #heads: Head[] = [];
  readonly #headIds = new Map<Head, number>();

  /** @param id number of the event within the run. */
  keep(table: EventTable, event: number, id: number): void {
    if (this.#places.has(id)) return;
    const at = this.#places.size;
    this.#places.set(id, at);
    for (const column of [this.#source, this.#flags, this.#computer, this.#head]) column.reserve(at + 1);
    this.#record.reserve(at + 1);
    this.#timeUs.reserve(at + 1);
    this.#source.data[at] = table.source.data[event] as number;
    this.#record.data[at] = table.record.data[event] as number;
    this.#timeUs.data[at] = table.timeUs.data[event] as number;
    this.#flags.data[at] = table.flags.data[event] as number;
    const computer = table.text(table.computer.data[event] as number) ?? null;
    this.#computer.data[at] = numberOf(computer, this.#computerIds, this.#computers);
    this.#head.data[at] = numberOf(table.headOf(event), this.#headIds, this.#heads);
  }

  /** @param id of an event that was kept. */
  read(id: number, names: readonly string[]): HitEvent {
    const at = this.#places.get(id);
    if (at === undefined) throw new Error(`event ${id} was not kept`);
    const head = this.#heads[this.#head.data[at] as number] as Head;
    const flags = this.#flags.data[at] as number;
    const us = this.#timeUs.data[at] as number;
    const digits = (flags >> FLAG_DIGITS_SHIFT) & FLAG_DIGITS_MASK;
    return {
      file: names[this.#source.data[at] as number] ?? '',
      recordId: this.#record.data[at] as number,
      time: (flags & FLAG_NO_TIME) === 0 ? formatInstant({ us, ns: flags & FLAG_NS_MASK, digits }) : null,
      computer: this.#computers[this.#computer.data[at] as number] ?? null,
      channel: head.channel || null,
      eventId: head.eventId ?? null,
      ...recoveredMark(flags),
    };
  }
}

function numberOf<T>(value: T, ids: Map<T, number>, values: T[]): number {
  let id = ids.get(value);
  if (id === undefined) {
    id = values.push(value) - 1;
    ids.set(value, id);
  }
  return id;
}
