import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallOutput, SourceLine } from '../../shared/ipc/contract.ts';
import { EMPTY_FILTER } from '../../shared/model/filter.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import { contentFolder, TestThreads } from '../testing/workbench-threads.ts';
import { Workbench } from './workbench.ts';

const RULE = `title: Tool
id: 11111111-2222-3333-4444-555555555555
logsource:
  product: linux
detection:
  selection:
    cmd|endswith: tool
  condition: selection
`;

let folder: string;
let workbench: Workbench;
let onProgress: (events: number, job: string) => void = () => undefined;

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: { message: string } };

async function value<T>(result: Promise<Answer<T>>): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new Error(settled.fault.message);
  return settled.value;
}

async function open(): Promise<Workbench> {
  return Workbench.open({
    threads: new TestThreads(),
    decodeThreads: 2,
    dialogs: {
      openPaths: () => Promise.resolve([]),
      savePath: () => Promise.resolve(join(folder, 'case.rwcase')),
    },
    emit: (name, progress) => {
      if (name === 'job.progress')
        onProgress((progress as { events: number }).events, (progress as { job: string }).job);
    },
    contentFolder,
    dataFolder: join(folder, 'data'),
    version: '1',
    runtime: 'stand-in',
    paths: [],
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'again-'));
  mkdirSync(join(folder, 'logs'));
  workbench = await open();
});
afterEach(async () => {
  onProgress = () => undefined;
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, content: string | Uint8Array): void => {
  writeFileSync(join(folder, name), content);
};
const at = (n: number): string => new Date(Date.UTC(2024, 4, 1, 8, 0, n)).toISOString();
/** A line of plain JSON; without a zone on demand. */
const line = (n: number, isZoneless = false): string =>
  JSON.stringify({
    time: isZoneless ? at(n).replace('T', ' ').replace('Z', '') : at(n),
    cmd: n % 10 === 0 ? 'tool' : 'no',
    n,
  });
const lines = (from: number, to: number, isZoneless = false): string =>
  Array.from({ length: to - from }, (_, i) => `${line(from + i, isZoneless)}\n`).join('');

async function openPath(path: string, options: OpenOptions = {}): Promise<string> {
  const [grant] = await workbench.grant([join(folder, path)]);
  const { job } = await value(workbench.handlers['ingest.start']({ handles: [grant?.handle ?? ''], options }));
  return job;
}

async function again(sources: readonly SourceLine[], options: OpenOptions = {}): Promise<void> {
  await value(workbench.handlers['ingest.again']({ sources: sources.map(({ source }) => source), options }));
  await workbench.idle();
}

const ledger = (): Promise<SourceLine[]> => value(workbench.handlers['sources.list']({}));
const sourceOf = async (name: string): Promise<SourceLine> =>
  (await ledger()).find((source) => source.name.endsWith(name)) as SourceLine;

/** Every row of the case in order of time, with the file's number in the list of files. */
async function rows(): Promise<CallOutput<'view.rows'>> {
  const sort = { field: 'TimeCreated', descending: false };
  const view = await value(workbench.handlers['view.open']({ filter: EMPTY_FILTER, sort }));
  const all: CallOutput<'view.rows'> = [];
  for (let from = 0; from < view.total; from += 500) {
    all.push(...(await value(workbench.handlers['view.rows']({ view: view.view, from, count: 500, columns: ['n'] }))));
  }
  return all;
}

describe('Reading again', () => {
  it('replaces what was read of a file, and nothing else; rules hit as before', async () => {
    write('logs/a.json', lines(0, 50, true));
    write('logs/b.json', lines(100, 150));
    write('rule.yml', RULE);
    const [rule] = await workbench.grant([join(folder, 'rule.yml')]);
    await workbench.handlers['rules.load']({ handles: [rule?.handle ?? ''] });
    await openPath('logs');
    await workbench.idle();
    const before = await rows();
    const source = await sourceOf('a.json');
    expect(source.faults).toMatchObject([
      { code: 'note', remedy: 'zone', message: 'Times without a zone were read as UTC' },
    ]);
    await again([source], { zone: 'Europe/Berlin' });
    const after = await rows();
    const moved = before.map((row) =>
      row.file.endsWith('a.json') ? { ...row, timeUs: row.timeUs - 7_200_000_000 } : row,
    );
    const facts = (list: CallOutput<'view.rows'>): unknown[] =>
      list.map(({ timeUs, file, cells, hits }) => [timeUs, file, cells[0], hits]).sort();
    expect(facts(after)).toEqual(facts(moved));
    expect(await sourceOf('a.json')).toMatchObject({
      events: 50,
      faults: [{ message: 'Times without a zone were read as Europe/Berlin' }],
    });
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({
      events: 100,
      sources: 2,
      hitEvents: 10,
      unsaved: true,
    });
    // And once more after the case was saved and opened.
    await value(workbench.handlers['case.save']({ as: false }));
    const [grant] = await value(workbench.handlers['case.recent']({}));
    await value(workbench.handlers['case.open']({ handle: grant?.handle ?? '' }));
    await workbench.idle();
    await again([await sourceOf('a.json')], {});
    expect(facts(await rows())).toEqual(facts(before));
  });

  it('reads the rest of what was stopped, each file once, within archives too', async () => {
    const logs = Array.from({ length: 30 }, (_, i) => lines(i * 1000, i * 1000 + 1000));
    logs.slice(0, 20).forEach((text, i) => {
      write(`logs/${String(i).padStart(2, '0')}.json`, text);
    });
    const packed = Object.fromEntries(logs.slice(20).map((text, i) => [`in/${i}.json`, Buffer.from(text)]));
    write('logs/z.zip', zipSync(packed));
    let isStopped = false;
    onProgress = (events, job) => {
      if (events > 2000 && !isStopped) {
        isStopped = true;
        void workbench.handlers['job.cancel']({ job });
      }
    };
    await openPath('logs');
    await workbench.idle();
    const stopped = await ledger();
    expect(isStopped).toBe(true);
    expect(stopped).toHaveLength(30);
    expect(new Set(stopped.map(({ name }) => name)).size).toBe(30);
    const rest = stopped.filter(
      ({ state, faults }) => state === 'waiting' || faults.some(({ remedy }) => remedy === 'rest'),
    );
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.some(({ name }) => name.includes('z.zip/in/'))).toBe(true);
    const kept = (await value(workbench.handlers['case.summary']({}))).events;
    expect(kept).toBeLessThan(30_000);
    expect((await rows()).length).toBe(kept);
    // What waits is still known after the case was saved and opened.
    await value(workbench.handlers['case.save']({ as: false }));
    await workbench.close();
    workbench = await open();
    const [grant] = await value(workbench.handlers['case.recent']({}));
    await value(workbench.handlers['case.open']({ handle: grant?.handle ?? '' }));
    await workbench.idle();
    const still = await ledger();
    expect(still.map(({ name, state }) => [name, state])).toEqual(stopped.map(({ name, state }) => [name, state]));
    onProgress = () => undefined;
    await again(still.filter(({ source }) => rest.some((other) => other.source === source)));
    expect((await ledger()).map(({ state, events }) => [state, events])).toEqual(Array(30).fill(['read', 1000]));
    const all = await rows();
    expect(all.map(({ cells }) => Number(cells[0]))).toEqual(Array.from({ length: 30_000 }, (_, i) => i));
  });

  it('reads a folder whose files were still being looked for when it was stopped', async () => {
    for (let i = 0; i < 50; i++) write(`logs/${i}.json`, lines(i * 10, i * 10 + 10));
    const job = await openPath('logs');
    await new Promise((resolve) => setImmediate(resolve));
    await workbench.handlers['job.cancel']({ job });
    await workbench.idle();
    // How far it came is a matter of chance; that nothing is lost is not.
    const unread = (await ledger()).filter(
      ({ state, faults }) => state === 'waiting' || faults.some(({ remedy }) => remedy === 'rest'),
    );
    if (unread.length > 0) await again(unread);
    const all = (await rows()).map(({ cells }) => Number(cells[0]));
    expect(all).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect((await ledger()).map(({ state }) => state)).toEqual(Array(50).fill('read'));
  });

  it('keeps what it has of a file that is not there any more', async () => {
    write('logs/a.json', lines(0, 5));
    write('logs/b.json', lines(10, 15));
    await openPath('logs');
    await workbench.idle();
    unlinkSync(join(folder, 'logs', 'a.json'));
    await again(await ledger());
    expect((await ledger()).map(({ name, events }) => [name, events])).toEqual([
      ['logs/a.json', 5],
      ['logs/b.json', 5],
    ]);
  });

  it('takes columns as the user said, for this table and the next with the same header', async () => {
    write('logs/door.csv', 'stamp;door;who\n1.5.2024 10.15;gate;mia\n2.5.2024 11.00;gate;jo\n');
    await openPath('logs');
    await workbench.idle();
    const source = await sourceOf('door.csv');
    expect(source).toMatchObject({ events: 2, faults: [{ code: 'note', remedy: 'columns' }] });
    const first = await value(
      workbench.handlers['tables.look']({ source: source.source, mapping: null, delimiter: null }),
    );
    expect(first).toMatchObject({
      isKept: false,
      mapping: { header: ['stamp', 'door', 'who'], delimiter: ';', time: null },
      rows: [
        ['1.5.2024 10.15', 'gate', 'mia'],
        ['2.5.2024 11.00', 'gate', 'jo'],
      ],
      times: [null, null],
    });
    const mapping = {
      ...first.mapping,
      time: { columns: ['stamp'], format: 'pattern' as const, pattern: 'd.M.yyyy HH.mm', zone: '+02:00' },
      computer: 'door',
    };
    const { times } = await value(
      workbench.handlers['tables.look']({ source: source.source, mapping, delimiter: null }),
    );
    expect(times).toEqual(['2024-05-01T08:15:00Z', '2024-05-02T09:00:00Z']);
    await value(workbench.handlers['tables.keep']({ header: mapping.header, mapping }));
    await again([source]);
    expect((await rows()).map(({ time, computer }) => [time, computer])).toEqual([
      ['2024-05-01T08:15:00Z', 'gate'],
      ['2024-05-02T09:00:00Z', 'gate'],
    ]);
    // Another session, another file.
    await workbench.close();
    workbench = await open();
    write('other.csv', 'stamp;door;who\n3.5.2024 00.30;yard;li\n');
    await openPath('other.csv');
    await workbench.idle();
    expect((await rows()).map(({ time, computer }) => [time, computer])).toEqual([['2024-05-02T22:30:00Z', 'yard']]);
    const other = await sourceOf('other.csv');
    expect(other.faults).toMatchObject([{ code: 'note', message: expect.stringContaining('as you chose') as string }]);
    expect(
      await value(workbench.handlers['tables.look']({ source: other.source, mapping: null, delimiter: null })),
    ).toMatchObject({
      isKept: true,
      mapping,
    });
    await value(workbench.handlers['tables.keep']({ header: mapping.header, mapping: null }));
    await again([other]);
    expect((await rows()).map(({ time }) => time)).toEqual(['']);
  });
});
