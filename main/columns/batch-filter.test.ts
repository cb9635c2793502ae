import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBatches, type MadeEvent } from '../testing/make-events.ts';
import { BatchBuilder } from './batch-builder.ts';
import { BatchFilter } from './batch-filter.ts';
import { eventData } from './event-data.ts';
import { EventTable } from './event-table.ts';

const event: fc.Arbitrary<MadeEvent> = fc.record({
  channel: fc.constantFrom('Security', 'System', ''),
  provider: fc.constantFrom('P', 'Q'),
  eventId: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  computer: fc.constantFrom('A', 'B'),
  timeUs: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
  recovered: fc.boolean(),
  data: fc.dictionary(fc.constantFrom('F', 'G', 'H'), fc.oneof(fc.string(), fc.nat().map(String))),
});

describe('BatchFilter', () => {
  it('keeps the events that were asked for, as they are, counts the others, and sends no value of theirs', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 120 }),
        fc.option(fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 })), { nil: undefined }),
        fc.option(fc.subarray(['SECURITY', 'system', '']), { nil: undefined }),
        (events, range, channels) => {
          const timeRange = range && { from: Math.min(...range), to: Math.max(...range) };
          const filter = new BatchFilter({ timeRange, channels });
          const table = new EventTable();
          const leftOut = { events: 0, recovered: 0 };
          // Small limits: many batches, and numbering that starts anew in between.
          for (const batch of makeBatches(new BatchBuilder(7, 60), events, 3)) {
            const rest = filter.take(batch, leftOut);
            if (rest) table.append(rest);
          }
          const wanted = events.flatMap((made, i) => {
            const { channel, timeUs } = made;
            const isInTime = !timeRange || timeUs === undefined || (timeUs >= timeRange.from && timeUs < timeRange.to);
            const isInChannel = !channels || channels.some((name) => name.toLowerCase() === channel.toLowerCase());
            return isInTime && isInChannel ? [{ made, i }] : [];
          });
          const others = events.length - wanted.length;
          expect(table.count).toBe(wanted.length);
          expect(leftOut.events + leftOut.recovered).toBe(others);
          wanted.forEach(({ made, i }, id) => {
            expect(table.record.data[id]).toBe(i + 1);
            expect(table.headOf(id)).toMatchObject({ channel: made.channel, provider: made.provider });
            expect(table.text(table.computer.data[id] as number)).toBe(made.computer);
            expect(eventData(table, id)).toEqual({ ...made.data });
          });
          const texts = new Set(wanted.flatMap(({ made }) => [made.computer, '4', ...Object.values(made.data)]));
          for (let id = 0; id < table.dictionary.size; id++) expect(texts).toContain(table.dictionary.text(id));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('changes nothing where all is asked for', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const [plain, filtered] = [new EventTable(), new EventTable()];
        const filter = new BatchFilter({ timeRange: { from: 0, to: 1000 }, channels: undefined });
        for (const batch of makeBatches(new BatchBuilder(7, 60), events, 0)) plain.append(batch);
        for (const batch of makeBatches(new BatchBuilder(7, 60), events, 0)) {
          const rest = filter.take(batch, { events: 0, recovered: 0 });
          if (rest) filtered.append(rest);
        }
        expect(filtered.count).toBe(plain.count);
        for (let id = 0; id < plain.count; id++) expect(eventData(filtered, id)).toEqual(eventData(plain, id));
        expect(filtered.dictionary.size).toBe(plain.dictionary.size);
      }),
      { numRuns: 30 },
    );
  });
});
