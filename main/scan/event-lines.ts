import { FLAG_RECOVERED, type EventBatch } from '../columns/batch.ts';
import { eventData, eventValues } from '../columns/event-data.ts';
import { EventTable } from '../columns/event-table.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import { formatInstant } from '../../shared/model/time.ts';
import type { SourceStart } from '../engine/api.ts';
import type { MessageOf } from '../messages/message-books.ts';
import type { BatchTarget } from '../worker/ingest/batch-receiver.ts';

/** Bytes of distinct values after which the table starts anew. */
const DICTIONARY_LIMIT = 8 << 20;

/** Turns batches into JSON lines, one an event, and keeps nothing. */
export class EventLines implements BatchTarget {
  #table = new EventTable();
  readonly #names: string[] = [];

  /**
   * @param onLines takes the lines of a batch, each ended by a line feed; the next batch waits for it.
   * @param messageOf gives the messages of events, where the lines should have them.
   */
  constructor(
    private readonly onLines: (lines: string) => Promise<void>,
    private readonly messageOf?: MessageOf,
  ) {}

  nextSource(): number {
    return this.#names.length;
  }

  startSource(start: SourceStart): void {
    this.#names.push(start.name);
  }

  endSource(): void {
    // The receiver has the reports.
  }

  async append(batch: EventBatch): Promise<Result<null>> {
    if (batch.restart && this.#table.isCrowded(DICTIONARY_LIMIT)) this.#table = new EventTable();
    const { first, count } = this.#table.append(batch);
    let lines = '';
    for (let event = first; event < first + count; event++) lines += `${JSON.stringify(this.#line(event))}\n`;
    this.#table.clearEvents();
    if (lines !== '') await this.onLines(lines);
    return ok(null);
  }

  /** One event in the keys, and the order, that scripts rely on. */
  #line(event: number): unknown {
    const table = this.#table;
    const head = table.headOf(event);
    const instant = table.instantOf(event);
    return {
      file: this.#names[table.source.data[event] as number] ?? '',
      recordId: table.record.data[event],
      time: instant ? formatInstant(instant) : null,
      channel: head.channel || null,
      provider: head.provider || null,
      eventId: head.eventId ?? null,
      computer: table.text(table.computer.data[event] as number) ?? null,
      data: eventData(table, event),
      recovered: ((table.flags.data[event] as number) & FLAG_RECOVERED) !== 0,
      ...(this.messageOf && { message: this.#message(event, this.messageOf) }),
    };
  }

  #message(event: number, messageOf: MessageOf): string | null {
    const message = messageOf(this.#table.headOf(event), eventValues(this.#table, event));
    return message ? message.parts.map(({ text }) => text).join('') : null;
  }
}
