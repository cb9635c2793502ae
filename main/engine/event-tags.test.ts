import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { withoutSources } from '../columns/without-sources.ts';
import { madeEvent } from '../testing/event-arbitrary.ts';
import { makeBatches } from '../testing/make-events.ts';
import { TAGS } from '../../shared/model/tag.ts';
import { EventTags } from './event-tags.ts';

const SOURCES = 3;

function tableOf(lists: readonly Parameters<typeof makeBatches>[1][]): EventTable {
  const table = new EventTable();
  const builder = new BatchBuilder(16);
  lists.forEach((events, source) => {
    for (const batch of makeBatches(builder, events, source)) table.append(batch);
  });
  return table;
}

describe('tags of events', () => {
  it('are set apart from notes, and gone when neither is left', () => {
    const tags = new EventTags();
    tags.set(4, { tag: 'star' });
    tags.set(4, { note: 'first sign' });
    tags.set(4, { tag: null });
    expect([tags.of(4), tags.count]).toEqual([{ tag: null, note: 'first sign' }, 1]);
    tags.set(4, { note: '' });
    expect([tags.has(4), tags.count, tags.of(4)]).toEqual([false, 0, { tag: null, note: '' }]);
  });

  it('stay with their events where the events of other files go', () => {
    const made = fc.array(fc.array(madeEvent, { maxLength: 12 }), { minLength: SOURCES, maxLength: SOURCES });
    fc.assert(
      fc.property(made, fc.array(fc.nat({ max: 40 })), fc.nat({ max: SOURCES - 1 }), (lists, tagged, gone) => {
        const table = tableOf(lists);
        const tags = new EventTags();
        for (const event of tagged) {
          if (event < table.count) tags.set(event, { tag: TAGS[event % TAGS.length] ?? null, note: `n${event}` });
        }
        const dropped = new Set([gone]);
        const kept = Array.from(tags.events()).filter((event) => table.source.data[event] !== gone);
        const records = kept.map((event) => [table.record.data[event], tags.of(event)]);
        const left = tags.without(table, dropped);
        const after = withoutSources(table, dropped);
        expect(Array.from(left.events(), (event) => [after.record.data[event], left.of(event)])).toEqual(records);
      }),
    );
  });

  it('come back to the records of a file that is read anew', () => {
    fc.assert(
      fc.property(fc.array(madeEvent, { minLength: 1, maxLength: 20 }), fc.nat(), (events, n) => {
        const table = tableOf([events]);
        const tagged = n % events.length;
        const tags = new EventTags();
        tags.set(tagged, { tag: 'malicious', note: 'here' });
        const left = tags.without(table, new Set([0]));
        expect(left.count).toBe(0);
        const again = tableOf([events]);
        left.arrived(again, 0);
        const of = (event: number): unknown[] => [again.record.data[event], again.timeUs.data[event]];
        expect(Array.from(left.events(), of)).toEqual([of(tagged)]);
      }),
    );
  });
});
