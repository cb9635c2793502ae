import { afterAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../../columns/batch-builder.ts';
import { EventTable } from '../../../columns/event-table.ts';
import { LogFolder, sinkOf } from '../../../testing/read-log.ts';
import type { ChunkRange } from '../../api.ts';
import { decodeEvtx } from '../decode-evtx.ts';
import { evtxBytes } from '../../evtx-writer/evtx-writer.ts';
import { readRawEvtx } from '../read-raw-evtx.ts';
import { eventsOf, readAll, type ReadEvent } from './read-all.ts';
import { sampleEvents } from './sample-events.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

const HEADER = 4096;
const CHUNK = 65_536;
/** A log of several chunks. */
const log = Buffer.from(evtxBytes(sampleEvents(1500)));
const chunks = (log.length - HEADER) / CHUNK;
const whole = (await readAll(folder.write(log))).events;

const content = (events: readonly ReadEvent[]) => events.map(({ offset: _, ...event }) => event);

async function readPart(path: string, range: ChunkRange): Promise<{ events: ReadEvent[]; faults: readonly string[] }> {
  const table = new EventTable();
  const report = await decodeEvtx(path, new BatchBuilder(), { source: 0, recover: false, range }, sinkOf(table));
  return { events: eventsOf(table), faults: report.faults.map(({ message }) => message) };
}

describe('broken EVTX files', () => {
  it('a log that is cut off is told, wherever that is', async () => {
    expect(chunks).toBeGreaterThan(3);
    let before = 0;
    for (let end = 512; end < log.length; end += 512 * 13) {
      const { report, events } = await readAll(folder.write(log.subarray(0, end)));
      expect(report.faultCount).toBeGreaterThan(0);
      expect(report.events).toBeGreaterThanOrEqual(before);
      expect(events).toEqual(whole.slice(0, report.events));
      before = report.events;
    }
    const { report } = await readAll(folder.write(log.subarray(0, HEADER + CHUNK)));
    expect(report.faults).toEqual([
      {
        code: 'damaged-source',
        message: `The file ends before its chunks do: its header counts ${chunks}, 1 are there`,
        offset: HEADER + CHUNK,
      },
    ]);
    const head = await readAll(folder.write(log.subarray(0, 1000)));
    expect(head.report.faults).toMatchObject([
      { message: 'The file ends within its header: 1000 of 4096 bytes are there' },
    ]);
  });

  it('chunks that lie out of step are read: two logs in one, and something before or between', async () => {
    const between = Buffer.alloc(777, 'E');
    const path = folder.write(Buffer.concat([log, log, between, log.subarray(HEADER)]));
    const { report, events } = await readAll(path, true);
    expect(content(events)).toEqual(content([...whole, ...whole, ...whole]));
    expect(report.faults).toMatchObject([
      { message: '4096 bytes skipped: something else where a chunk should be', offset: log.length },
      { message: '777 bytes skipped: something else where a chunk should be', offset: log.length * 2 },
    ]);
    const last = events.at(-1);
    const first = readRawEvtx(path, whole.at(-1)?.offset ?? 0);
    expect(first.ok).toBe(true);
    expect(readRawEvtx(path, last?.offset ?? 0)).toEqual(first);
    const carved = await readAll(folder.write(Buffer.concat([between, log.subarray(HEADER)])));
    expect(carved.report.faults).toMatchObject([{ message: 'The file header is missing' }]);
    expect(content(carved.events)).toEqual(content(whole));
  });

  it('chunks out of step are read once, in however many parts', async () => {
    const path = folder.write(Buffer.concat([log, log, Buffer.alloc(3 * CHUNK - 5), log]));
    const all = await readAll(path);
    for (const step of [1, 2, 5]) {
      const events: ReadEvent[] = [];
      const faults: string[] = [];
      const end = 3 * chunks + 5;
      for (let from = 0; from < end; from += step) {
        const part = await readPart(path, { from, to: from + step >= end ? Infinity : from + step });
        events.push(...part.events);
        faults.push(...part.faults);
      }
      expect(events).toEqual(all.events);
      expect(faults).toEqual(all.report.faults.map(({ message }) => message));
    }
  });

  it('a size that leads past other records hides none of them from recovery', async () => {
    const bytes = Buffer.from(log);
    const at = whole[2]?.offset ?? 0;
    bytes.writeUInt32LE(CHUNK - (at - HEADER), at + 4);
    const { report, events } = await readAll(folder.write(bytes), true);
    expect(new Set(events.map(({ record }) => record))).toEqual(new Set(whole.map(({ record }) => record)));
    const size = report.faults.find(({ message }) => message.startsWith("A record's size is"));
    expect(size).toMatchObject({ offset: at, message: expect.stringContaining('; it leads past the last') as string });
  });
});
