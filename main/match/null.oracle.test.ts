import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSigma } from '../../shared/catalog/dialects/sigma/read.ts';
import { LogFolder } from '../testing/read-log.ts';
import { projectRoot } from '../testing/corpus.ts';
import { createMatching } from './matching.ts';

/**
 * What `null`, the empty text and a field that is absent are to rules, from the file on. XML has no null: where an export
 * writes an event's data as JSON, null stands for an element without text.
 */
const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

const system = (id: number): object => ({ Provider: { '#attributes': { Name: 'P' } }, EventID: id, Channel: 'System' });
const dump = (id: number, EventData: object): string => JSON.stringify({ Event: { System: system(id), EventData } });
const flat = (id: number, more: object): string =>
  JSON.stringify({ EventID: id, Channel: 'System', SourceName: 'P', Keep: 'x', ...more });
const xml = (id: number, data: string): string =>
  `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="P"/><EventID>${id}</EventID>` +
  `<Channel>System</Channel></System><EventData>${data}</EventData></Event>`;

/** Event ids of the events that a selection hits. */
async function hits(selection: string, logs: readonly string[]): Promise<string[]> {
  const text = `title: T\nlogsource: {product: windows, service: system}\ndetection:\n  sel: {${selection}}\n  condition: sel\n`;
  const found: string[] = [];
  for (const log of logs) {
    const { table } = await folder.read(log);
    const plan = createMatching(table, join(projectRoot, 'rules')).compile(readSigma(text).rules);
    for (const shape of table.shapes) {
      plan.run(shape, 0, shape.count, (_, event) => found.push(String(table.headOf(event).eventId)));
    }
  }
  return found.sort();
}

const JSON_LINES = [
  flat(1, { A: null }),
  flat(2, { A: '' }),
  flat(3, {}),
  flat(4, { A: 'a' }),
  flat(5, { A: 'null' }),
  flat(6, { A: [null, null] }),
  flat(7, { A: [null, 'a'] }),
].join('\n');
const DUMPS = [dump(1, { A: null }), dump(2, { A: '' }), dump(3, { B: 'x' }), dump(4, { A: 'a' })].join('\n');
const XML = `<Events>${xml(1, '<Data Name="A"/>')}${xml(2, '<Data Name="A"></Data>')}${xml(3, '<Data Name="B">x</Data>')}${xml(4, '<Data Name="A">a</Data>')}</Events>`;

describe('null', () => {
  it.each([
    ['A: null', ['1', '3', '6']],
    ['A|exists: false', ['1', '3', '6']],
    ['A|exists: true', ['2', '4', '5', '7']],
    ["A: ''", ['2']],
    ["A: '*'", ['2', '4', '5', '7']],
    ['A: "null"', ['5']],
    ["A|neq: 'a'", ['1', '2', '3', '5', '6']],
    ["A: 'a'", ['4', '7']],
  ])('of a flat JSON event is a field that it does not have: %s', async (selection, wanted) => {
    expect(await hits(selection, [JSON_LINES])).toEqual(wanted);
  });

  it.each([
    ['A: null', ['3']],
    ['A|exists: true', ['1', '2', '4']],
    ["A: ''", ['1', '2']],
    ["A: '*'", ['1', '2', '4']],
  ])('of data that was XML is the empty text: %s', async (selection, wanted) => {
    expect(await hits(selection, [DUMPS])).toEqual(wanted);
    expect(await hits(selection, [XML])).toEqual(wanted);
  });
});
