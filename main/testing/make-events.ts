import type { EventBatch } from '../columns/batch.ts';
import { FLAG_DIGITS_SHIFT, FLAG_NO_TIME, FLAG_RECOVERED } from '../columns/batch.ts';
import type { BatchBuilder } from '../columns/batch-builder.ts';
import { ABSENT } from '../columns/value-ref.ts';

/** An event as a test writes it down. */
export interface MadeEvent {
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number | undefined;
  readonly computer: string;
  /** Undefined for an event without a time. */
  readonly timeUs: number | undefined;
  readonly recovered?: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** Feeds events through a builder, as a decoder does, and gives the batches. */
export function makeBatches(builder: BatchBuilder, events: readonly MadeEvent[], source: number): EventBatch[] {
  const batches: EventBatch[] = [];
  events.forEach((event, i) => {
    addEvent(builder, event, i);
    if (builder.isFull) batches.push(builder.take(source));
  });
  batches.push(builder.take(source));
  return batches;
}

function addEvent(builder: BatchBuilder, event: MadeEvent, number: number): void {
  const shape = builder.shapeFor(event.channel, event.provider, event.eventId);
  const head = builder.headFor({
    channel: event.channel,
    provider: event.provider,
    providerGuid: '',
    eventId: event.eventId,
    version: 1,
    level: 4,
    task: 0,
    opcode: 0,
    keywords: '0x8000000000000000',
    qualifiers: undefined,
    shape: shape.shape,
  });
  for (const [field, value] of Object.entries(event.data)) {
    const slot = shape.slot(field);
    if (slot !== undefined) shape.put(slot, builder.dictionary.refOfText(value));
  }
  shape.addRow(builder.count);
  builder.add({
    timeUs: event.timeUs ?? 0,
    flags:
      (event.timeUs === undefined ? FLAG_NO_TIME : 6 << FLAG_DIGITS_SHIFT) | (event.recovered ? FLAG_RECOVERED : 0),
    head,
    computer: builder.dictionary.refOfText(event.computer),
    record: number + 1,
    offset: number * 100,
    length: 100,
    processId: builder.dictionary.refOfText('4'),
    threadId: ABSENT,
    writtenDeltaUs: 0,
  });
}
