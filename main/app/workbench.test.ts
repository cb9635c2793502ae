import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseSummary, JobProgress } from '../../shared/ipc/contract.ts';
import { EMPTY_FILTER } from '../../shared/model/filter.ts';
import { contentFolder, TestThreads } from '../testing/workbench-threads.ts';
import type { Dialogs } from './ports.ts';
import { Workbench } from './workbench.ts';

const RULE = `title: Tool started
id: 11111111-2222-3333-4444-555555555555
status: test
level: high
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\\tool.exe'
  condition: selection
`;

/** A second later with each record. */
function timeOf(record: number): string {
  return new Date(Date.UTC(2024, 4, 1, 8, 15, record)).toISOString().replace('000Z', '1234567Z');
}

function processEvent(record: number, image: string): string {
  return JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
        EventID: 1,
        TimeCreated: {
          '#attributes': { SystemTime: timeOf(record) },
        },
        EventRecordID: record,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'ws01',
      },
      EventData: { Image: image, CommandLine: `${image} -x ${record}` },
    },
  });
}

let folder: string;
let threads: TestThreads;
let told: { jobs: JobProgress[]; summaries: CaseSummary[]; died: boolean[] };
let answers: { open: string[]; save: string | undefined };
let workbench: Workbench;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-'));
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'rule.yml'), RULE);
  writeFileSync(
    join(folder, 'logs', 'a.json'),
    Array.from({ length: 100 }, (_, i) => processEvent(i, i % 10 === 0 ? 'C:\\tool.exe' : 'C:\\other.exe')).join('\n'),
  );
  writeFileSync(join(folder, 'logs', 'broken.json'), '{"a":1}\n{"a":\n');
  threads = new TestThreads();
  told = { jobs: [], summaries: [], died: [] };
  answers = { open: [], save: undefined };
  await open();
});
afterEach(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  const dialogs: Dialogs = {
    openPaths: () => Promise.resolve(answers.open),
    savePath: () => Promise.resolve(answers.save),
  };
  workbench = await Workbench.open({
    threads,
    dialogs,
    emit: (name, value) => {
      if (name === 'job.progress') told.jobs.push(value as JobProgress);
      if (name === 'case.changed') told.summaries.push(value as CaseSummary);
      if (name === 'engine.died') told.died.push((value as { isReopening: boolean }).isReopening);
    },
    contentFolder,
    dataFolder: join(folder, 'data'),
    version: '1.2.3',
    runtime: 'stand-in',
    paths: [join(folder, 'logs')],
  });
}

type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: { code: string; message: string; detail?: string | undefined } };

async function value<T>(result: Promise<Answer<T>>): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new Error(`${settled.fault.code}: ${settled.fault.message} ${settled.fault.detail ?? ''}`);
  return settled.value;
}

/** Opens paths as the user does: by a dialog, then its handles. */
async function openLogs(path: string): Promise<JobProgress> {
  answers.open = [path];
  const grants = await value(workbench.handlers['dialog.logs']({ folder: true }));
  const { job } = await value(
    workbench.handlers['ingest.start']({ handles: grants.map(({ handle }) => handle), options: {} }),
  );
  await workbench.idle();
  return told.jobs.filter((progress) => progress.job === job).at(-1) as JobProgress;
}

async function loadRule(): Promise<void> {
  answers.open = [join(folder, 'rule.yml')];
  const grants = await value(workbench.handlers['dialog.rules']({ folder: false }));
  await value(workbench.handlers['rules.load']({ handles: grants.map(({ handle }) => handle) }));
  await workbench.idle();
}

describe('lists for placeholders', () => {
  it('are kept, given to rules, and refused at the place of a fault', async () => {
    const expanding = RULE.replace("Image|endswith: '\\tool.exe'", "Image|expand: '%Tools%'");
    expect(expanding).not.toBe(RULE);
    writeFileSync(join(folder, 'rule.yml'), expanding);
    await openLogs(join(folder, 'logs'));
    await loadRule();
    const rule = async () => (await value(workbench.handlers['rules.list']({})))[0];
    expect((await rule())?.notRun).toHaveLength(1);
    const broken = await workbench.handlers['rules.placeholders']({ text: 'Tools: [x]\nOthers: []\n' });
    expect(broken).toMatchObject({ ok: false, fault: { line: 2, span: { start: 19, end: 21 } } });
    await value(workbench.handlers['rules.placeholders']({ text: "Tools: ['*\\tool.exe']\n" }));
    expect(await rule()).toMatchObject({ notRun: [], hits: 10 });
    await workbench.close();
    await open();
    await openLogs(join(folder, 'logs'));
    await loadRule();
    expect(await rule()).toMatchObject({ notRun: [], hits: 10 });
  });
});

describe('Workbench', () => {
  it('does the main job: logs, rule, hits, one event', async () => {
    const end = await openLogs(join(folder, 'logs'));
    expect(end).toMatchObject({ kind: 'ingest', state: 'done', filesDone: 2, events: 101 });
    await loadRule();
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({
      events: 101,
      damaged: 1,
      sources: 2,
      sourcesWithFaults: 1,
      rulesLoaded: 1,
      hitEvents: 10,
      hitsByLevel: { high: 10 },
      jobs: [],
    });
    const sources = await value(workbench.handlers['sources.list']({}));
    expect(sources.map(({ name, state, events, damaged }) => [name, state, events, damaged])).toEqual([
      ['logs/a.json', 'read', 100, 0],
      ['logs/broken.json', 'partial', 1, 1],
    ]);
    expect(sources[1]?.faults).toMatchObject([{ line: 2, file: 'logs/broken.json' }]);
    const filter = { ...EMPTY_FILTER, of: { kind: 'hits' as const } };
    const view = await value(workbench.handlers['view.open']({ filter, sort: { field: 'time', descending: false } }));
    expect(view.total).toBe(10);
    const rows = await value(
      workbench.handlers['view.rows']({ view: view.view, from: 1, count: 1, columns: ['Image'] }),
    );
    expect(rows).toMatchObject([{ time: '2024-05-01T08:15:10.1234567Z', level: 'high', cells: ['C:\\tool.exe'] }]);
    const event = await value(workbench.handlers['event.get']({ event: rows[0]?.event ?? -1 }));
    expect(event.raw).toBe(processEvent(10, 'C:\\tool.exe'));
    expect(event.hits).toMatchObject([{ title: 'Tool started', fields: [{ field: 'Image', value: 'C:\\tool.exe' }] }]);
  });

  it('matches events that come after the rules', async () => {
    await loadRule();
    await openLogs(join(folder, 'logs'));
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({ hitEvents: 10 });
  });

  it('opens nothing by a path, only by a handle that it gave', async () => {
    const path = join(folder, 'logs');
    expect(await workbench.handlers['ingest.start']({ handles: [path], options: {} })).toMatchObject({
      ok: false,
      fault: { code: 'not-found' },
    });
    const info = await value(workbench.handlers['app.info']({}));
    expect(info).toMatchObject({ version: '1.2.3', granted: [{ name: 'logs', isFolder: true }] });
    expect(JSON.stringify(info)).not.toContain(folder);
    // Told once, so that a window that asks again does not open them twice.
    expect((await value(workbench.handlers['app.info']({}))).granted).toEqual([]);
  });

  it('cancels an ingest and keeps what it had', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => processEvent(i, `C:\\${i % 500}.exe`));
    writeFileSync(join(folder, 'long.json'), lines.join('\n'));
    answers.open = [join(folder, 'long.json')];
    const [grant] = await value(workbench.handlers['dialog.logs']({ folder: false }));
    const handles = [grant?.handle ?? ''];
    const { job } = await value(workbench.handlers['ingest.start']({ handles, options: {} }));
    const waiting = await value(workbench.handlers['ingest.start']({ handles, options: {} }));
    while (!told.jobs.some((progress) => progress.job === job && progress.events > 0)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await value(workbench.handlers['job.cancel']({ job: waiting.job }));
    await value(workbench.handlers['job.cancel']({ job }));
    await workbench.idle();
    expect(told.jobs.filter((progress) => progress.state === 'cancelled').map((progress) => progress.job)).toEqual([
      job,
      waiting.job,
    ]);
    const summary = await value(workbench.handlers['case.summary']({}));
    expect(summary.events).toBeGreaterThan(0);
    expect(summary.events).toBeLessThan(60_000);
    const sources = await value(workbench.handlers['sources.list']({}));
    expect(sources).toMatchObject([{ state: 'partial', events: summary.events }]);
    // And goes on.
    await openLogs(join(folder, 'logs'));
    expect((await value(workbench.handlers['case.summary']({}))).events).toBe(summary.events + 101);
  });

  it('saves a case, forgets it, and opens it again', async () => {
    await openLogs(join(folder, 'logs'));
    await loadRule();
    expect(await value(workbench.handlers['case.save']({ as: false }))).toEqual({ name: null });
    answers.save = join(folder, 'my.rwcase');
    expect(await value(workbench.handlers['case.save']({ as: false }))).toEqual({ name: 'my.rwcase' });
    answers.save = undefined; // It is not asked again.
    expect(await value(workbench.handlers['case.save']({ as: false }))).toEqual({ name: 'my.rwcase' });
    await value(workbench.handlers['case.close']({}));
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({ events: 0, sources: 0 });
    const [recent] = await value(workbench.handlers['case.recent']({}));
    expect(recent).toMatchObject({ name: 'my.rwcase', isFolder: false });
    await value(workbench.handlers['case.open']({ handle: recent?.handle ?? '' }));
    await workbench.idle();
    expect(told.jobs.at(-1)).toMatchObject({ kind: 'open-case', state: 'done' });
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({
      events: 101,
      name: 'my.rwcase',
      hitEvents: 10,
    });
  });

  it('saves a rule, which joins the set, and exports a view', async () => {
    await openLogs(join(folder, 'logs'));
    answers.save = join(folder, 'saved.yml');
    expect(await value(workbench.handlers['rules.save']({ text: RULE, suggestedName: 'x.yml' }))).toEqual({
      name: 'saved.yml',
    });
    await workbench.idle();
    expect(readFileSync(join(folder, 'saved.yml'), 'utf8')).toBe(RULE);
    expect(await value(workbench.handlers['rules.list']({}))).toMatchObject([{ title: 'Tool started', hits: 10 }]);
    const filter = { ...EMPTY_FILTER, of: { kind: 'hits' as const } };
    const { view } = await value(
      workbench.handlers['view.open']({ filter, sort: { field: 'time', descending: false } }),
    );
    answers.save = join(folder, 'out.csv');
    const exported = await value(workbench.handlers['view.export']({ view, format: 'csv', columns: ['Image'] }));
    expect(exported).toEqual({ name: 'out.csv', events: 10 });
    expect(readFileSync(join(folder, 'out.csv'), 'utf8').match(/C:\\tool\.exe/g)?.length).toBe(10);
  });

  it('tells that the engine died, and opens again what was open, once', async () => {
    await loadRule();
    await openLogs(join(folder, 'logs'));
    const before = await value(workbench.handlers['case.summary']({}));
    threads.engines[0]?.die('out of memory');
    expect(await workbench.handlers['case.summary']({})).toMatchObject({
      ok: false,
      fault: { code: 'engine-crashed', detail: 'out of memory' },
    });
    while (told.died.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await workbench.idle();
    while ((await value(workbench.handlers['case.summary']({}))).rulesLoaded === 0) await workbench.idle();
    const { events, hitEvents, sources } = await value(workbench.handlers['case.summary']({}));
    expect({ events, hitEvents, sources }).toEqual({ events: 101, hitEvents: 10, sources: 2 });
    expect(before).toMatchObject({ events, hitEvents, sources });
    // A second time so soon, it may be what was opened that kills it: it stays until the case is closed.
    threads.engines.at(-1)?.die('again');
    expect(told.died).toEqual([true, false]);
    expect(await workbench.handlers['rules.list']({})).toMatchObject({ ok: false, fault: { code: 'engine-crashed' } });
    expect(await openLogs(join(folder, 'logs'))).toMatchObject({ state: 'failed', fault: { code: 'engine-crashed' } });
    await value(workbench.handlers['case.close']({}));
    await workbench.idle();
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({ events: 0, rulesLoaded: 1 });
    await openLogs(join(folder, 'logs'));
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({ events: 101, hitEvents: 10 });
  });

  it('opens a case file, and what was read after it, again where the engine died', async () => {
    await loadRule();
    await openLogs(join(folder, 'logs'));
    answers.save = join(folder, 'x.rwcase');
    await value(workbench.handlers['case.save']({ as: true }));
    const [grant] = await value(workbench.handlers['case.recent']({}));
    await value(workbench.handlers['case.open']({ handle: grant?.handle ?? '' }));
    await workbench.idle();
    await openLogs(join(folder, 'logs', 'a.json'));
    threads.engines[0]?.die('out of memory');
    const isBack = async () => {
      const summary = await workbench.handlers['case.summary']({});
      return summary.ok && summary.value.events === 201 && summary.value.jobs.length === 0;
    };
    while (!(await isBack())) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await value(workbench.handlers['case.summary']({}))).toMatchObject({
      name: 'x.rwcase',
      hitEvents: 20,
      rulesLoaded: 1,
    });
  });

  it('tells the summary when something changed', async () => {
    await openLogs(join(folder, 'logs'));
    const isOver = (): boolean => told.summaries.at(-1)?.events === 101 && told.summaries.at(-1)?.jobs.length === 0;
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told.summaries.at(-1)).toMatchObject({ jobs: [], sources: 2 });
  });

  it('keeps settings', async () => {
    await value(workbench.handlers['settings.set']({ key: 'theme', value: 'dark' }));
    await workbench.close();
    await open();
    expect(await value(workbench.handlers['settings.get']({}))).toEqual({ theme: 'dark' });
  });
});
