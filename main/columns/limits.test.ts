import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBatches, type MadeEvent } from '../testing/make-events.ts';
import { BatchBuilder } from './batch-builder.ts';
import { eventData } from './event-data.ts';
import { EventTable } from './event-table.ts';
import { DECODER_LIMITS, OVERFLOW_FIELD, TABLE_LIMITS } from './limits.ts';
import { OverflowCount } from './overflow-count.ts';

const made = (change: Partial<MadeEvent>): MadeEvent => ({
  channel: 'C',
  provider: 'P',
  eventId: 1,
  computer: 'H',
  timeUs: 1,
  data: {},
  ...change,
});

/** What an event says, wherever it stands. */
function allOf(table: EventTable, event: number): Record<string, unknown> {
  const { [OVERFLOW_FIELD]: overflow, ...data } = eventData(table, event);
  const { channel, provider, eventId } = table.headOf(event);
  const rest = overflow === undefined ? {} : (JSON.parse(String(overflow)) as Record<string, unknown>);
  return {
    Channel: channel,
    Provider_Name: provider,
    ...(eventId === undefined ? {} : { EventID: String(eventId) }),
    ...data,
    ...rest,
  };
}

describe('limits of a table', () => {
  const limits = { shapes: 4, heads: 6, fields: 3, columns: 12 };
  const event = fc
    .record({
      channel: fc.constantFrom('A', 'B', 'C'),
      provider: fc.constantFrom('P', 'Q'),
      eventId: fc.integer({ min: 1, max: 9 }),
      data: fc.dictionary(fc.constantFrom('f', 'g', 'h', 'i', 'j', 'k'), fc.oneof(fc.string(), fc.nat().map(String))),
    })
    .map(made);

  it('hold for any log, and lose nothing of any event', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), fc.integer({ min: 1, max: 9 }), (events, size) => {
        const table = new EventTable(limits);
        const overflowed = makeBatches(new BatchBuilder(size, 40), events, 0).flatMap((batch) => [
          ...table.append(batch).overflowed,
        ]);
        // Beyond the limit: one shape for a channel and provider, up to a fifth more, and one for all others.
        expect(table.shapes.length).toBeLessThanOrEqual(limits.shapes * 1.2 + 2);
        expect(table.heads.length).toBeLessThanOrEqual(limits.heads + table.shapes.length);
        for (const { fields } of table.shapes) {
          expect(fields.filter((field) => field !== OVERFLOW_FIELD).length).toBeLessThanOrEqual(limits.fields);
        }
        expect(table.columnCount).toBeLessThanOrEqual(limits.columns + table.shapes.length);
        events.forEach(({ channel, provider, eventId, data }, id) => {
          const whole = { Channel: channel, Provider_Name: provider, EventID: String(eventId), ...data };
          const { Version: _v, Level: _l, Task: _t, Opcode: _o, Keywords: _k, ...all } = allOf(table, id);
          expect(all).toEqual(whole);
          expect(overflowed.includes(id)).toBe(eventData(table, id)[OVERFLOW_FIELD] !== undefined);
          // All events of a shape are of its identity, on which the matcher relies.
          const { shape: _, ...head } = table.headOf(id);
          expect(table.shapeOf(id)).toMatchObject({ channel: head.channel, provider: head.provider });
          expect(table.shapeOf(id).eventId).toBe(head.eventId);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('keep a text that a log itself has under the name of the overflow', () => {
    const table = new EventTable({ ...limits, fields: 1 });
    const data = { a: '1', b: '2', [OVERFLOW_FIELD]: 'not JSON' };
    for (const batch of makeBatches(new BatchBuilder(), [made({ data })], 0)) table.append(batch);
    expect(JSON.parse(String(eventData(table, 0)[OVERFLOW_FIELD]))).toEqual({ b: '2', [OVERFLOW_FIELD]: 'not JSON' });
  });
});

describe('a hostile log', () => {
  it('of a million kinds and field names stays within the limits, of decoder and table', () => {
    const builder = new BatchBuilder();
    const table = new EventTable();
    const count = new OverflowCount();
    let batches = 0;
    let overflowed = 0;
    const N = 7000;
    for (let i = 0; i < N; i++) {
      const data = Object.fromEntries(Array.from({ length: 16 }, (_, j) => [`n${i}-${j}`, 'x']));
      // Each event a kind of its own with fields of its own; then one kind with ever new fields.
      const events = [made({ eventId: i, data }), made({ eventId: undefined, data })];
      for (const one of events) {
        const shape = builder.shapeFor(one.channel, one.provider, one.eventId);
        const head = { ...table.heads[0], channel: 'C', provider: 'P', eventId: one.eventId, shape: shape.shape };
        const id = builder.headFor({ providerGuid: '', keywords: '', ...head } as never);
        for (const [field, text] of Object.entries(one.data)) {
          const slot = shape.slot(field);
          if (slot !== undefined) shape.put(slot, builder.dictionary.refOfText(text));
          else shape.put(shape.slot(OVERFLOW_FIELD) as number, builder.dictionary.refOfText('{}'));
        }
        shape.addRow(builder.count);
        builder.add({
          ...{ timeUs: 0, flags: 0, head: id, computer: -1, record: i, offset: i, length: 1 },
          ...{ processId: -1, threadId: -1, writtenDeltaUs: 0 },
        });
        if (!builder.isFull) continue;
        const batch = builder.take(0);
        batches++;
        expect(batch.heads.length).toBeLessThanOrEqual(DECODER_LIMITS.heads);
        expect(batch.growth.reduce((sum, { fields }) => sum + fields.length, 0)).toBeLessThanOrEqual(
          DECODER_LIMITS.columns + TABLE_LIMITS.fields,
        );
        count.add(batch);
        overflowed += table.append(batch).overflowed.length;
        table.clearEvents();
      }
    }
    expect(batches).toBeGreaterThan(N / 2000);
    expect(table.shapes.length).toBeLessThanOrEqual(TABLE_LIMITS.shapes * 1.2 + 2);
    expect(table.columnCount).toBeLessThanOrEqual(TABLE_LIMITS.columns + table.shapes.length);
    expect(overflowed).toBeGreaterThan(0);
    expect(count.take()?.events).toBeGreaterThan(0);
  });
});
