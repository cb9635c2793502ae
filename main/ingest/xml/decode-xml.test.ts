import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { corpusPath } from '../../testing/corpus.ts';
import { encodings, LogFolder, readLog, type ReadLog } from '../../testing/read-log.ts';
import { readRaw } from '../decode.ts';
import { evtxFiles, type ReadEvent } from '../evtx/parity/read-all.ts';
import { readRawEvtx } from '../evtx/read-raw-evtx.ts';
import { arbitraryEvent } from '../evtx-writer/arbitrary-events.ts';
import { evtxBytes } from '../evtx-writer/evtx-writer.ts';

const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

/** The XML of each event of an EVTX file. */
function xmlOf(log: ReadLog): string[] {
  return log.events.map(({ offset }) => {
    const raw = readRawEvtx(log.path, offset);
    if (!raw.ok) throw new Error(raw.fault.message);
    return raw.value.text;
  });
}

// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * What an event is, but for what XML cannot tell: an empty text from none, characters that it forbids, and where the
 * event is.
 */
function told({ head, time, computer, processId, threadId, record, fields }: ReadEvent): unknown {
  const texts = Object.entries(fields)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => [name, text.replace(FORBIDDEN, '\ufffd')] as const);
  return { head, time, computer, processId, threadId, record, fields: Object.fromEntries(texts) };
}

describe('XML of EVTX records', () => {
  it('gives the same events as the records, written by us', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => value.trim() !== '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryEvent({ text, negative: true }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('utf8', 'bom', 'le', 'be'),
        fc.boolean(),
        async (events, encoding, isWrapped) => {
          const evtx = await folder.read(evtxBytes(events));
          const texts = xmlOf(evtx);
          const all = isWrapped ? `<?xml version="1.0"?>\n<Events>${texts.join('')}</Events>` : texts.join('\n');
          const xml = await folder.read(encodings(all)[encoding], 3);
          expect(xml.report).toMatchObject({ format: 'xml', state: 'read', damaged: 0, faults: [] });
          expect(xml.events.map(told)).toEqual(evtx.events.map(told));
          for (const [i, { offset, length }] of xml.events.entries()) {
            expect(await readRaw(xml.path, 'xml', offset, length)).toEqual({
              ok: true,
              value: { text: texts[i], language: 'xml' },
            });
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  const corpus = corpusPath('corpus', 'evtx');
  it.skipIf(corpus === undefined)('gives the same events as the records, of real logs', async () => {
    const paths = evtxFiles(corpus as string).filter((_, i) => i % 16 === 0);
    let compared = 0;
    for (const path of paths) {
      const evtx = await readLog(path);
      if (evtx.events.length === 0 || evtx.events.length > 300) continue;
      const xml = await folder.read(`<Events>\n${xmlOf(evtx).join('\n')}\n</Events>\n`);
      expect(xml.report.damaged).toBe(0);
      expect(xml.events.map(told)).toEqual(evtx.events.map(told));
      compared += xml.events.length;
    }
    expect(compared).toBeGreaterThan(100);
  });
});

const event = (record: number, data = '<Data Name="Image">C:\\a&amp;b.exe</Data>'): string =>
  `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="P"/><EventID Qualifiers="3">7</EventID>` +
  `<TimeCreated SystemTime="2024-05-01T08:15:02.1234567Z"/><EventRecordID>${record}</EventRecordID><Channel>Security</Channel>` +
  `<Computer>ws01</Computer></System><EventData>${data}</EventData></Event>`;
const records = (log: ReadLog): number[] => log.events.map(({ record }) => record);

describe('XML files', () => {
  it('keep what an export says in words', async () => {
    const rendering = `<RenderingInfo Culture="en-US"><Message>Hello,\nyou</Message><Level>Information</Level><Keywords><Keyword>A</Keyword><Keyword>B</Keyword></Keywords></RenderingInfo>`;
    const log = await folder.read(event(1).replace('</Event>', `${rendering}</Event>`));
    expect(log.events[0]).toMatchObject({
      head: { channel: 'Security', provider: 'P', eventId: 7, qualifiers: 3 },
      time: '2024-05-01T08:15:02.1234567Z',
      computer: 'ws01',
    });
    expect(log.data(0)).toEqual({
      Image: 'C:\\a&b.exe',
      'RenderingInfo.Culture': 'en-US',
      'RenderingInfo.Message': 'Hello,\nyou',
      'RenderingInfo.Level': 'Information',
      'RenderingInfo.Keywords.Keyword': ['A', 'B'],
    });
  });

  it('may have lines of evtx_dump, and an Event among the data', async () => {
    const inner = '<UserData><X><Event><Y>1</Y></Event></X></UserData>';
    const text = `Record 1\n<?xml version="1.0" encoding="utf-8"?>\n${event(1)}\nRecord 2\n${event(2, '').replace('<EventData></EventData>', inner)}\n`;
    const log = await folder.read(text);
    expect(log.report).toMatchObject({ state: 'read', events: 2, faults: [] });
    expect(log.data(1)).toEqual({ 'Event.Y': '1' });
  });

  it.each([
    ['a tag that is not closed', event(2).replace('</Data>', ''), 'unexpected close tag'],
    ['an attribute without its end', event(2).replace('Name="Image">', 'Name="Image>'), ''],
    ['a cut', event(2).slice(0, 200), 'cut off'],
    ['a cut within a tag', event(2).slice(0, event(2).length - 3), 'cut off'],
    ['no System', '<Event><EventData/></Event>', 'no System'],
    ['stray text', 'what is this', 'Not an event'],
    ['too many elements', event(2, '<a>'.repeat(100) + '</a>'.repeat(100)), 'more than 64'],
  ])('lose only the event with %s', async (_, broken, message) => {
    const log = await folder.read(`<Events>\n${event(1)}\n${broken}\n${event(3)}\n</Events>`);
    expect(records(log)).toEqual([1, 3]);
    expect(log.report).toMatchObject({ state: 'read', events: 2, damaged: 1, faultCount: 1 });
    const [fault] = log.report.faults;
    expect(fault?.message).toContain(message);
    expect(fault).toMatchObject({ code: 'damaged-source', line: 3, offset: `<Events>\n${event(1)}\n`.length });
  });

  it('read characters that XML forbids, and say so', async () => {
    const log = await folder.read(event(1, '<Data Name="a">x\u0001y</Data>'));
    expect(log.data(0)).toEqual({ a: 'x\u0001y' });
    expect(log.report).toMatchObject({ events: 1, damaged: 0, faultCount: 1 });
  });

  it('tell where they end too early', async () => {
    const log = await folder.read(`<Events>${event(1)}\n${event(2).slice(0, 300)}`);
    expect(log.report).toMatchObject({ state: 'partial', events: 1, damaged: 1 });
    expect(log.report.faults).toMatchObject([{ line: 2, message: 'The file ends within the event that begins here' }]);
    const open = await folder.read(`<Events>${event(1)}\n`);
    expect(open.report).toMatchObject({ state: 'partial', events: 1, damaged: 0, faultCount: 1 });
  });

  it('do not keep an event without end in memory', async () => {
    const log = await folder.read(`${event(1)}\n${event(2, 'x'.repeat(17 << 20))}\n${event(3)}`);
    expect(records(log)).toEqual([1, 3]);
    expect(log.report.faults).toMatchObject([{ code: 'too-large', line: 2 }]);
  });

  it('give the same whatever is done to them, or faults, but never fail', async () => {
    const text = `<Events>\n${[1, 2, 3].map((n) => event(n)).join('\n')}\n</Events>`;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: text.length - 1 }),
        fc.nat(60),
        fc.string({ maxLength: 5 }),
        async (at, size, put) => {
          const log = await folder.read(text.slice(0, at) + put + text.slice(at + size));
          const { events, damaged, faultCount } = log.report;
          expect(events + damaged + faultCount).toBeGreaterThanOrEqual(2);
          expect(events).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 50 },
    );
  });
});
