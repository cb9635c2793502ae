import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeEvtxFile } from '../../ingest/evtx-writer/evtx-writer.ts';
import type { WriterEvent } from '../../ingest/evtx-writer/writer-event.ts';
import { runPipeline, TableTarget } from '../../testing/ingest-pipeline.ts';
import { tableImage } from '../../testing/table-image.ts';
import { fail, ok } from '../../../shared/model/fault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingest-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const lines = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `{"n":${i + from}}`).join('\n');
const roots = () => [{ path: folder, name: 'logs' }];
const turns = async (n: number) => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('the way from files to the engine', () => {
  it('reads a folder, file by file, and reports each', async () => {
    writeFileSync(join(folder, 'a.json'), lines(3));
    writeFileSync(join(folder, 'b.txt'), 'hello');
    writeFileSync(join(folder, 'c.json'), '{"a":1}\n{"b":');
    writeFileSync(join(folder, 'd.json'), '');
    const target = new TableTarget();
    const { received, read, progress } = await runPipeline(target, { roots: roots() });
    expect(read.ok).toBe(true);
    expect(received.totals).toEqual({
      files: 4,
      events: 4,
      recovered: 0,
      damaged: 1,
      leftOut: 0,
      isCancelled: false,
    });
    expect(target.table.count).toBe(4);
    expect([...target.ends].map(([name, { state, events }]) => [name, state, events])).toEqual([
      ['logs/a.json', 'read', 3],
      ['logs/b.txt', 'skipped', 0],
      ['logs/c.json', 'partial', 1],
      ['logs/d.json', 'skipped', 0],
    ]);
    expect(target.ends.get('logs/c.json')?.faults[0]).toMatchObject({ line: 2, file: 'logs/c.json' });
    expect(received.files.map(({ name }) => name)).toEqual(target.names);
    expect(progress.at(-1)).toMatchObject({ filesDone: 4, filesTotal: 4, events: 4 });
  });

  it('keeps what was stored when it is cancelled, and counts only that', async () => {
    mkdirSync(join(folder, 'later'));
    writeFileSync(join(folder, 'a.json'), lines(100_000));
    writeFileSync(join(folder, 'later', 'b.json'), lines(10));
    const abort = new AbortController();
    const target = new TableTarget((n) => {
      if (n === 2) abort.abort();
      return ok(null);
    });
    const { received } = await runPipeline(target, {
      roots: roots(),
      threads: 2,
      unitBytes: 500_000,
      signal: abort.signal,
    });
    const { table } = target;
    expect(target.ends.get('logs/a.json')).toMatchObject({ state: 'partial', format: 'ndjson', events: table.count });
    expect(table.count).toBeGreaterThanOrEqual(3 * 4096);
    expect(table.count).toBeLessThan(100_000);
    expect(table.count % 4096).toBe(0);
    expect(target.names).toEqual(['logs/a.json']);
    expect(received.totals).toMatchObject({ isCancelled: true, events: table.count });
  });

  it('leaves the folder unread where it is cancelled before its files are found', async () => {
    writeFileSync(join(folder, 'a.json'), lines(3));
    const unread: unknown[] = [];
    const target = Object.assign(new TableTarget(), { leaveUnread: (start: unknown) => unread.push(start) });
    const abort = new AbortController();
    abort.abort();
    const { received } = await runPipeline(target, { roots: roots(), signal: abort.signal });
    expect(received.totals).toMatchObject({ files: 0, isCancelled: true });
    expect(unread).toEqual([{ source: 0, name: 'logs', path: folder, bytes: 0 }]);
  });

  it('stops with the fault of a store that takes no more', async () => {
    writeFileSync(join(folder, 'a.json'), lines(100_000));
    writeFileSync(join(folder, 'b.json'), lines(10));
    const full = { code: 'too-large', message: 'The case is full' } as const;
    const target = new TableTarget((n) => (n < 2 ? ok(null) : fail(full)));
    const { received } = await runPipeline(target, { roots: roots(), threads: 2, unitBytes: 500_000 });
    expect(received.fault).toEqual(full);
    expect(target.table.count).toBe(2 * 4096);
    expect(target.ends.get('logs/a.json')).toMatchObject({ state: 'partial', events: 2 * 4096, faults: [full] });
    expect(target.ends.has('logs/b.json')).toBe(false);
  });
});

describe('many threads', () => {
  const KINDS = ['Security', 'System', 'Application'];
  const events = (count: number, seed: number): WriterEvent[] =>
    Array.from({ length: count }, (_, i) => ({
      channel: KINDS[(i * 7 + seed) % 3] as string,
      provider: { name: `P${(i + seed) % 5}`, guid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}' },
      computer: `WS-${(i >> 8) % 3}`,
      time: { us: 1_700_000_000_000_000 + i * 1000, ns: 0 },
      level: 4,
      keywords: '0x8000000000000000',
      processId: 1,
      threadId: 2,
      userSid: 'S-1-5-18',
      eventId: 1 + ((i * i + seed) % 9),
      version: 1,
      task: 1,
      data: [
        { name: 'Same', type: 'string', value: `v${i % 11}` },
        { name: `Field${i % 13}`, type: 'string', value: `${seed}-${i}` },
      ],
    }));
  let logs: string;

  beforeAll(() => {
    logs = mkdtempSync(join(tmpdir(), 'threads-'));
    for (let i = 0; i < 7; i++) writeFileSync(join(logs, `a${i}.json`), lines(100 * i, i * 100));
    writeEvtxFile(join(logs, 'large.evtx'), events(1500, 1));
    writeEvtxFile(join(logs, 'small.evtx'), events(50, 2));
    writeFileSync(join(logs, 'z.txt'), 'no log');
  });
  afterAll(() => {
    rmSync(logs, { recursive: true, force: true });
  });

  it('make the same case, byte for byte, whatever their number and however they take turns', async () => {
    const read = async (threads: number, unitBytes: number, waits: readonly number[]) => {
      const target = new TableTarget(async (n) => {
        await turns(waits[n % waits.length] as number);
        return ok(null);
      });
      const { received, read } = await runPipeline(target, {
        roots: [{ path: logs, name: 'logs' }],
        threads,
        unitBytes,
      });
      expect(read).toEqual(ok(null));
      return { image: tableImage(target.table), files: received.files };
    };
    const one = await read(1, 70_000, [0]);
    expect(one.files.map(({ report }) => report.events)).toEqual([
      ...Array.from({ length: 7 }, (_, i) => 100 * i),
      1500,
      50,
      0,
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 }),
        async (threads, waits) => {
          const many = await read(threads, 70_000, waits);
          expect(many.image.equals(one.image)).toBe(true);
          expect(many.files).toEqual(one.files);
        },
      ),
      { numRuns: 8 },
    );
    // Nor does it matter how large the units are.
    const whole = await read(2, 1e9, [0]);
    expect(whole.image.equals(one.image)).toBe(true);
    expect(whole.files).toEqual(one.files);
  });
});
