import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobProgress } from '../../shared/ipc/contract.ts';
import { EMPTY_FILTER } from '../../shared/model/filter.ts';
import { contentFolder, TestThreads } from '../testing/workbench-threads.ts';
import { Workbench } from './workbench.ts';

let folder: string;
let chosen: string[];
let jobs: JobProgress[];
let workbench: Workbench;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-messages-'));
  jobs = [];
  writeFileSync(
    join(folder, 'list.json'),
    JSON.stringify({
      provider: 'Vendor',
      language: 'de-DE',
      events: [{ id: 7, message: 'Hallo %1', title: 'Gruß', fields: ['Name'] }],
    }),
  );
  writeFileSync(
    join(folder, 'log.json'),
    [7, 8]
      .map((id) => ({ provider_name: 'Vendor', event_id: id, channel: 'Vendor', event_data: { Name: 'Welt' } }))
      .map((winlog) => JSON.stringify({ '@timestamp': '2024-05-01T00:00:00Z', winlog }))
      .join('\n'),
  );
  workbench = await open(join(folder, 'data'));
});
afterEach(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(dataFolder: string | undefined): Promise<Workbench> {
  return Workbench.open({
    threads: new TestThreads(),
    dialogs: { openPaths: () => Promise.resolve(chosen), savePath: () => Promise.resolve(undefined) },
    emit: (name, told) => {
      if (name === 'job.progress') jobs.push(told as JobProgress);
    },
    contentFolder,
    dataFolder,
    version: '0',
    runtime: 'stand-in',
    paths: [],
  });
}

async function value<T>(
  answer: Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: unknown }>,
): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

async function handlesOf(...names: string[]): Promise<string[]> {
  chosen = names.map((name) => join(folder, name));
  return (await value(workbench.handlers['dialog.messages']({ folder: false }))).map(({ handle }) => handle);
}

async function importFiles(...names: string[]): Promise<JobProgress | undefined> {
  const { job } = await value(workbench.handlers['messages.import']({ handles: await handlesOf(...names) }));
  await workbench.idle();
  return jobs.findLast((told) => told.job === job);
}

async function openLog(): Promise<number[]> {
  const handles = await handlesOf('log.json');
  await value(workbench.handlers['ingest.start']({ handles, options: {} }));
  await workbench.idle();
  const view = await value(
    workbench.handlers['view.open']({ filter: EMPTY_FILTER, sort: { field: 'EventID', descending: false } }),
  );
  const rows = await value(workbench.handlers['view.rows']({ view: view.view, from: 0, count: 10, columns: [] }));
  return rows.map(({ event }) => event);
}

describe('message data in the workbench', () => {
  it('is imported as a job, listed, gives events their text, and is removed', async () => {
    const [seven, eight] = (await openLog()) as [number, number];
    const message = async (event: number) => (await value(workbench.handlers['event.message']({ event }))).message;
    expect(await message(seven)).toBeNull();

    expect(await importFiles('list.json')).toMatchObject({ kind: 'messages', state: 'done' });
    const { packs, last } = await value(workbench.handlers['messages.list']({}));
    expect(packs).toMatchObject([{ name: 'list.json', providers: 1, messages: 1, languages: ['de-DE'] }]);
    expect(last).toEqual({ name: 'list.json', others: 0, faults: [] });

    expect(await message(seven)).toEqual({
      parts: [
        { text: 'Hallo ', field: null, value: null },
        { text: 'Welt', field: 'Name', value: 'Welt' },
      ],
      isCut: false,
      title: 'Gruß',
      language: 'de-DE',
      from: 'list.json',
    });
    expect(await message(eight)).toBeNull();
    expect(await workbench.handlers['event.message']({ event: 99 })).toMatchObject({ fault: { code: 'not-found' } });

    const id = packs[0]?.id ?? '';
    expect(await workbench.handlers['messages.remove']({ id })).toEqual({ ok: true, value: {} });
    expect(await workbench.handlers['messages.remove']({ id })).toMatchObject({ fault: { code: 'not-found' } });
    expect(await message(seven)).toBeNull();
  });

  it('says what in an import was wrong, and fails where there was nothing else', async () => {
    writeFileSync(join(folder, 'broken.json'), '{"provider": "x", "events": [');
    expect(await importFiles('broken.json')).toMatchObject({ state: 'failed', fault: { code: 'damaged-source' } });
    expect(await importFiles('broken.json', 'list.json')).toMatchObject({ state: 'done' });
    const { last } = await value(workbench.handlers['messages.list']({}));
    expect(last?.faults).toMatchObject([{ file: 'broken.json', line: 1 }]);
    writeFileSync(join(folder, 'data', 'messages', 'x.rwmsg'), 'RWMSG nonsense');
    const { packs, faults } = await value(workbench.handlers['messages.list']({}));
    expect(packs).toHaveLength(1);
    expect(faults).toMatchObject([{ file: 'x.rwmsg' }]);
  });

  it('tells message data from logs', async () => {
    writeFileSync(join(folder, 'log_1033.MTA'), 'x');
    const handles = await handlesOf('list.json', 'log.json', 'log_1033.MTA', '.', 'nowhere');
    expect(await value(workbench.handlers['messages.among']({ handles }))).toEqual({
      handles: [handles[0], handles[2]],
    });
  });

  it('is not kept where the program has no data folder', async () => {
    await workbench.close();
    workbench = await open(undefined);
    expect(await importFiles('list.json')).toMatchObject({ state: 'failed', fault: { code: 'storage-failed' } });
    const [seven] = (await openLog()) as [number, number];
    expect(await value(workbench.handlers['event.message']({ event: seven }))).toEqual({ message: null });
  });
});
