import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EMPTY_FILTER } from '../../shared/model/filter.ts';
import { contentFolder, TestThreads } from '../testing/workbench-threads.ts';
import { Workbench } from './workbench.ts';

/** For a state that comes by itself. */
const PATIENT = { timeout: 30_000 };

let folder: string;
let threads: TestThreads;
const opened: Workbench[] = [];
const logs = ['a', 'b'].map((host) => ({
  name: `${host}.json`,
  text: Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ EventID: 1, Channel: 'Security', Computer: host, '@timestamp': `2024-05-01T08:00:${10 + i}Z` }),
  ).join('\n'),
}));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-tags-'));
  for (const { name, text } of logs) writeFileSync(join(folder, name), text);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((workbench) => workbench.close()));
  rmSync(folder, { recursive: true });
});

async function open(): Promise<Workbench> {
  threads = new TestThreads();
  const workbench = await Workbench.open({
    threads,
    dialogs: { openPaths: () => Promise.resolve([]), savePath: () => Promise.resolve(join(folder, 'x.rwcase')) },
    emit: () => undefined,
    contentFolder,
    dataFolder: join(folder, 'data'),
    version: '0',
    runtime: 'stand-in',
    paths: [],
  });
  opened.push(workbench);
  return workbench;
}

async function read(workbench: Workbench, name: string): Promise<void> {
  const [grant] = await workbench.grant([join(folder, name)]);
  await workbench.handlers['ingest.start']({ handles: [grant?.handle ?? ''], options: {} });
  await workbench.idle();
}

/** Computer, record, tag and note of the tagged rows. */
async function tagged(workbench: Workbench): Promise<unknown[]> {
  const view = await workbench.handlers['view.open']({
    filter: EMPTY_FILTER,
    sort: { field: 'time', descending: false },
  });
  if (!view.ok) throw new Error(view.fault.message);
  const rows = await workbench.handlers['view.rows']({ view: view.value.view, from: 0, count: 500, columns: [] });
  if (!rows.ok) throw new Error(rows.fault.message);
  return rows.value.filter(({ tag, note }) => tag !== null || note !== '').map((of) => [of.computer, of.tag, of.note]);
}

const keptFile = (): string => join(folder, 'data', 'tags.json');

it('come back after the engine died', { timeout: 60_000 }, async () => {
  const workbench = await open();
  await read(workbench, 'a.json');
  await workbench.handlers['event.tag']({ event: 3, tag: 'malicious', note: 'here it began' });
  await expect.poll(() => existsSync(keptFile()), PATIENT).toBe(true);
  threads.engines[0]?.die('out of memory');
  await expect.poll(async () => (await workbench.handlers['case.summary']({})).ok, PATIENT).toBe(true);
  await workbench.idle();
  await expect.poll(() => tagged(workbench), PATIENT).toEqual([['a', 'malicious', 'here it began']]);
});

it('come back in the next session, log by log, and are let go of once they are in a case file', async () => {
  const first = await open();
  await read(first, 'a.json');
  await read(first, 'b.json');
  await first.handlers['event.tag']({ event: 3, tag: 'star' });
  await first.handlers['event.tag']({ event: 25, note: 'second log' });
  // The program ends before the time at which they would have been written.
  await first.close();
  const next = await open();
  await read(next, 'b.json');
  expect(await tagged(next)).toEqual([['b', null, 'second log']]);
  expect(await next.handlers['case.summary']({})).toMatchObject({ value: { unsaved: true, tagged: 1 } });
  await next.handlers['case.save']({ as: true });
  // That of the other log is in no file yet.
  expect(JSON.parse(readFileSync(keptFile(), 'utf8'))).toMatchObject({ tags: [{ tag: 'star' }] });
  await read(next, 'a.json');
  expect(await tagged(next)).toEqual([
    ['a', 'star', ''],
    ['b', null, 'second log'],
  ]);
  await next.handlers['case.close']({});
  expect(JSON.parse(readFileSync(keptFile(), 'utf8'))).toMatchObject({ tags: [] });
});

it('go to the events of a case file that was saved before them', async () => {
  const first = await open();
  await read(first, 'a.json');
  await first.handlers['case.save']({ as: true });
  await first.handlers['event.tag']({ event: 7, tag: 'benign' });
  await first.close();
  const next = await open();
  const [grant] = await next.grant([join(folder, 'x.rwcase')]);
  await next.handlers['case.open']({ handle: grant?.handle ?? '' });
  await next.idle();
  expect(await tagged(next)).toEqual([['a', 'benign', '']]);
});

it('are none where the file is damaged', async () => {
  const first = await open();
  await read(first, 'a.json');
  await first.handlers['event.tag']({ event: 7, tag: 'benign' });
  await first.close();
  writeFileSync(keptFile(), readFileSync(keptFile(), 'utf8').slice(0, 40));
  const next = await open();
  await read(next, 'a.json');
  expect(await tagged(next)).toEqual([]);
});
