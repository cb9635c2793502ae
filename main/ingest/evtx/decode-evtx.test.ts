import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { corpusPath } from '../../testing/corpus.ts';
import { evtxBytes } from '../evtx-writer/evtx-writer.ts';
import type { WriterEvent } from '../evtx-writer/writer-event.ts';
import { Damage } from './container/damage.ts';
import { EvtxFile } from './container/file.ts';
import { liveEnd, walkRecords } from './container/walk.ts';
import { decodeEvtx } from './decode-evtx.ts';
import { eventsOf, evtxFiles, readAll, type ReadEvent } from './parity/read-all.ts';
import { sampleEvents, VALUES } from './parity/sample-events.ts';
import { readRawEvtx } from './read-raw-evtx.ts';
import { RecordDecoder } from './record.ts';

const folder = mkdtempSync(join(tmpdir(), 'evtx-read-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(bytes: Uint8Array): string {
  const path = join(folder, `${files++}.evtx`);
  writeFileSync(path, bytes);
  return path;
}

const guid = '{11111111-2222-3333-4444-555555555555}';
const base: WriterEvent = {
  provider: { name: 'P', guid },
  channel: 'C',
  computer: 'H',
  eventId: 1,
  time: { us: 1_700_000_000_123_456, ns: 700 },
};

describe('decodeEvtx', () => {
  it('reads back what was written: spine, both clocks, every value type', async () => {
    const event: WriterEvent = {
      ...base,
      version: 3,
      level: 2,
      task: 5,
      opcode: 1,
      keywords: '0x8000000000000010',
      recordId: 4_294_967_299,
      processId: 4242,
      threadId: 17,
      userSid: 'S-1-5-18',
      activityId: guid,
      writtenTime: { us: 1_700_000_000_125_456, ns: 0 },
      data: VALUES.map(({ value }, i) => ({ ...value, name: `F${i}` })),
    };
    const { report, events } = await readAll(file(evtxBytes([event])));
    expect(report).toMatchObject({ format: 'evtx', state: 'read', events: 1, damaged: 0, faultCount: 0 });
    const [read] = events as [ReadEvent];
    expect(read).toMatchObject({
      head: {
        channel: 'C',
        provider: 'P',
        providerGuid: guid,
        eventId: 1,
        version: 3,
        level: 2,
        task: 5,
        opcode: 1,
        keywords: '0x8000000000000010',
        qualifiers: undefined,
      },
      time: '2023-11-14T22:13:20.1234567Z',
      writtenDeltaUs: 2000,
      computer: 'H',
      processId: '4242',
      threadId: '17',
      record: 4_294_967_299,
      isRecovered: false,
    });
    const fields: Record<string, string> = { 'System.UserID': 'S-1-5-18', 'System.ActivityID': guid };
    VALUES.forEach(({ text }, i) => {
      if (text !== undefined) fields[`F${i}`] = text;
    });
    expect(read.fields).toEqual(fields);
  });

  it('numbers repeated Data, items of arrays too, and names UserData by path', async () => {
    const { events } = await readAll(file(evtxBytes(sampleEvents(4))));
    expect(events[1]?.fields).toEqual({ Data: 'first', 'Data[2]': '', 'Data[3]': 'third 1' });
    expect(events[2]?.fields).toEqual({ param1: 'u2', 'System.UserID': 'S-1-5-18' });
    expect(events[1]?.head.qualifiers).toBe(16384);
  });

  it('keeps templates of one id and other content apart, within a file and across files', async () => {
    const first = { ...base, data: [{ name: 'Aaaa', type: 'string', value: '1x' } as const] };
    const second = { ...base, data: [{ name: 'Bbbb', type: 'string', value: '2x' } as const] };
    const one = Buffer.from(evtxBytes([first]));
    const other = Buffer.from(evtxBytes([second]));
    // The second template's GUID becomes the first's, here and in the instance that names it.
    const spot = (bytes: Buffer, name: string): number => {
      const at = bytes.indexOf(Buffer.from(name, 'utf16le'));
      for (let i = at; i > 4608; i--) if (bytes[i] === 0x0c && bytes.readUInt32LE(i + 6) === i + 10 - 4096) return i;
      throw new Error(`no template instance before ${name}`);
    };
    const from = spot(one, 'Aaaa');
    const to = spot(other, 'Bbbb');
    one.copy(other, to + 2, from + 2, from + 6);
    one.copy(other, to + 14, from + 14, from + 30);
    const joined = Buffer.concat([one, other.subarray(4096)]);
    const { report, events } = await readAll(file(joined));
    expect(report.damaged).toBe(0);
    expect(events.map(({ fields }) => fields)).toEqual([{ Aaaa: '1x' }, { Bbbb: '2x' }]);
  });

  it('puts fields beyond a shape into one', async () => {
    const data = Array.from({ length: 520 }, (_, i) => ({ name: `F${i}`, type: 'uint32' as const, value: i }));
    const { events } = await readAll(file(evtxBytes([{ ...base, data }])));
    const { _overflow: overflow, ...fields } = events[0]?.fields ?? {};
    expect({ ...fields, ...(JSON.parse(overflow ?? '{}') as object) }).toEqual(
      Object.fromEntries(data.map(({ name, value }) => [name, String(value)])),
    );
  });

  it('gives a damaged record a located fault, and goes on', async () => {
    const bytes = Buffer.from(evtxBytes(sampleEvents(8)));
    const { events } = await readAll(file(bytes));
    const { offset } = events[4] as ReadEvent;
    bytes.writeUInt32LE(0xfffff, offset + 24 + 4 + 6);
    const again = await readAll(file(bytes));
    expect(again.report).toMatchObject({ events: 7, damaged: 1, faultCount: 2 });
    expect(again.report.faults[1]).toMatchObject({ code: 'damaged-source', offset });
    expect(again.events.map(({ record }) => record)).toEqual([1, 2, 3, 4, 6, 7, 8]);
  });

  it('survives a template that contains itself', async () => {
    const bytes = Buffer.from(evtxBytes([{ ...base, data: [{ name: 'Name1', type: 'string', value: 'v' }] }]));
    // The inner template's first element becomes an instance of that very template.
    const at = bytes.indexOf(Buffer.from('Name1', 'utf16le'));
    let instance = at;
    while (bytes[instance] !== 0x0c || bytes.readUInt32LE(instance + 6) !== instance + 10 - 4096) instance--;
    const definition = instance + 10;
    const tokens = definition + 24 + 4;
    bytes[tokens] = 0x0c;
    bytes.writeUInt32LE(bytes.readUInt32LE(definition + 4), tokens + 2);
    bytes.writeUInt32LE(definition - 4096, tokens + 6);
    bytes.writeUInt32LE(0, tokens + 10);
    const { report } = await readAll(file(bytes));
    expect(report).toMatchObject({ events: 0, damaged: 1 });
    expect(report.faults.some(({ message }) => message.includes('contains itself'))).toBe(true);
  });

  it('says of each file that is no log, or cannot be read, what it is', async () => {
    const read = async (bytes: Uint8Array) => (await readAll(file(bytes))).report;
    expect(await read(new Uint8Array())).toMatchObject({
      state: 'skipped',
      faults: [{ message: 'The file is empty' }],
    });
    expect(await read(Buffer.from('hello, this is a text'))).toMatchObject({ state: 'skipped', faultCount: 1 });
    expect((await readAll(join(folder, 'none.evtx'))).report).toMatchObject({ state: 'failed', faultCount: 1 });
    expect((await readAll(folder)).report).toMatchObject({ state: 'failed', faultCount: 1 });
  });

  it('reads what is there of a file that is cut, or has lost its header', async () => {
    const bytes = evtxBytes(sampleEvents(300));
    const whole = await readAll(file(bytes));
    const cut = await readAll(file(bytes.subarray(0, bytes.length - 30_000)));
    expect(cut.report.faults[0]?.message).toContain('ends within a chunk');
    expect(cut.events).toEqual(whole.events.slice(0, cut.events.length));
    const headless = Buffer.from(bytes);
    headless.fill(0, 0, 4096);
    const { report, events } = await readAll(file(headless));
    expect(report.faults[0]?.message).toBe('The file header is missing');
    expect(events).toEqual(whole.events);
    const carved = await readAll(file(bytes.subarray(4096)));
    expect(carved.events.map(({ fields }) => fields)).toEqual(whole.events.map(({ fields }) => fields));
    expect(readRawEvtx(file(bytes.subarray(4096)), carved.events[5]?.offset as number).ok).toBe(true);
  });

  it('stops between chunks when told to, keeping what it has', async () => {
    const path = file(evtxBytes(sampleEvents(2000)));
    const table = new EventTable();
    let asked = 0;
    const report = await decodeEvtx(
      path,
      new BatchBuilder(),
      { source: 0, recover: false },
      {
        batch: (batch) => {
          table.append(batch);
          return Promise.resolve();
        },
        progress: () => undefined,
        isCancelled: () => asked++ === 2,
      },
    );
    expect(report.state).toBe('partial');
    expect(report.events).toBe(table.count);
    expect(table.count).toBeGreaterThan(0);
    expect(table.count).toBeLessThan(2000);
  });

  it('recovers from a chunk without its magic, and never what is live', async () => {
    const bytes = Buffer.from(evtxBytes(sampleEvents(600)));
    const whole = await readAll(file(bytes), true);
    expect(whole.report.recovered).toBe(0);
    bytes.fill(0, 4096 + 65536, 4096 + 65536 + 8);
    const live = await readAll(file(bytes));
    expect(live.report.faults).toMatchObject([{ offset: 4096 + 65536 }]);
    const both = await readAll(file(bytes), true);
    const records = both.events.map(({ record }) => record).sort((a, b) => a - b);
    expect(records).toEqual(whole.events.map(({ record }) => record));
    expect(both.events.filter(({ isRecovered }) => isRecovered)).toHaveLength(600 - live.events.length);
  });
});

describe('the usual way and the general way', () => {
  const silent = { broken: () => undefined, flaw: () => undefined };

  /** All events of a file by one of the two ways. */
  function read(path: string, way: 'decode' | 'decodeAny'): ReadEvent[] {
    const builder = new BatchBuilder(100_000);
    const decoder = new RecordDecoder(builder);
    const log = EvtxFile.open(path);
    for (let at = 4096; at < log.size; at += 65536) {
      decoder.chunkReplaced(at, log.readChunk(at, decoder.chunk.bytes));
      if (!decoder.chunk.hasMagic) continue;
      const record = (position: number, size: number): void => {
        try {
          decoder.allowance.startRecord();
          decoder[way](position, size, 0);
        } catch (error) {
          if (!(error instanceof Damage)) throw error;
        }
      };
      walkRecords(decoder.chunk, liveEnd(decoder.chunk, silent), { ...silent, record });
    }
    log.close();
    const table = new EventTable();
    table.append(builder.take(0));
    return eventsOf(table);
  }

  it('give the same for events of every shape', () => {
    const path = file(evtxBytes(sampleEvents(200)));
    expect(read(path, 'decodeAny')).toEqual(read(path, 'decode'));
  });

  for (const set of ['evtx', 'evtx-damaged']) {
    const logs = corpusPath('corpus', set);
    it.skipIf(!logs)(
      `give the same for the real logs in ${set}`,
      () => {
        evtxFiles(logs as string).forEach((path, i) => {
          // Every third: the general way takes its time.
          if (i % 3 === 0) expect(read(path, 'decodeAny')).toEqual(read(path, 'decode'));
        });
      },
      120_000,
    );
  }
});
