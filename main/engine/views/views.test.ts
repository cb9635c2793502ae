import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { madeEvent } from '../../testing/event-arbitrary.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import { naiveMatching } from '../../testing/naive-matching.ts';
import type { CallInput } from '../../../shared/ipc/contract.ts';
import type { FilterChip, ViewFilter } from '../../../shared/model/filter.ts';
import { LEVELS, levelRank } from '../../../shared/model/severity.ts';
import { CaseEvents } from '../case-events.ts';
import { EventTags } from '../event-tags.ts';
import { compareTexts } from './values/text-keys.ts';
import { HitMarks } from '../rules/hits.ts';
import { sortByKey, TimeOrder } from './time-order.ts';
import { Pace } from '../pace.ts';
import { histogram } from './counting/histogram.ts';
import { fieldValues } from './counting/value-counts.ts';
import { viewFields } from './counting/view-fields.ts';
import { locate, Views, VIEW_LIMIT, type View, type ViewSource } from './views.ts';

const FILES = ['logs/Sysmon.evtx', 'logs/Security.evtx'];

/** A case with two files: the events in halves. Rule `r1` (high) hits the events of `hits`, the draft those of `draft`. */
function sourceOf(made: readonly MadeEvent[], hits: ReadonlySet<number>, draft: ReadonlySet<number>): ViewSource {
  const events = new CaseEvents({ sets: [], ofSet: () => undefined, general: () => [] });
  const half = made.length >> 1;
  const builder = new BatchBuilder(9);
  [made.slice(0, half), made.slice(half)].forEach((part, source) => {
    events.start({ source, name: FILES[source] as string, path: '', bytes: 0 });
    for (const batch of makeBatches(builder, part, source)) {
      const first = events.table.count;
      events.table.append(batch);
      events.count(first);
      events.order.ids(); // so that the order is also made step by step
    }
  });
  const marks = new HitMarks();
  marks.reserve(made.length);
  for (const event of hits) marks.add({ slot: 0, level: 'high' }, event);
  const sorted = (set: ReadonlySet<number>): Int32Array => Int32Array.from(set).sort();
  return {
    events,
    marks,
    tags: new EventTags(),
    matching: naiveMatching(events.table),
    revision: 1,
    draftHits: sorted(draft),
    isDraftHit: (event) => draft.has(event),
    hitsOf: (rule) => (rule === 'r1' ? sorted(hits) : undefined),
  };
}

/** The text of a field of an event as it was written down. */
function textOf(made: readonly MadeEvent[], event: number, field: string): string | undefined {
  const { channel, provider, eventId, computer, data } = made[event] as MadeEvent;
  switch (field) {
    case 'Channel':
      return channel || undefined;
    case 'Provider_Name':
      return provider;
    case 'EventID':
      return eventId?.toString();
    case 'Computer':
      return computer;
    case 'RecordID':
      return String((event < made.length >> 1 ? event : event - (made.length >> 1)) + 1);
    case 'File':
      return FILES[event < made.length >> 1 ? 0 : 1];
    default: {
      // Another case of the name is second best.
      const other = Object.keys(data).find((name) => name.toLowerCase() === field.toLowerCase());
      return Object.hasOwn(data, field) ? data[field] : other === undefined ? undefined : data[other];
    }
  }
}

function chipHolds(made: readonly MadeEvent[], event: number, { field, op, value, negated }: FilterChip): boolean {
  const texts = [textOf(made, event, field), ...(field === 'Data' ? [textOf(made, event, 'Data[2]')] : [])]
    .filter((text) => text !== undefined)
    .map((text) => text.toLowerCase());
  const wanted = value.toLowerCase();
  const holds = {
    eq: texts.includes(wanted),
    contains: texts.some((text) => text.includes(wanted)),
    starts_with: texts.some((text) => text.startsWith(wanted)),
    ends_with: texts.some((text) => text.endsWith(wanted)),
    is_null: texts.length === 0,
    is_not_null: texts.length > 0,
  }[op as 'eq'];
  return holds !== negated;
}

function passes(
  made: readonly MadeEvent[],
  event: number,
  filter: ViewFilter,
  hits: ReadonlySet<number>,
  draft: ReadonlySet<number>,
): boolean {
  const { timeUs, data, channel, provider, computer } = made[event] as MadeEvent;
  const { chips, text, range, of } = filter;
  if (range && (timeUs === undefined || timeUs < range.fromUs || timeUs >= range.toUs)) return false;
  if (of.kind === 'draft' ? !draft.has(event) : of.kind !== 'all' && !hits.has(event)) return false;
  const values = [...Object.values(data), channel, provider, computer];
  if (text !== '' && !values.some((value) => value.toLowerCase().includes(text.toLowerCase()))) return false;
  return chips.every((chip) => !chip.enabled || chipHolds(made, event, chip));
}

const FIELDS = ['Image', 'CommandLine', 'Data', 'Channel', 'EventID', 'Computer', 'File', 'a"b', 'Absent', 'RecordID'];
const chip: fc.Arbitrary<FilterChip> = fc.record({
  field: fc.constantFrom(...FIELDS),
  op: fc.constantFrom('eq', 'contains', 'starts_with', 'ends_with', 'is_null', 'is_not_null'),
  value: fc.constantFrom('', '4', '443', 'cmd.exe', 'C:\\', 'ws-01', 'security', 'SECURITY.EVTX'),
  negated: fc.boolean(),
  enabled: fc.boolean(),
});
const filter: fc.Arbitrary<ViewFilter> = fc.record({
  chips: fc.array(chip, { maxLength: 3 }),
  text: fc.constantFrom('', '', '', 'e', '44'),
  range: fc.option(
    fc.record({ fromUs: fc.integer({ min: -6e6, max: 6e6 }), toUs: fc.integer({ min: -6e6, max: 6e6 }) }),
  ),
  of: fc.constantFrom<ViewFilter['of']>(
    { kind: 'all' },
    { kind: 'hits' },
    { kind: 'draft' },
    { kind: 'rule', rule: 'r1' },
  ),
});
const marked = fc.array(madeEvent, { maxLength: 80 }).chain((made) => {
  const some = fc.uniqueArray(fc.nat(Math.max(0, made.length - 1)), { maxLength: made.length });
  return fc.record({ made: fc.constant(made), hits: some, draft: some });
});

/** Never cancelled. */
const unhurried = (): Pace => new Pace(() => false);

function finished<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it was cancelled');
  return value;
}

async function opened(
  source: ViewSource,
  input: CallInput<'view.open'>,
): Promise<{ view: View; total: number; hits: number }> {
  const views = new Views();
  const answer = await views.open(input, () => source);
  if (!answer.ok) throw new Error(answer.fault.message);
  const view = views.get(answer.value.view);
  if (!view.ok) throw new Error(view.fault.message);
  return { view: view.value, total: answer.value.total, hits: answer.value.hits };
}

describe('a view', () => {
  it('shows what a plain filter lets through, in the order asked for', async () => {
    const sort = fc.record({ field: fc.constantFrom('time', 'Severity', ...FIELDS), descending: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(marked, filter, sort, async ({ made, hits, draft }, wanted, sorted) => {
        const [hitSet, draftSet] = [new Set(hits), new Set(draft)];
        const source = sourceOf(made, hitSet, draftSet);
        const { view, total, hits: hitCount } = await opened(source, { filter: wanted, sort: sorted });
        const times = made.map(({ timeUs }) => timeUs ?? Infinity);
        const expected = made
          .map((_, event) => event)
          .filter((event) => passes(made, event, wanted, hitSet, draftSet))
          .sort((a, b) => (times[a] === times[b] ? a - b : (times[a] as number) - (times[b] as number)));
        const sign = sorted.descending ? -1 : 1;
        if (sorted.field === 'time' && sorted.descending) {
          const untimed = expected.findIndex((event) => times[event] === Infinity);
          const timed = untimed < 0 ? expected.length : untimed;
          expected.splice(0, timed, ...expected.slice(0, timed).reverse());
        } else if (sorted.field === 'Severity') {
          expected.sort((a, b) => sign * (Number(hitSet.has(a)) - Number(hitSet.has(b))));
        } else if (sorted.field !== 'time') {
          expected.sort((a, b) => {
            const [left, right] = [textOf(made, a, sorted.field), textOf(made, b, sorted.field)];
            if (left === undefined || right === undefined)
              return Number(left === undefined) - Number(right === undefined);
            return sign * compareTexts(left, right);
          });
        }
        expect([...view.events]).toEqual(expected);
        expect(total).toBe(expected.length);
        expect(hitCount).toBe(expected.filter((event) => hitSet.has(event)).length);
        for (const [index, event] of view.events.entries()) {
          expect(locate(view, { event }, source.events)).toEqual({ index, exact: true });
        }
      }),
      { numRuns: 150 },
    );
  });

  it('finds the nearest event in time', async () => {
    await fc.assert(
      fc.asyncProperty(
        marked,
        fc.integer({ min: -6e6, max: 6e6 }),
        fc.constantFrom('time', 'Image'),
        fc.boolean(),
        async ({ made }, timeUs, field, descending) => {
          const source = sourceOf(made, new Set(), new Set());
          const all: ViewFilter = { chips: [], text: '', range: null, of: { kind: 'all' } };
          const { view } = await opened(source, { filter: all, sort: { field, descending } });
          const { index } = locate(view, { timeUs }, source.events);
          const distances = [...view.events].map((event) => Math.abs((made[event]?.timeUs ?? Infinity) - timeUs));
          const least = Math.min(...distances);
          if (Number.isFinite(least)) expect(distances[index]).toBe(least);
          else expect(index).toBe(0);
        },
      ),
    );
  });

  it('counts by time, value and field what it shows', async () => {
    const span = fc.integer({ min: -6e6, max: 6e6 });
    await fc.assert(
      fc.asyncProperty(
        marked,
        filter,
        fc.record({ fromUs: span, toUs: span, buckets: fc.integer({ min: 1, max: 40 }) }),
        fc.constantFrom(...FIELDS),
        fc.boolean(),
        fc.boolean(),
        async ({ made, hits, draft }, wanted, time, field, descending, rarestFirst) => {
          const sign = rarestFirst ? 1 : -1;
          const source = sourceOf(made, new Set(hits), new Set(draft));
          const { view } = await opened(source, { filter: wanted, sort: { field: 'time', descending } });
          const shown = [...view.events];
          const inRange = shown.filter((event) => {
            const us = made[event]?.timeUs;
            return us !== undefined && us >= time.fromUs && us < time.toUs;
          });
          const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
          const counted = finished(await histogram(view, { view: '', ...time }, source, unhurried()));
          expect(counted.events).toHaveLength(time.buckets);
          expect(sum(counted.events)).toBe(inRange.length);
          expect(counted.hits.map(sum)).toEqual(
            LEVELS.map((level) => (level === 'high' ? inRange.filter((event) => hits.includes(event)).length : 0)),
          );
          expect(sum(counted.draft)).toBe(inRange.filter((event) => draft.includes(event)).length);

          const byValue = new Map<string, number[]>();
          for (const event of shown) {
            const text = textOf(made, event, field);
            if (text !== undefined) byValue.set(text, [...(byValue.get(text) ?? []), event]);
          }
          const asked = { view: '', field, limit: 3, rarestFirst };
          const values = finished(await fieldValues(view, asked, source.events, unhurried()));
          expect(values.distinct).toBe(byValue.size);
          expect(values.absent + sum([...byValue.values()].map(({ length }) => length))).toBe(shown.length);
          expect(values.values).toEqual(
            [...byValue]
              .sort((a, b) => sign * (a[1].length - b[1].length) || compareTexts(a[0], b[0]))
              .slice(0, 3)
              .map(([value, events]) => ({
                value,
                events: events.length,
                hosts: new Set(events.map((event) => made[event]?.computer)).size,
              })),
          );

          const listed = new Map(
            finished(await viewFields(view, source.events, unhurried())).map((entry) => [entry.field, entry.events]),
          );
          expect(listed.get('Channel') ?? 0).toBe(shown.length);
          expect(listed.get('Image') ?? 0).toBe(shown.filter((event) => made[event]?.data.Image !== undefined).length);
          expect(listed.get('Data') ?? 0).toBe(
            shown.filter((event) => ['Data', 'Data[2]'].some((name) => textOf(made, event, name) !== undefined)).length,
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is dropped when too many others were opened since, and says so', async () => {
    const source = sourceOf([], new Set(), new Set());
    const views = new Views();
    const all: ViewFilter = { chips: [], text: '', range: null, of: { kind: 'all' } };
    const ids: string[] = [];
    for (let i = 0; i <= VIEW_LIMIT; i++) {
      const answer = await views.open({ filter: all, sort: { field: 'time', descending: false } }, () => source);
      if (answer.ok) ids.push(answer.value.view);
    }
    expect(ids.map((id) => views.has(id))).toEqual([false, ...Array<boolean>(VIEW_LIMIT).fill(true)]);
  });
});

describe('sorting', () => {
  it('by a number is stable and complete', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 30 })), (keys) => {
        const ids = Int32Array.from(keys.keys());
        const expected = [...ids].sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
        expect([...sortByKey(ids, Float64Array.from(keys))]).toEqual(expected);
      }),
    );
  });

  it('keeps the order of time when events are taken back', () => {
    const made = fc.sample(madeEvent, { numRuns: 40, seed: 1 });
    const table = new EventTable();
    const order = new TimeOrder(table);
    for (const batch of makeBatches(new BatchBuilder(), made, 0)) table.append(batch);
    order.ids();
    table.truncate(15);
    const fresh = new TimeOrder(table);
    expect([...order.ids()]).toEqual([...fresh.ids()]);
    expect(order.timed()).toBe(fresh.timed());
  });

  it('puts numbers first, by value', () => {
    const texts = ['b', '10', 'A', '9', '0x10', 'a', '-1', ''];
    expect(texts.sort(compareTexts)).toEqual(['-1', '9', '10', '0x10', '', 'A', 'a', 'b']);
  });
});

describe('marks', () => {
  it('tell the most severe hit and all counts', () => {
    const hit = fc.tuple(fc.nat(9), fc.nat(4));
    fc.assert(
      fc.property(fc.array(hit), (hits) => {
        const marks = new HitMarks();
        marks.reserve(10);
        for (const [event, rank] of hits) marks.add({ slot: rank, level: LEVELS[rank] ?? 'low' }, event);
        for (let event = 0; event < 10; event++) {
          const ranks = hits.filter(([of]) => of === event).map(([, rank]) => rank);
          expect(marks.countOf(event)).toBe(ranks.length);
          expect(marks.bestOf(event)).toBe(ranks.length === 0 ? undefined : Math.max(...ranks));
          const level = marks.levelOf(event);
          expect(level === null ? -1 : levelRank(level)).toBe(Math.max(-1, ...ranks));
        }
        expect(marks.events).toBe(new Set(hits.map(([event]) => event)).size);
        expect(marks.byLevel).toEqual(LEVELS.map((_, rank) => hits.filter(([, of]) => of === rank).length));
      }),
    );
  });
});
