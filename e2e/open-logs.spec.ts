import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { answerOpenDialog, corpus, expect, shipped, test } from './fixtures.ts';
import { processLine } from './log-lines.ts';

let folder = '';

test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-logs-'));
});

test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const line = (record: number): string => processLine(record, record, 1_770_000_000_000 + record);

test('an EVTX file of a real attack opens through the dialog', async ({ workbench, app }) => {
  const file = corpus('evtx', 'AutomatedTestingTools', 'panache_sysmon_vs_EDRTestingScript.evtx');
  test.skip(file === undefined, 'the corpora are not beside the project');
  await answerOpenDialog(app, [file ?? '']);
  await workbench.openLogs();
  await expect(workbench.eventsInView).toHaveText(/^\d[\d,]* events$/);
  await expect(workbench.engine).toHaveText('Engine idle');
  await workbench.show('Sources');
  await expect(workbench.source('panache_sysmon_vs_EDRTestingScript.evtx')).toContainText('evtx');
});

test('a damaged file shows in the ledger with the place of its fault; the rest is read', async ({ workbench, app }) => {
  const whole = readFileSync(shipped('samples', 'tunnel-incident', 'DC01', 'Security.evtx'));
  // The second chunk's magic is gone: its records cannot be read in the ordinary way.
  whole.fill(0, 4096 + 65_536, 4096 + 65_536 + 8);
  writeFileSync(path.join(folder, 'damaged.evtx'), whole);
  writeFileSync(path.join(folder, 'empty.evtx'), '');
  writeFileSync(path.join(folder, 'broken.ndjson'), `${line(1)}\n{"Event": \n${line(2)}\n`);
  await answerOpenDialog(
    app,
    ['damaged.evtx', 'empty.evtx', 'broken.ndjson'].map((name) => path.join(folder, name)),
  );
  await workbench.openLogs();
  await expect(workbench.status).toContainText('2 files with faults');
  await expect(workbench.engine).toHaveText('Engine idle');

  await workbench.show('Sources');
  await expect(workbench.source('damaged.evtx')).toContainText('faults');
  await workbench.source('damaged.evtx').getByRole('button', { name: 'Faults of damaged.evtx' }).click();
  await expect(workbench.page.getByRole('list', { name: 'Faults of damaged.evtx' })).toContainText('69,632');
  await workbench.source('broken.ndjson').getByRole('button', { name: 'Faults of broken.ndjson' }).click();
  await expect(workbench.page.getByRole('list', { name: 'Faults of broken.ndjson' })).toContainText(/line 2/i);
  await expect(workbench.source('broken.ndjson')).toContainText('2');
});

test('a cancelled read keeps what it has and says so', async ({ workbench, app }) => {
  const file = path.join(folder, 'large.ndjson');
  const records = 400_000;
  const out = createWriteStream(file);
  for (let record = 0; record < records; record += 1000) {
    out.write(Array.from({ length: 1000 }, (_, i) => `${line(record + i)}\n`).join(''));
  }
  out.end();
  await finished(out);
  await answerOpenDialog(app, [file]);
  await workbench.openLogs();
  await expect(workbench.engine).toContainText(/[1-9][\d,]* events/);
  await workbench.engine.getByRole('button', { name: 'Cancel' }).click();
  await expect(workbench.engine).toHaveText('Engine idle');
  await workbench.show('Sources');
  await expect(workbench.source('large.ndjson')).toContainText('Read in part');
  await expect(workbench.status).not.toContainText('400,000 events');
});

test.describe('named on the command line', () => {
  const host = shipped('samples', 'tunnel-incident', 'WS-0141');
  test.use({ paths: [host] });

  test('files open at once', async ({ workbench }) => {
    await expect(workbench.status).toContainText(`${String(readdirSync(host).length)} files`);
    await expect(workbench.engine).toHaveText('Engine idle');
    await expect(workbench.eventsInView).toHaveText(/^\d[\d,]* events$/);
  });
});
