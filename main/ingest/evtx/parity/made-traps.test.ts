import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LogFolder } from '../../../testing/read-log.ts';
import { evtxBytes } from '../../evtx-writer/evtx-writer.ts';
import type { WriterEvent } from '../../evtx-writer/writer-event.ts';
import { Craft } from '../fuzz/craft.ts';
import { readAll } from './read-all.ts';
import { sampleEvents } from './sample-events.ts';

// Traps that no sample log has. Doubles are among them: no log of corpus/evtx or corpus/evtx-damaged has one with a
// value. Templates that contain themselves, or are reused with other content, are in decode-evtx.test.ts; arrays
// beyond their record and offsets beyond their chunk in fuzz/amplification.test.ts.

const folder = new LogFolder();
afterAll(() => folder.remove());

const guid = '{11111111-2222-3333-4444-555555555555}';
const base: WriterEvent = {
  provider: { name: 'P', guid },
  channel: 'C',
  computer: 'H',
  eventId: 1,
  time: { us: 1_700_000_000_123_456, ns: 700 },
};
const FIRST_CHUNK = 4096;
const CHUNK_SIZE = 65_536;
/** Where a chunk's header has the offset of its free space. */
const FREE_SPACE = 48;

describe('made EVTX traps', () => {
  it('reads doubles, through a file', async () => {
    const values = [0, 0.1, -2.5, 1e300, 5e-324, 9007199254740993, NaN, Infinity];
    const data = values.map((value, i) => ({ name: `F${i}`, type: 'double' as const, value }));
    const { report, events } = await readAll(folder.write(evtxBytes([{ ...base, data }])));
    expect(report).toMatchObject({ events: 1, damaged: 0, faultCount: 0 });
    expect(Object.values(events[0]?.fields ?? {}).map(Number)).toEqual(values);
  });

  it('keeps surrogate pairs, and shows lone surrogates as U+FFFD', async () => {
    const texts = ['\u{1f6e1}', 'a\ud83d', '\udee1b', '\udee1\ud83d', '\ud83d\ud83d\udee1'];
    const data = texts.map((value, i) => ({ name: `F${i}`, type: 'string' as const, value }));
    const { events } = await readAll(folder.write(evtxBytes([{ ...base, data }])));
    expect(Object.values(events[0]?.fields ?? {})).toEqual([
      '\u{1f6e1}',
      'a\ufffd',
      '\ufffdb',
      '\ufffd\ufffd',
      '\ufffd\u{1f6e1}',
    ]);
  });

  it.for([
    ['its free space', FREE_SPACE],
    ['its last record', 44],
    ['its first name', 128],
    ['its first template', 384],
  ] as const)('reads all of a chunk whose offset of %s is too large', async ([, field]) => {
    const whole = Buffer.from(evtxBytes(sampleEvents(20)));
    const { events } = await readAll(folder.write(whole));
    for (const offset of [CHUNK_SIZE + 8, 0xffffffff]) {
      whole.writeUInt32LE(offset, FIRST_CHUNK + field);
      const { report, events: read } = await readAll(folder.write(whole));
      // Without an end of the records, the walk goes on until there is none.
      expect(report).toMatchObject({ events: 20, damaged: field === FREE_SPACE ? 1 : 0 });
      expect(report.faults.every(({ offset }) => offset !== undefined && offset >= FIRST_CHUNK)).toBe(true);
      expect(report.faultCount).toBeGreaterThan(0);
      expect(read).toEqual(events);
    }
  });

  it('says of a name that runs past its chunk where, and goes on', async () => {
    // Link and hash, the count of UTF-16 units, then room for 15 of them and the zero behind.
    const at = CHUNK_SIZE - 8 - 32;
    const craft = new Craft();
    craft.record(() => craft.elementAt(at));
    const bytes = Buffer.from(craft.file());
    bytes.write('N'.repeat(15), FIRST_CHUNK + at + 8, 'utf16le');
    const withUnits = async (units: number) => {
      bytes.writeUInt16LE(units, FIRST_CHUNK + at + 6);
      return (await readAll(folder.write(bytes))).report;
    };
    expect(await withUnits(15)).toMatchObject({ events: 5, damaged: 0, faultCount: 0 });
    const report = await withUnits(16);
    expect(report).toMatchObject({ events: 4, damaged: 1, faultCount: 1 });
    expect(report.faults[0]).toMatchObject({ code: 'damaged-source', offset: FIRST_CHUNK + 512 });
  });
});

describe('forwarded events', () => {
  it('keep the channel, computer, record number and time of where they come from', async () => {
    const origin = (i: number) => ({
      channel: ['Security', 'System', 'Microsoft-Windows-Sysmon/Operational'][i % 3] as string,
      computer: `WS-${i % 5}.corp.example`,
      record: 880_000 + 17 * i,
    });
    const written = Array.from({ length: 40 }, (_, i): WriterEvent => {
      const { channel, computer, record } = origin(i);
      const time = { us: 1_700_000_000_000_000 + i * 1_000_000, ns: 0 };
      // The collector wrote it half a minute later.
      const writtenTime = { us: time.us + 30_000_000, ns: 0 };
      const data = [{ name: 'TargetUserName', type: 'string', value: `user${i}` } as const];
      return { ...base, channel, computer, recordId: record, time, writtenTime, data };
    });
    const bytes = Buffer.from(evtxBytes(written));
    // The collector numbers what it writes from 1: in the records' headers, not in System.
    const plain = await readAll(folder.write(bytes));
    plain.events.forEach(({ offset }, i) => bytes.writeBigUInt64LE(BigInt(i + 1), offset + 8));
    // Nor does the name of the collector's log become a channel.
    const named = join(dirname(folder.write(bytes)), 'ForwardedEvents.evtx');
    writeFileSync(named, bytes);

    const { report, events } = await readAll(named);
    expect(report).toMatchObject({ events: 40, damaged: 0 });
    expect(events.map(({ head, computer, record }) => ({ channel: head.channel, computer, record }))).toEqual(
      written.map((_, i) => origin(i)),
    );
    expect(events[1]).toMatchObject({ time: '2023-11-14T22:13:21.0000000Z', writtenDeltaUs: 30_000_000 });
    expect(new Set(events.map(({ computer }) => computer)).size).toBe(5);
  });
});
