import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { EvtxFile } from '@ts-evtx/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatInstant } from '../../../shared/model/time.ts';
import { arbitraryEvent } from './arbitrary-events.ts';
import { CHUNK_SIZE } from './chunk-buffer.ts';
import { EvtxWriter, evtxBytes, FILE_HEADER_SIZE, writeEvtxFile } from './evtx-writer.ts';
import type { WriterEvent, WriterField, WriterTime, WriterValue } from './writer-event.ts';

const hasEvtxExport = spawnSync('evtxexport', ['-V']).error === undefined;
if (!hasEvtxExport) console.warn('evtxexport (libevtx-utils) is not installed: its check of the writer is skipped');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evtx-writer-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const hexBytes = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const instant = (at: WriterTime) => formatInstant({ ...at, digits: 9 });

/** A value as libevtx prints it. */
function printed(field: WriterValue): string {
  switch (field.type) {
    case 'null':
      return '';
    case 'strings':
      return field.value.join('\n');
    case 'hex32':
      return `0x${field.value.toString(16).padStart(8, '0')}`;
    case 'hex64':
      return `0x${field.value.toString(16).padStart(16, '0')}`;
    case 'double':
    case 'float':
      return field.value.toExponential(6).replace(/\d+$/, (exponent) => exponent.padStart(3, '0'));
    case 'binary':
      return hexBytes(field.value);
    case 'filetime':
      return instant(field.value);
    default:
      return String(field.value);
  }
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const unescapeXml = (xml: string) => xml.replace(/&(\w+);/g, (whole, entity: string) => ENTITIES[entity] ?? whole);

interface Exported {
  readonly xml: string;
  readonly data: readonly { readonly name: string | undefined; readonly value: string }[];
}

/** What evtxexport reads, one item an event. */
function exported(path: string): Exported[] {
  const run = spawnSync('evtxexport', ['-f', 'xml', path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(run.stderr).toBe('');
  return run.stdout
    .split(/^(?=<Event )/m)
    .slice(1)
    .map((xml) => ({
      xml,
      data: [...xml.matchAll(/<Data(?: Name="([^"]*)")?(?:\/>|>([^<]*)<\/Data>)/g)].map((match) => ({
        name: match[1],
        value: unescapeXml(match[2] ?? ''),
      })),
    }));
}

const inside = (xml: string, element: string) => new RegExp(`<${element}[^>]*>([^<]*)</${element}>`).exec(xml)?.[1];

function expectSystem(xml: string, written: WriterEvent, record: number): void {
  expect(inside(xml, 'EventID')).toBe(String(written.eventId));
  expect(inside(xml, 'EventRecordID')).toBe(String(record));
  expect(inside(xml, 'Level')).toBe(String(written.level ?? 0));
  expect(inside(xml, 'Task')).toBe(String(written.task ?? 0));
  expect(inside(xml, 'Channel')).toBe(written.channel);
  expect(inside(xml, 'Computer')).toBe(written.computer);
  expect(inside(xml, 'Keywords')).toBe(
    `0x${BigInt(written.keywords ?? '0x0')
      .toString(16)
      .padStart(16, '0')}`,
  );
  expect(xml).toContain(`SystemTime="${instant(written.time)}"`);
  expect(xml).toContain(`<Provider Name="${written.provider.name}"`);
  if (written.qualifiers !== undefined) expect(xml).toContain(`Qualifiers="${written.qualifiers}"`);
  if (written.userSid !== undefined) expect(xml).toContain(`UserID="${written.userSid}"`);
  if (written.binary !== undefined) expect(inside(xml, 'Binary')).toBe(hexBytes(written.binary));
  if (written.provider.guid !== undefined) {
    expect(xml).toContain(`Guid="${written.provider.guid}"`);
    expect(inside(xml, 'Version')).toBe(String(written.version ?? 0));
    expect(xml).toContain(`ProcessID="${written.processId ?? 0}"`);
    if (written.activityId !== undefined) expect(xml).toContain(`ActivityID="${written.activityId}"`);
  }
}

// libevtx is no oracle for characters that XML forbids, nor beyond the BMP (it reads U+10000 as U+FC01), nor for
// negative integers (it prints -1 as -2147483647).
const event = arbitraryEvent({
  text: fc
    .string({ unit: 'grapheme', maxLength: 90 })
    .map((value) => value.replace(/[\p{C}\uFFFE\uFFFF\u{10000}-\u{10FFFF}]/gu, '.').trim()),
  negative: false,
});

describe.runIf(hasEvtxExport)('as libevtx reads it', () => {
  it('every record comes back with every value', () => {
    const path = join(folder, 'property.evtx');
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 200 }), (events) => {
        writeEvtxFile(path, events);
        const read = exported(path);
        expect(read.length).toBe(events.length);
        events.forEach((written, i) => {
          const got = read[i] as Exported;
          expectSystem(got.xml, written, i + 1);
          // libevtx leaves the element of a null value out.
          const kept = (written.data ?? []).filter((f) => f.type !== 'null');
          const wanted = kept.map((f) => ({ name: f.name, value: printed(f) }));
          expect(got.data).toEqual(wanted);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('string arrays repeat Data, UserData has its own names, and nothing is left to recover', () => {
    const path = join(folder, 'shapes.evtx');
    const base = { channel: 'System', computer: 'one.example.test', time: { us: 1.7e15, ns: 0 } };
    writeEvtxFile(path, [
      { ...base, provider: { name: 'EventLog' }, eventId: 6005, data: [{ type: 'strings', value: ['a', 'b'] }] },
      {
        ...base,
        provider: { name: 'Remote', guid: '{C76BAA63-AE81-421C-B425-340B4B24157F}' },
        eventId: 1149,
        userData: { root: 'EventXML', namespace: 'Event_NS' },
        data: [
          { name: 'Param1', type: 'string', value: 'alice' },
          { name: 'Param3', type: 'string', value: '127.0.0.1' },
        ],
      },
      { ...base, provider: { name: 'EventLog' }, eventId: 6006 },
    ]);
    const [first, second, third] = exported(path);
    expect(first?.data.map((d) => d.value)).toEqual(['a', 'b']);
    expect(second?.xml).toMatch(/<UserData>\s*<EventXML xmlns="Event_NS">\s*<Param1>alice<\/Param1>\s*<Param3>127/);
    expect(third?.xml).not.toContain('EventData');
    expect(execFileSync('evtxinfo', [path], { encoding: 'utf8' })).toMatch(/recovered records\s*: 0/);
  });
});

describe('EvtxWriter', () => {
  const plain = (n: number): WriterEvent => ({
    provider: { name: 'Test', guid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}' },
    channel: 'Test/Operational',
    computer: 'one.example.test',
    eventId: n % 7,
    time: { us: 1.7e15 + n, ns: 300 },
    data: [
      { name: 'Number', type: 'uint32', value: n },
      { name: 'Text', type: 'string', value: `text ${n} `.repeat(30) + '\u{1F50E}' },
    ],
  });

  it('is read by a second reader, record by record', async () => {
    const path = join(folder, 'second.evtx');
    expect(
      writeEvtxFile(
        path,
        Array.from({ length: 400 }, (_, n) => plain(n)),
      ),
    ).toBe(400);
    const file = await EvtxFile.open(path);
    const seen = [...file.records()].map((record) => record.renderXml());
    expect(seen.length).toBe(400);
    seen.forEach((xml, n) => {
      expect(xml).toContain(`text ${n} \u{1F50E}`);
      expect(xml).toContain(`<EventRecordID>${n + 1}</EventRecordID>`);
    });
  });

  it('writes the same bytes for the same events, with checksums that hold', () => {
    const events = Array.from({ length: 300 }, (_, n) => plain(n));
    const bytes = Buffer.from(evtxBytes(events));
    expect(Buffer.from(evtxBytes(events)).equals(bytes)).toBe(true);
    expect(bytes.readUInt32LE(124)).toBe(crc32(bytes.subarray(0, 120)));
    const chunks = bytes.readUInt16LE(42);
    expect(chunks).toBeGreaterThan(2);
    expect(bytes.length).toBe(FILE_HEADER_SIZE + chunks * CHUNK_SIZE);
    let next = 1n;
    for (let start = FILE_HEADER_SIZE; start < bytes.length; start += CHUNK_SIZE) {
      const chunk = bytes.subarray(start, start + CHUNK_SIZE);
      expect(chunk.readUInt32LE(52)).toBe(crc32(chunk.subarray(512, chunk.readUInt32LE(48))));
      expect(chunk.readUInt32LE(124)).toBe(crc32(chunk.subarray(128, 512), crc32(chunk.subarray(0, 120))));
      expect(chunk.readBigUInt64LE(8)).toBe(next);
      next = chunk.readBigUInt64LE(16) + 1n;
    }
    expect(next).toBe(301n);
    expect(bytes.readBigUInt64LE(24)).toBe(301n);
  });

  it('refuses what the format cannot hold, and goes on', () => {
    const chunks: Uint8Array[] = [];
    const writer = new EvtxWriter((chunk) => chunks.push(new Uint8Array(chunk)));
    const withData = (...data: WriterField[]): WriterEvent => ({ ...plain(1), data });
    writer.add(plain(0));
    const big = 'x'.repeat(20_000);
    expect(() => writer.add(withData({ name: 'A', type: 'string', value: 'x'.repeat(40_000) }))).toThrow(RangeError);
    expect(() =>
      writer.add(withData(...['A', 'B'].map((n) => ({ name: n, type: 'string', value: big }) as const))),
    ).toThrow(RangeError);
    expect(() => writer.add(withData({ name: 'New', type: 'guid', value: 'no' }))).toThrow('is not a GUID');
    expect(() => writer.add({ ...plain(1), recordId: 1 })).toThrow('is not above');
    expect(writer.add(withData({ name: 'New', type: 'string', value: 'kept' }))).toBe(2);
    const header = writer.finish();
    expect(chunks.length).toBe(Buffer.from(header).readUInt16LE(42));
    if (!hasEvtxExport) return;
    const path = join(folder, 'refused.evtx');
    writeEvtxFile(path, [plain(0), withData({ name: 'New', type: 'string', value: 'kept' })]);
    const clean = readFileSync(path);
    // The refused events left no trace: same bytes as if they had never been offered.
    expect(Buffer.concat([header, ...chunks]).equals(clean)).toBe(true);
  });
});
