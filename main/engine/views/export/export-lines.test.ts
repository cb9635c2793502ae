import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchBuilder } from '../../../columns/batch-builder.ts';
import { eventData } from '../../../columns/event-data.ts';
import { projectRoot } from '../../../testing/corpus.ts';
import { madeEvent } from '../../../testing/event-arbitrary.ts';
import { makeBatches, type MadeEvent } from '../../../testing/make-events.ts';
import { naiveMatching } from '../../../testing/naive-matching.ts';
import { CaseEvents } from '../../case-events.ts';
import { EventTags } from '../../event-tags.ts';
import { Pace } from '../../pace.ts';
import { HitMarks } from '../../rules/hits.ts';
import { RuleSet } from '../../rules/rule-set.ts';
import { readEventTitles } from '../event-titles.ts';
import type { RowSource } from '../rows.ts';
import { CsvLines, csvCell } from './csv-lines.ts';
import { JsonLines } from './json-lines.ts';
import { RuleTitles } from './rule-titles.ts';

const titles = readEventTitles(join(projectRoot, 'rules'));

function sourceOf(made: readonly MadeEvent[]): RowSource {
  const events = new CaseEvents({ sets: [], ofSet: () => undefined, general: () => [] });
  events.start({ source: 0, name: 'a, "b".evtx', path: '', bytes: 0 });
  for (const batch of makeBatches(new BatchBuilder(9), made, 0)) events.table.append(batch);
  const tags = new EventTags();
  if (made.length > 1) tags.set(1, { tag: null, note: '=1,"x"\nsecond line' });
  return {
    events,
    tags,
    titles,
    marks: new HitMarks(),
    matching: naiveMatching(events.table),
    rules: new RuleSet(),
    revision: 1,
    draftHits: new Int32Array(),
    isDraftHit: () => false,
    hitsOf: () => undefined,
  };
}

/** Values that a table or JSON must quote, and some that a spreadsheet would run. */
const awkward = fc.constantFrom('a,b', '"', '=1+1', '-2', 'x\ny', '\r', '\u2028', '\\', '', '＝1', '@x');
const events = fc.array(
  fc.tuple(madeEvent, fc.option(awkward)).map(([event, value]) => ({
    ...event,
    data: value === null ? event.data : { ...event.data, Image: value },
  })),
  { maxLength: 20 },
);

it('are read back as what the events are', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (made) => {
      const source = sourceOf(made);
      const { table } = source.events;
      const csv = new CsvLines(['Image', 'Absent'], source);
      const titles = await RuleTitles.make(source, new Pace(() => false));
      if (!titles) throw new Error('cancelled');
      const json = new JsonLines(source, titles);
      const text = csv.heading + made.map((_, event) => csv.of(event)).join('');
      const rows = parse<Record<string, string>>(text, { columns: true });
      expect(rows).toHaveLength(made.length);
      made.forEach((event, i) => {
        const guarded = (value: string): string => (/^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value);
        expect(rows[i]).toMatchObject({
          computer: event.computer,
          event_id: String(event.eventId ?? ''),
          file: 'a, "b".evtx',
          Image: guarded(event.data['Image'] ?? event.data['image'] ?? ''),
          Absent: '',
          note: i === 1 ? '\'=1,"x"\nsecond line' : '',
        });
        const line = JSON.parse(json.of(i)) as Record<string, unknown>;
        expect(line).toMatchObject({
          recordId: table.record.data[i],
          channel: event.channel,
          provider: event.provider,
          eventId: event.eventId ?? null,
          computer: event.computer,
          level: null,
          rules: [],
          ...(i === 1 ? { note: '=1,"x"\nsecond line' } : {}),
        });
        expect(line['data']).toEqual({ ...eventData(table, i) });
      });
    }),
    { numRuns: 100 },
  );
});

it('guards what a spreadsheet would run, and quotes what needs it', () => {
  expect(['=a', "'=a", 'a"b', 'a\nb', 'plain', ''].map(csvCell)).toEqual([
    "'=a",
    "'=a",
    '"a""b"',
    '"a\nb"',
    'plain',
    '',
  ]);
});
