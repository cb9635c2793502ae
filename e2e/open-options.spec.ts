import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerOpenDialog, answerSaveDialog, expect, shipped, test } from './fixtures.ts';

let folder = '';

test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-options-'));
  const line = (n: number): string => JSON.stringify({ time: `2024-05-01 08:15:0${String(n)}`, host: 'srv1', n });
  writeFileSync(path.join(folder, 'plain.json'), `${[1, 2, 3].map(line).join('\n')}\n`);
  writeFileSync(path.join(folder, 'door.csv'), 'stamp;door;who\n1.5.2024 10.15;gate;mia\n2.5.2024 11.00;yard;jo\n');
  writeFileSync(path.join(folder, 'later.csv'), 'stamp;door;who\n3.5.2024 12.30;roof;li\n');
});

test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => path.join(folder, name);

test('options are chosen in a sheet; recovery and zone stay, and what was left out is told', async ({
  workbench,
  app,
}) => {
  const { page } = workbench;
  const logs = shipped('samples', 'tunnel-incident', 'WS-0141');
  await answerOpenDialog(app, [file('plain.json'), logs]);
  await page.getByRole('button', { name: 'Open with options…' }).click();
  const sheet = page.getByRole('dialog', { name: 'Open with options' });
  await expect(sheet).toContainText('plain.json, WS-0141');
  await sheet.getByLabel('Zone of times that name none').fill('Nowhere');
  await expect(sheet.getByRole('status')).toContainText('“Nowhere” is no zone');
  await expect(sheet.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
  await sheet.getByLabel('Zone of times that name none').fill('Europe/Berlin');
  await sheet.getByRole('checkbox', { name: /Recover records/ }).check();
  await sheet.getByRole('button', { name: 'Security' }).click();
  await sheet.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(workbench.eventsInView).toHaveText(/^\d[\d,]* events$/);
  await expect(workbench.engine).toHaveText('Engine idle');
  await workbench.show('Sources');
  await expect(workbench.source('WS-0141/System.evtx')).toContainText('Read as chosen');
  await workbench
    .source('WS-0141/System.evtx')
    .getByRole('button', { name: /^Faults of/ })
    .click();
  await expect(page.getByRole('list', { name: 'Faults of WS-0141/System.evtx' })).toContainText('records left out');
  await expect(workbench.source('WS-0141/Security.evtx')).not.toContainText('as chosen');

  // The next logs open in one step, in the zone that stayed; no channel is left out.
  await page.getByRole('button', { name: 'Open logs', exact: true }).click();
  await expect(workbench.source('plain.json').nth(1)).toContainText('2024-05-01 06:15:01');
  await workbench
    .source('plain.json')
    .nth(1)
    .getByRole('button', { name: /^Faults of/ })
    .click();
  const note = page.getByRole('list', { name: 'Faults of plain.json' });
  await expect(note).toContainText('Times without a zone were read as Europe/Berlin');

  // And again otherwise, in place of what was read before.
  await note.getByRole('button', { name: 'Read again with…' }).click();
  const again = page.getByRole('dialog', { name: 'Read again with options' });
  await expect(again).toContainText('3 events of it will be replaced');
  await again.getByLabel('Zone of times that name none').fill('UTC');
  await again.getByRole('button', { name: 'Read', exact: true }).click();
  await expect(workbench.source('plain.json').filter({ hasText: '2024-05-01 08:15:01' })).toHaveCount(1);
  await expect(workbench.source('plain.json').filter({ hasText: '2024-05-01 06:15:01' })).toHaveCount(0);
});

test('columns of a table are chosen once', async ({ workbench, app }) => {
  const { page } = workbench;
  await answerOpenDialog(app, [file('door.csv')]);
  await workbench.openLogs();
  await workbench.settled(2);
  await workbench.show('Sources');
  await workbench.source('door.csv').getByRole('button', { name: 'Needs a mapping' }).click();
  const sheet = page.getByRole('dialog', { name: 'Columns of a table' });
  await sheet.getByLabel('Time', { exact: true }).selectOption('stamp');
  await sheet.getByLabel('Written as').selectOption('A pattern');
  await sheet.getByLabel('Pattern').fill('d.M.yyyy');
  await expect(sheet.getByRole('region', { name: 'First rows' })).toContainText('not read');
  await sheet.getByLabel('Pattern').fill('d.M.yyyy HH.mm');
  await expect(sheet.getByRole('region', { name: 'First rows' })).toContainText('2024-05-01 10:15:00');
  await sheet.getByLabel('Computer').selectOption('door');
  await sheet.getByRole('button', { name: 'Read with these columns' }).click();
  await expect(workbench.source('door.csv')).toContainText('2024-05-01 10:15:00');
  await expect(workbench.status).toContainText('2 hosts');

  await answerOpenDialog(app, [file('later.csv')]);
  await page.getByRole('button', { name: 'Open logs', exact: true }).click();
  await expect(workbench.source('later.csv')).toContainText('2024-05-03 12:30:00');
  await workbench
    .source('later.csv')
    .getByRole('button', { name: /^Faults of/ })
    .click();
  await expect(page.getByRole('list', { name: 'Faults of later.csv' })).toContainText('as you chose for this header');
});

test('times in UTC or local, always labelled', async ({ workbench, app }) => {
  const { page } = workbench;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setTimezoneOverride', { timezoneId: 'Asia/Kathmandu' });
  await page.reload();
  await answerOpenDialog(app, [file('plain.json')]);
  await workbench.openLogs();
  await workbench.settled(3);
  const first = workbench.events.getByRole('row').nth(1);
  await expect(first).toContainText('08:15:01');
  await workbench.status.getByRole('button', { name: 'Times in UTC' }).click();
  await expect(workbench.status).toContainText('Times local, Asia/Kat');
  await expect(first).toContainText('14:00:01');
  await expect(workbench.events.getByRole('columnheader', { name: /^Time \(local\)/ })).toBeVisible();
  await first.click();
  await expect(workbench.detail).toContainText('2024-05-01 14:00:01 +05:45 (2024-05-01 08:15:01 UTC)');
  // What goes to others stays in UTC.
  await answerSaveDialog(app, file('out.csv'));
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /CSV/ }).click();
  await expect(page.getByText('3 events written to out.csv')).toBeVisible();
  expect(readFileSync(file('out.csv'), 'utf8')).toContain('2024-05-01T08:15:01Z');
  await page.getByRole('button', { name: 'Times local' }).click();
  await expect(first).toContainText('08:15:01');
});
