import { expect, it } from 'vitest';
import { EMPTY_FILTER } from '../../../shared/model/filter.ts';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import { naiveMatching } from '../../testing/naive-matching.ts';
import { CaseEvents } from '../case-events.ts';
import { EventTags } from '../event-tags.ts';
import { Pace } from '../pace.ts';
import { HitMarks } from '../rules/hits.ts';
import { fieldValues } from './counting/value-counts.ts';
import { viewFields } from './counting/view-fields.ts';
import { Views, type ViewSource } from './views.ts';

/** A thread on which every slice has taken its time: work rests wherever it can. */
class AlwaysDue extends Pace {
  rests = 0;

  override get isDue(): boolean {
    return true;
  }

  override rest(): Promise<boolean> {
    this.rests++;
    return super.rest();
  }
}

const COUNT = 20_000;

function source(): ViewSource {
  const events = new CaseEvents({ sets: [], ofSet: () => undefined, general: () => [] });
  events.start({ source: 0, name: 'a', path: '', bytes: 0 });
  const made = Array.from({ length: COUNT }, (_, i): MadeEvent => ({
    channel: 'Security',
    provider: 'p',
    eventId: 1,
    computer: 'c',
    timeUs: i,
    data: { Image: `C:\\${String((i * 7919) % COUNT)}` },
  }));
  for (const batch of makeBatches(new BatchBuilder(4096), made, 0)) events.table.append(batch);
  const marks = new HitMarks();
  marks.reserve(COUNT);
  return {
    events,
    marks,
    tags: new EventTags(),
    matching: naiveMatching(events.table),
    revision: 1,
    draftHits: new Int32Array(),
    isDraftHit: () => false,
    hitsOf: () => undefined,
  };
}

it('a newer view for the same slot ends an older one; one without a slot goes on', async () => {
  const from = source();
  const views = new Views();
  const sort = { field: 'Image', descending: false };
  const open = (slot?: string) =>
    views.open({ filter: EMPTY_FILTER, sort, ...(slot === undefined ? {} : { slot }) }, () => from);
  const [older, beside, newer] = await Promise.all([open('grid'), open(), open('grid')]);
  // The older may have been through before the newer one was asked for, but never after it.
  expect(older.ok ? 'done' : older.fault.code).toMatch(/^(?:done|cancelled)$/);
  expect(beside.ok).toBe(true);
  expect(newer).toMatchObject({ ok: true, value: { total: COUNT } });
});

it('counting rests often, and lets what is asked meanwhile go first', async () => {
  const from = source();
  const views = new Views();
  const opened = await views.open({ filter: EMPTY_FILTER, sort: { field: 'time', descending: false } }, () => from);
  const view = opened.ok ? views.get(opened.value.view) : opened;
  if (!view.ok) throw new Error(view.fault.message);
  const pace = new AlwaysDue(() => false);
  const order: string[] = [];
  const asked = { view: '', field: 'Image', limit: 10, rarestFirst: true };
  const counted = fieldValues(view.value, asked, from.events, pace).then((values) => {
    order.push('stacked');
    return values;
  });
  setImmediate(() => order.push('asked later'));
  expect(await counted).toMatchObject({ distinct: COUNT, absent: 0 });
  expect(order).toEqual(['asked later', 'stacked']);
  expect(pace.rests).toBeGreaterThan(3);
});

it('ends at the next rest once nobody wants the answer', async () => {
  const from = source();
  const views = new Views();
  const opened = await views.open({ filter: EMPTY_FILTER, sort: { field: 'time', descending: false } }, () => from);
  const view = opened.ok ? views.get(opened.value.view) : opened;
  if (!view.ok) throw new Error(view.fault.message);
  const pace: AlwaysDue = new AlwaysDue(() => pace.rests === 2);
  expect(await viewFields(view.value, from.events, pace)).toBeUndefined();
  expect(pace.rests).toBe(2);
});
