import { FLAG_DIGITS_SHIFT, FLAG_NO_TIME, type Head } from '../../columns/batch.ts';
import { occurrenceName } from '../../columns/event-data.ts';
import type { BatchBuilder, EventSpine, ShapeRows } from '../../columns/batch-builder.ts';
import { OVERFLOW_FIELD } from '../../columns/limits.ts';
import { ABSENT, type ValueRef } from '../../columns/value-ref.ts';
import type { LogEvent } from './log-event.ts';

/** Refs of texts remembered, so that a text seen lately need not be encoded and hashed again. */
const REFS_KEPT = 50_000;
const LONGEST_KEPT = 200;

/** Writes events into a batch builder. One a file. */
export class RowWriter {
  #generation = -1;
  readonly #heads = new Map<string, { head: number; shape: ShapeRows }>();
  readonly #refs = new Map<string, ValueRef>();
  /** Occurrences of the names that repeat within the event in hand. */
  readonly #repeats = new Map<string, number>();

  constructor(private readonly builder: BatchBuilder) {}

  /**
   * Adds an event.
   * @param record its number where it has none of its own.
   * @param offset byte offset of its text in the file. @param length its bytes.
   */
  write(event: LogEvent, record: number, offset: number, length: number): void {
    const { builder } = this;
    if (this.#generation !== builder.generation) {
      this.#generation = builder.generation;
      this.#heads.clear();
      this.#refs.clear();
    }
    const { head, shape } = this.#headOf(event);
    this.#writeFields(event, shape);
    shape.addRow(builder.count);
    const time = event.time;
    const spine: EventSpine = {
      timeUs: time ? time.us : 0,
      flags: time ? time.ns | (time.digits << FLAG_DIGITS_SHIFT) : FLAG_NO_TIME,
      head,
      computer: this.#ref(event.computer),
      record: event.record ?? record,
      offset,
      length,
      processId: this.#ref(event.processId),
      threadId: this.#ref(event.threadId),
      writtenDeltaUs: 0,
    };
    builder.add(spine);
  }

  #headOf(event: LogEvent): { head: number; shape: ShapeRows } {
    const { channel, provider, providerGuid, eventId, version, level, task, opcode, keywords, qualifiers } = event;
    const key = `${channel}\n${provider}\n${providerGuid}\n${eventId}\n${version}\n${level}\n${task}\n${opcode}\n${keywords}\n${qualifiers}`;
    let known = this.#heads.get(key);
    if (!known) {
      const shape = this.builder.shapeFor(channel, provider, eventId);
      const parts: Head = {
        channel,
        provider,
        providerGuid,
        eventId,
        version,
        level,
        task,
        opcode,
        keywords,
        qualifiers,
        shape: shape.shape,
      };
      known = { head: this.builder.headFor(parts), shape };
      if (this.#heads.size >= REFS_KEPT) this.#heads.clear();
      this.#heads.set(key, known);
    }
    return known;
  }

  #writeFields({ fields }: LogEvent, shape: ShapeRows): void {
    let overflow: Record<string, string> | undefined;
    this.#repeats.clear();
    for (let i = 0; i < fields.count; i++) {
      const value = fields.values[i] as string;
      let name = fields.names[i] as string;
      let slot = shape.slot(name);
      const isTaken = slot === undefined ? overflow?.[name] !== undefined : shape.get(slot) !== ABSENT;
      if (isTaken) {
        // Go on from the last occurrence; a field really named `x[2]` may have taken its place.
        let n = this.#repeats.get(name) ?? 1;
        const base = name;
        do {
          name = occurrenceName(base, ++n);
          slot = shape.slot(name);
        } while (slot === undefined ? overflow?.[name] !== undefined : shape.get(slot) !== ABSENT);
        this.#repeats.set(base, n);
      }
      if (slot === undefined) {
        overflow ??= Object.create(null) as Record<string, string>;
        overflow[name] = value;
      } else shape.put(slot, this.#ref(value));
    }
    if (overflow) shape.put(shape.slot(OVERFLOW_FIELD) as number, this.#ref(JSON.stringify(overflow)));
  }

  #ref(text: string | undefined): ValueRef {
    if (text === undefined) return ABSENT;
    const known = this.#refs.get(text);
    if (known !== undefined) return known;
    const ref = this.builder.dictionary.refOfText(text);
    if (text.length <= LONGEST_KEPT) {
      if (this.#refs.size >= REFS_KEPT) this.#refs.clear();
      this.#refs.set(text, ref);
    }
    return ref;
  }
}
