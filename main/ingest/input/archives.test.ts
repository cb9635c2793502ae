import fc from 'fast-check';
import { zipSync, type Zippable } from 'fflate';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { LogFolder, readLog } from '../../testing/read-log.ts';
import { arbitraryEvent } from '../evtx-writer/arbitrary-events.ts';
import { evtxBytes } from '../evtx-writer/evtx-writer.ts';
import { decodeFile, readRaw } from '../decode.ts';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { findLogs } from '../find-logs.ts';
import { Archives } from './archives.ts';

const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

const text = (content: string) => Buffer.from(content);
const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({ time: 1714551302 + i, n: i, pad: String(Math.sin(i)) }),
  ).join('\n');
const evtx = (): Uint8Array => {
  const value = fc.string({ unit: 'grapheme', maxLength: 20 });
  return evtxBytes(
    fc.sample(fc.array(arbitraryEvent({ text: value, negative: true }), { minLength: 3, maxLength: 9 }), {
      numRuns: 1,
      seed: 7,
    })[0] ?? [],
  );
};

async function found(content: Uint8Array, archives: Archives) {
  const path = folder.write(content);
  const sources = await findLogs([{ path, name: 'a.zip' }], archives);
  return sources.map(({ displayName, bytes, fault }) => ({ name: displayName, bytes, fault: fault?.message }));
}

async function withArchives<T>(use: (archives: Archives) => Promise<T>): Promise<T> {
  const archives = new Archives();
  try {
    return await use(archives);
  } finally {
    await archives.close();
  }
}

/** Unpacked folders of this process. */
const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`rulewright-unpack-${process.pid}-`));

describe('gzip', () => {
  it('gives what the log within gives, EVTX too, and each event again', async () => {
    for (const content of [
      text(lines(3000)),
      text(`<Events>${'<Event><System><EventID>1</EventID></System></Event>'.repeat(50)}</Events>`),
      evtx(),
    ]) {
      const plain = await folder.read(content);
      const packed = await folder.read(gzipSync(content));
      expect(packed.report).toEqual(plain.report);
      expect(packed.events).toEqual(plain.events);
      const { format } = plain.report;
      const { offset = 0, length = 0 } = plain.events.at(-1) ?? {};
      const raw = await readRaw(plain.path, format, offset, length);
      expect(raw.ok).toBe(true);
      expect(await readRaw(packed.path, format, offset, length)).toEqual(raw);
    }
  });

  it('gives what comes before the place where it is cut off or damaged', async () => {
    const packed = gzipSync(text(lines(5000)));
    const whole = lines(5000).split('\n').length;
    const cut = await folder.read(packed.subarray(0, packed.length / 2));
    expect(cut.report.state).toBe('partial');
    expect(cut.report.events).toBeGreaterThan(whole / 4);
    expect(cut.report.faults.map(({ message }) => message)).toContain('The gzip data is cut off');
    const bad = Buffer.from(packed);
    bad.fill(0xff, packed.length >> 1, (packed.length >> 1) + 40);
    const damaged = await folder.read(bad);
    expect(damaged.report.state).toBe('partial');
    expect(damaged.report.faults.some(({ message }) => message.startsWith('The gzip data is damaged'))).toBe(true);
    expect((await folder.read(packed.subarray(0, 12))).report).toMatchObject({ state: 'failed', faultCount: 1 });
  });

  it('is not read on where it is a bomb', async () => {
    const line = Buffer.alloc(1 << 20, ' ');
    const bomb = Buffer.concat([gzipSync(text('{"a":1}\n')), ...Array<Buffer>(300).fill(gzipSync(line))]);
    const log = await folder.read(bomb);
    expect(log.report).toMatchObject({ state: 'partial', events: 1, faults: [{ code: 'too-large' }] });
    expect(log.report.bytesRead).toBeLessThan(300 << 20);
  });
});

describe('zip', () => {
  const inner = zipSync({ 'deep.json': text(lines(3)), 'more.zip': zipSync({ 'x.json': text('{}') }) });
  const files: Zippable = {
    'logs/one.evtx': evtx(),
    'logs/two.json': [text(lines(10)), { level: 0 }],
    'three.gz': gzipSync(text(lines(20))),
    'inner.zip': inner,
    'readme.txt': text('hello'),
    'empty/': new Uint8Array(),
  };

  it('shows each log in it under its own name, and gives its events again', async () => {
    await withArchives(async (archives) => {
      const path = folder.write(zipSync(files));
      const sources = await findLogs([{ path, name: 'a.zip' }], archives);
      expect(sources.map(({ displayName, fault }) => [displayName, fault?.code])).toEqual([
        ['a.zip/logs/one.evtx', undefined],
        ['a.zip/logs/two.json', undefined],
        ['a.zip/three.gz', undefined],
        ['a.zip/inner.zip/deep.json', undefined],
        ['a.zip/inner.zip/more.zip', 'unreadable-source'],
        ['a.zip/readme.txt', undefined],
      ]);
      const reads = await Promise.all(sources.map((source) => readLog(source.path)));
      expect(reads.map(({ report }) => [report.format, report.state])).toEqual([
        ['evtx', 'read'],
        ['ndjson', 'read'],
        ['ndjson', 'read'],
        ['ndjson', 'read'],
        ['', 'skipped'],
        ['', 'skipped'],
      ]);
      const plain = await folder.read(files['logs/one.evtx'] as Uint8Array);
      expect(reads[0]?.events).toEqual(plain.events);
      for (const log of reads.slice(0, 4)) {
        const { offset = 0, length = 0 } = log.events.at(-1) ?? {};
        expect(await readRaw(log.path, log.report.format, offset, length)).toMatchObject({ ok: true });
      }
    });
  });

  it('keeps nothing unpacked when it is closed', async () => {
    const before = leftovers();
    const path = folder.write(zipSync(files));
    await withArchives(async (archives) => {
      await archives.fileOf(`${path}/logs/one.evtx`);
      expect(leftovers().length).toBe(before.length + 1);
    });
    await readLog(`${path}/logs/one.evtx`);
    expect(leftovers()).toEqual(before);
  });

  it('removes what an ended process left behind', async () => {
    // No process has this number: it is past what systems give.
    const left = join(tmpdir(), 'rulewright-unpack-99999999-x');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, '0'), 'x');
    const path = folder.write(zipSync(files));
    await readLog(`${path}/logs/one.evtx`);
    expect(readdirSync(tmpdir())).not.toContain('rulewright-unpack-99999999-x');
  });

  it('does not read what its name would put elsewhere', async () => {
    await withArchives(async (archives) => {
      const names = ['../evil.json', '/abs.json', 'C:/x.json', 'a/../../b.json', '..\\back.json', 'ok\\fine.json'];
      const content = zipSync(Object.fromEntries(names.map((name) => [name, text('{"a":1}')])));
      const fault = 'Its name leads out of the archive, so it is not read';
      expect((await found(content, archives)).map((source) => source.fault)).toEqual([
        ...Array<string>(5).fill(fault),
        undefined,
      ]);
    });
  });

  it('says of damaged, empty and encrypted archives what they are', async () => {
    await withArchives(async (archives) => {
      const good = Buffer.from(zipSync({ 'a.json': text(lines(200)), 'b.json': text('{"a":1}') }));
      expect((await found(good.subarray(0, good.length - 30), archives))[0]?.fault).toContain('damaged or cut off');
      expect((await found(zipSync({}), archives))[0]?.fault).toBe('The zip archive is empty');
      const encrypted = Buffer.from(good);
      const central = encrypted.lastIndexOf('PK\x01\x02');
      encrypted.writeUInt16LE(encrypted.readUInt16LE(central + 8) | 1, central + 8);
      expect((await found(encrypted, archives)).map(({ fault }) => fault)).toEqual([
        undefined,
        'It is encrypted: unpack the archive with its password first',
      ]);
      const damaged = Buffer.from(good);
      damaged.fill(0x55, 600, 640);
      const path = folder.write(damaged);
      const [first, second] = await Promise.all(['a.json', 'b.json'].map((name) => readLog(`${path}/${name}`)));
      expect(first?.report.faults.map(({ code }) => code)).toContain('damaged-source');
      expect(second?.report).toMatchObject({ state: 'read', events: 1 });
      expect(await readLog(`${path}/gone.json`)).toMatchObject({ report: { state: 'failed' } });
    });
  });

  it('does not open bombs: too much out of too little, or entries that overlap', async () => {
    await withArchives(async (archives) => {
      const good = Buffer.from(zipSync({ 'a.json': text(lines(200)) }));
      const central = good.lastIndexOf('PK\x01\x02');
      const huge = Buffer.from(good);
      huge.writeUInt32LE(0xf0000000, central + 24);
      expect((await found(huge, archives))[0]?.fault).toContain('unpacks to more than');
      // The same entry many times.
      const end = good.lastIndexOf('PK\x05\x06');
      const entry = good.subarray(central, end);
      const tail = Buffer.from(good.subarray(end));
      tail.writeUInt16LE(9, 8);
      tail.writeUInt16LE(9, 10);
      tail.writeUInt32LE(entry.length * 9, 12);
      const overlapping = Buffer.concat([good.subarray(0, central), ...Array<Buffer>(9).fill(entry), tail]);
      const sources = await found(overlapping, archives);
      expect(sources.map(({ name }) => name).slice(0, 2)).toEqual(
        ['a.json', 'a.json (2)'].map((name) => `a.zip/${name}`),
      );
      expect(sources[8]?.fault).toBe('Entries of the archive overlap, as in a bomb');
    });
  });

  it('is no archive of logs where it is an Office document', async () => {
    const path = folder.write(zipSync({ '[Content_Types].xml': text('<Types/>'), 'a.json': text('{"a":1}') }));
    await withArchives(async (archives) => {
      expect(await findLogs([{ path, name: 'x.docx' }], archives)).toMatchObject([{ displayName: 'x.docx' }]);
    });
    expect((await readLog(path)).report).toMatchObject({ state: 'skipped' });
  });

  it('never fails, whatever its bytes', async () => {
    const good = Buffer.from(zipSync({ 'a.json': text(lines(30)), 'b.zip': zipSync({ 'c.json': text(lines(5)) }) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          const path = folder.write(bytes);
          await withArchives(async (archives) => {
            for (const source of await findLogs([{ path, name: 'z' }], archives)) {
              if (source.fault) continue;
              const sink = { batch: () => Promise.resolve(), progress: () => undefined, isCancelled: () => false };
              const options = { source: 0, recover: false, archives };
              await decodeFile(source.path, new BatchBuilder(), options, sink);
            }
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});
