import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { createMatching } from '../../match/matching.ts';
import { madeEvent } from '../../testing/event-arbitrary.ts';
import { makeBatches } from '../../testing/make-events.ts';
import { TextSearch } from './text-search.ts';

const contentFolder = fileURLToPath(new URL('../../../rules', import.meta.url));

it('finds what a keyword of a rule finds', () => {
  // K (Kelvin) and ſ (long s) fold into ASCII.
  const awkward = fc.constantFrom('\u212aelvin', 'a\u017f', 'É', 'é', 'ÉTAT cmd', '😀x');
  const events = fc.array(
    fc.tuple(madeEvent, fc.option(awkward)).map(([event, value]) => ({
      ...event,
      data: value === null ? event.data : { ...event.data, Image: value },
    })),
    { maxLength: 30 },
  );
  const needle = fc.oneof(
    fc.constantFrom('k', 'Kelvin', 's', 'é', 'état', '4', '0X3', 'e7', 'ws-', 'SYSMON', '\\', '😀', 'm', '\0', 'other'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }),
  );
  const span = { start: 0, end: 0 };
  fc.assert(
    fc.property(events, needle, (made, text) => {
      const table = new EventTable();
      for (const batch of makeBatches(new BatchBuilder(), made, 0)) table.append(batch);
      const search = new TextSearch(table, text);
      const marks = new Uint8Array(table.count);
      const scan = createMatching(table, contentFolder).compileExpr({
        kind: 'predicate',
        field: 'keyword',
        op: 'contains',
        values: [{ text, span }],
        quantifier: 'any',
        caseSensitive: false,
        native: '',
        span,
      });
      const expected = new Uint8Array(table.count);
      for (const shape of table.shapes) {
        search.run(shape, 0, shape.count, marks);
        scan.run(shape, 0, shape.count, (event) => (expected[event] = 1));
      }
      expect([...marks]).toEqual([...expected]);
    }),
    { numRuns: 150 },
  );
});
