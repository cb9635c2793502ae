import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { occurrenceName } from '../../../columns/event-data.ts';
import { LogFolder } from '../../../testing/read-log.ts';
import { evtxBytes } from '../../evtx-writer/evtx-writer.ts';
import type { WriterEvent, WriterField } from '../../evtx-writer/writer-event.ts';
import { readAll } from './read-all.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

const base: WriterEvent = {
  provider: { name: 'P', guid: '{11111111-2222-3333-4444-555555555555}' },
  channel: 'C',
  computer: 'H',
  eventId: 1,
  time: { us: 1_700_000_000_000_000, ns: 0 },
};

async function fieldsOf(...events: (readonly WriterField[])[]): Promise<Readonly<Record<string, string>>[]> {
  const path = folder.write(evtxBytes(events.map((data) => ({ ...base, data }))));
  const { report, events: read } = await readAll(path);
  expect(report).toMatchObject({ events: events.length, damaged: 0, faultCount: 0 });
  return read.map(({ fields }) => fields);
}

const one = (name: string, value: string): WriterField => ({ name, type: 'string', value });
const many = (name: string, ...value: string[]): WriterField => ({ name, type: 'strings', value });

/** The names that each value should get: its own, or of that the next number that is free. */
function named(fields: readonly WriterField[]): Record<string, string> {
  const taken: Record<string, string> = {};
  for (const field of fields) {
    const values = field.type === 'strings' ? field.value : [field.type === 'string' ? field.value : ''];
    for (const value of values) {
      let n = 1;
      while (occurrenceName(field.name ?? 'Data', n) in taken) n++;
      taken[occurrenceName(field.name ?? 'Data', n)] = value;
    }
  }
  return taken;
}

describe('a field really named as the second of another', () => {
  it('keeps its place where it comes first, and takes none where it comes last', async () => {
    const read = await fieldsOf(
      [one('X[2]', 'literal'), many('X', 'a', 'b')],
      [many('X', 'a', 'b', 'c'), one('X[2]', 'literal')],
      [one('X', 'a'), one('X[2]', 'literal'), one('X', 'b')],
      [one('Y', 'a'), many('X', 'b', 'c')],
    );
    expect(read).toEqual([
      { 'X[2]': 'literal', X: 'a', 'X[3]': 'b' },
      { X: 'a', 'X[2]': 'b', 'X[3]': 'c', 'X[2][2]': 'literal' },
      { X: 'a', 'X[2]': 'literal', 'X[3]': 'b' },
      { Y: 'a', X: 'b', 'X[2]': 'c' },
    ]);
  });

  it('loses no value, whatever the names and their order', async () => {
    const name = fc.constantFrom('X', 'X[2]', 'X[3]', 'X[2][2]', 'Y');
    const values = fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 4,
    });
    const field = fc
      .tuple(name, values, fc.boolean())
      .map(([name, values, isArray]) => (isArray ? many(name, ...values) : one(name, values[0] as string)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(field, { maxLength: 6 }), { minLength: 1, maxLength: 20 }), async (events) => {
        expect(await fieldsOf(...events)).toEqual(events.map(named));
      }),
      { numRuns: 40 },
    );
  });

  it('is kept where the shape has no column left, as is one named as what every object has', async () => {
    const data = [
      ...Array.from({ length: 520 }, (_, i) => one(`F${i}`, String(i))),
      one('X[2]', 'literal'),
      many('X', 'a', 'b'),
      one('__proto__', 'c'),
    ];
    const [read] = await fieldsOf(data);
    const { _overflow: overflow, ...fields } = read ?? {};
    const rest = JSON.parse(overflow ?? '{}') as Record<string, string>;
    expect(Object.entries(rest).slice(-4)).toEqual([
      ['X[2]', 'literal'],
      ['X', 'a'],
      ['X[3]', 'b'],
      ['__proto__', 'c'],
    ]);
    expect(Object.keys(fields).length + Object.keys(rest).length).toBe(524);
  });
});
