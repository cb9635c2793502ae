import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import type { WorkbenchBridge } from '../shared/ipc/contract.ts';
import { answerOpenDialog, expect, shipped, test } from './fixtures.ts';
import { processLine } from './log-lines.ts';
import { count, sample } from './pages/workbench.ts';

const START = Date.UTC(2026, 2, 10, 6);
let folder = '';
/** Events that each file must give; those not named give none, or as many as can be read of a damaged one. */
const wanted = new Map<string, number>();
let files = 0;

test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-many-'));
  makeFiles();
});

test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const line = (record: number): string => processLine(record, record % 400, START + record * 10);
const lines = (from: number, n: number): string => Array.from({ length: n }, (_, i) => `${line(from + i)}\n`).join('');

function xml(n: number): string {
  const event = (i: number): string =>
    `<Event><System><Provider Name="Test"/><EventID>1</EventID><TimeCreated SystemTime="${new Date(START + i).toISOString()}"/>` +
    `<EventRecordID>${String(i)}</EventRecordID><Channel>Test</Channel><Computer>X</Computer></System>` +
    `<EventData><Data Name="A">${String(i)}</Data></EventData></Event>`;
  return `<Events>${Array.from({ length: n }, (_, i) => event(i)).join('')}</Events>`;
}

const csv = (n: number): string =>
  `time,host,cmd\n${Array.from({ length: n }, (_, i) => `${new Date(START + i).toISOString()},h${String(i % 3)},c${String(i)}\n`).join('')}`;

/** 300 files of all kinds, mixed in order of name. */
function makeFiles(): void {
  const write = (kind: string, name: string, content: string | Uint8Array, events?: number): void => {
    // Kinds take turns in the order of names.
    const turn = String((files * 7) % 300).padStart(3, '0');
    const file = path.join(`part-${String(files % 6)}`, `${turn}-${kind}-${name}`);
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
    if (events !== undefined) wanted.set(file, events);
    files++;
  };
  const incident = shipped('samples', 'tunnel-incident');
  for (let copy = 0; copy < 4; copy++) {
    for (const entry of readdirSync(incident, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const from = path.join(entry.parentPath, entry.name);
      write('sample', `${String(copy)}-${path.basename(entry.parentPath)}-${entry.name}`, readFileSync(from));
    }
  }
  for (let i = 0; i < 120; i++) write('json', `${String(i)}.json`, lines(i * 800, 800), 800);
  for (let i = 0; i < 20; i++) write('xml', `${String(i)}.xml`, xml(200), 200);
  for (let i = 0; i < 30; i++) write('csv', `${String(i)}.csv`, csv(300), 300);
  for (let i = 0; i < 20; i++) write('gz', `${String(i)}.gz`, gzipSync(lines(i * 500, 500)), 500);
  for (let i = 0; i < 5; i++) {
    const inner = Object.fromEntries(
      [0, 1, 2, 3].map((n) => [`in/${String(n)}.json`, Buffer.from(lines(n * 200, 200))]),
    );
    write('zip', `${String(i)}.zip`, zipSync(inner, { level: 1 }));
  }
  for (let i = 0; i < 15; i++) write('junk', `${String(i)}.txt`, `notes of day ${String(i)}\n`);
  for (let i = 0; i < 5; i++) write('junk', `${String(i)}.bin`, Buffer.alloc(5000, i * 37 + 1));
  for (let i = 0; i < 7; i++) write('empty', `${String(i)}.evtx`, '');
  const damaged = readFileSync(path.join(incident, 'DC01', 'Security.evtx'));
  // The second chunk's mark is gone.
  damaged.fill(0, 4096 + 65_536, 4096 + 65_536 + 8);
  for (let i = 0; i < 5; i++) write('damaged', `${String(i)}.evtx`, damaged);
  while (files < 300) write('damaged', `${String(files)}.json`, `${lines(0, 9)}{"Event": \n${lines(9, 1)}`, 10);
}

test('300 mixed files: progress is seen, a stop keeps what was read, the rest is read once', async ({
  workbench,
  app,
}) => {
  const { page, sources } = workbench;
  const name = path.basename(folder);
  await answerOpenDialog(app, [folder]);
  await page.keyboard.press('Control+Shift+O');
  await workbench.show('Sources');
  const job = page.getByLabel('Opening logs').first();
  await expect(job).toContainText(/of 315 files · .* of .* MB · [\d,]+ events · [\d,]+ events\/s/);
  await expect(job.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-9]\d?$/);
  // About half-way.
  await expect(job).toContainText(/(1[0-9]\d|2[0-4]\d) of 315 files/);
  await job.getByRole('button', { name: 'Cancel' }).click();
  await expect(workbench.engine).toHaveText('Engine idle');

  const rest = page.getByText(/^Reading was stopped: \d+ files were not read/);
  await expect(rest).toBeVisible();
  await page.getByRole('button', { name: /^Not read \(\d+\)$/ }).click();
  await expect(sources.getByRole('row').filter({ hasText: 'Not read yet' }).first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText(/Cancelled after \d+ of 315 files/);
  // What was read can be used.
  await workbench.show('Timeline');
  await expect(workbench.eventsInView).toHaveText(/^\d[\d,]* events$/);
  await workbench.events.getByRole('row').nth(2).click();
  await expect(workbench.detail).toContainText('record');

  await workbench.show('Sources');
  await page.getByRole('button', { name: 'Read the rest' }).click();
  await expect(rest).toBeHidden();
  await expect(workbench.engine).toHaveText('Engine idle');
  const answer = await page.evaluate(() =>
    (window as unknown as { workbench: WorkbenchBridge }).workbench.call('sources.list', {}),
  );
  if (!answer.ok) throw new Error(answer.fault.message);
  const read = new Map(answer.value.map((source) => [source.name, source]));
  expect(read.size).toBe(answer.value.length);
  expect(read.size).toBe(315);
  const states = new Set(answer.value.map(({ state }) => state));
  expect([...states].sort()).toEqual(['read', 'skipped']);
  for (const [file, events] of wanted) expect(read.get(path.join(name, file))?.events, file).toBe(events);
  const sum = (kind: RegExp): number =>
    answer.value.filter((source) => kind.test(source.name)).reduce((total, { events }) => total + events, 0);
  expect(sum(/-sample-/)).toBe(4 * sample.totalEvents);
  expect(sum(/-zip-/)).toBe(5 * 4 * 200);
  expect(sum(/-damaged-.*evtx$/) % 5).toBe(0);
  expect(sum(/-damaged-.*evtx$/)).toBeGreaterThan(0);
  expect(sum(/-junk-|-empty-/)).toBe(0);
  await expect(workbench.status).toContainText(`${count(sum(/./))} events`);
  await expect(workbench.status).toContainText('315 files');
  await expect(page.getByRole('button', { name: /^With faults \(10\)/ })).toBeVisible();
});
