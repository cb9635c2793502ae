import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from './batch-builder.ts';
import { Dictionary } from './dictionary.ts';
import { EventTable } from './event-table.ts';
import {
  ABSENT,
  decimalRef,
  hexRef,
  inlineRefOfBytes,
  inlineRefOfText,
  inlineText,
  INLINE_LIMIT,
} from './value-ref.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('value refs', () => {
  it('give every canonical number one inline ref, by text and by bytes alike, and its text back', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer({ min: 0, max: 2 ** 32 }).map(String),
          fc.integer({ min: 0, max: 2 ** 32 }).map((n) => `0x${n.toString(16)}`),
          fc.stringMatching(/^(0x)?[0-9a-fA-F]{0,10}$/),
        ),
        (text) => {
          const bytes = utf8(text);
          const ref = inlineRefOfText(text);
          expect(inlineRefOfBytes(bytes, 0, bytes.length)).toBe(ref ?? ABSENT);
          if (ref !== undefined) expect(inlineText(ref)).toBe(text);
        },
      ),
    );
  });

  it('keep decimal and hex apart to the last', () => {
    expect(inlineText(decimalRef(INLINE_LIMIT - 1))).toBe('536870911');
    expect(inlineText(hexRef(INLINE_LIMIT - 1))).toBe('0x1fffffff');
    expect(inlineText(decimalRef(0))).toBe('0');
    expect(inlineText(hexRef(0))).toBe('0x0');
    expect(inlineRefOfText('007')).toBeUndefined();
    expect(inlineRefOfText('0x07')).toBeUndefined();
  });
});

describe('Dictionary', () => {
  it('numbers distinct texts in order and gives them back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3000 }), (texts) => {
        const dictionary = new Dictionary();
        const seen = new Map<string, number>();
        for (const text of texts) {
          const bytes = utf8(text);
          const id = dictionary.internBytes(bytes, 0, bytes.length);
          expect(id).toBe(seen.get(text) ?? seen.size);
          seen.set(text, id);
        }
        expect(dictionary.size).toBe(seen.size);
        for (const [text, id] of seen) {
          expect(dictionary.text(id)).toBe(text);
          expect(dictionary.idOfText(text)).toBe(id);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('takes in a batch of texts as one by one, known ones, numbers and what was cleared included', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.nat(99).map(String), fc.constant('same'));
    const given = new Dictionary();
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 60 }), { maxLength: 4 }), (batches) => {
        const whole = new Dictionary();
        const single = new Dictionary();
        for (const texts of batches) {
          given.clear();
          // As a decoder may: what looks like a number too.
          for (const text of texts) given.internBytes(utf8(text), 0, utf8(text).length);
          const { count, bytes, ends, hashes } = given.since(0);
          const refs = new Int32Array(count + 1);
          whole.internAll(bytes, ends, hashes, refs, 1);
          expect([...refs.subarray(1)]).toEqual([...new Set(texts)].map((text) => single.refOfText(text)));
        }
        expect(whole.size).toBe(single.size);
        for (let id = 0; id < whole.size; id++) expect(whole.text(id)).toBe(single.text(id));
      }),
    );
  });
});

/** Decodes plain objects through a builder, as a decoder would. */
function feed(builder: BatchBuilder, table: EventTable, events: { id: number; data: Record<string, string> }[]): void {
  for (const event of events) {
    const shape = builder.shapeFor('Ch', 'Prov', event.id);
    const head = builder.headFor({
      channel: 'Ch',
      provider: 'Prov',
      providerGuid: '',
      eventId: event.id,
      version: 0,
      level: 4,
      task: 1,
      opcode: 0,
      keywords: '',
      qualifiers: undefined,
      shape: shape.shape,
    });
    for (const [field, value] of Object.entries(event.data)) {
      shape.put(shape.slot(field) as number, builder.dictionary.refOfText(value));
    }
    shape.addRow(builder.count);
    builder.add({
      timeUs: 1_000_000 + event.id,
      flags: 0,
      head,
      computer: builder.dictionary.refOfText('HOST'),
      record: 1,
      offset: 0,
      length: 0,
      processId: ABSENT,
      threadId: ABSENT,
      writtenDeltaUs: 0,
    });
    if (builder.isFull) table.append(builder.take(0));
  }
  table.append(builder.take(0));
}

describe('EventTable', () => {
  it('holds what went in, over many batches, new fields and dictionary restarts', () => {
    const event = fc.record({
      id: fc.integer({ min: 1, max: 5 }),
      data: fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D'), fc.oneof(fc.string(), fc.nat().map(String))),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const table = new EventTable();
        feed(new BatchBuilder(7, 50), table, events);
        expect(table.count).toBe(events.length);
        events.forEach((given, id) => {
          const shape = table.shapeOf(id);
          expect(shape.eventId).toBe(given.id);
          const row = table.row.data[id] as number;
          const data: Record<string, string> = {};
          shape.fields.forEach((field, j) => {
            const text = table.text(shape.columns[j]?.data[row] as number);
            if (text !== undefined) data[field] = text;
          });
          expect(data).toEqual({ ...given.data });
          expect(table.text(table.computer.data[id] as number)).toBe('HOST');
        });
      }),
      { numRuns: 50 },
    );
  });

  it('takes the newest events back', () => {
    const table = new EventTable();
    const builder = new BatchBuilder();
    feed(builder, table, [{ id: 1, data: { A: 'x' } }]);
    feed(builder, table, [
      { id: 1, data: { A: 'y' } },
      { id: 2, data: { B: 'z' } },
    ]);
    table.truncate(1);
    feed(builder, table, [{ id: 1, data: { B: 'w' } }]);
    expect(table.count).toBe(2);
    const shape = table.shapeOf(1);
    expect(shape.fields.map((_, j) => table.text(shape.columns[j]?.data[1] as number))).toEqual([undefined, 'w']);
  });
});
