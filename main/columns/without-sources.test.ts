import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventsOf } from '../ingest/evtx/parity/read-all.ts';
import { madeEvent } from '../testing/event-arbitrary.ts';
import { makeBatches } from '../testing/make-events.ts';
import { BatchBuilder } from './batch-builder.ts';
import { EventTable } from './event-table.ts';
import { withoutSources } from './without-sources.ts';

it('is the table that the other sources alone would have given', () => {
  const source = fc.tuple(fc.nat(3), fc.array(madeEvent, { maxLength: 6 }));
  fc.assert(
    fc.property(fc.array(source, { maxLength: 6 }), fc.uniqueArray(fc.nat(3)), (parts, dropped) => {
      const read = (wanted: (number: number) => boolean): EventTable => {
        const table = new EventTable();
        for (const [number, events] of parts) {
          if (wanted(number)) for (const batch of makeBatches(new BatchBuilder(4), events, number)) table.append(batch);
        }
        return table;
      };
      const gone = new Set(dropped);
      const left = withoutSources(
        read(() => true),
        gone,
      );
      expect(eventsOf(left)).toEqual(eventsOf(read((number) => !gone.has(number))));
      // It goes on like any other.
      for (const [number, events] of parts) {
        if (gone.has(number)) for (const batch of makeBatches(new BatchBuilder(4), events, number)) left.append(batch);
      }
      expect(left.count).toBe(read(() => true).count);
      for (let event = 0; event < left.count; event++) {
        expect(left.shapeOf(event).events.data[left.row.data[event] as number]).toBe(event);
      }
    }),
    { numRuns: 60 },
  );
});
