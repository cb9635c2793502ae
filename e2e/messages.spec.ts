import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerOpenDialog, expect, test } from './fixtures.ts';

let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-messages-'));
  const sysmon = {
    provider: 'Microsoft-Windows-Sysmon',
    language: 'en-US',
    events: [{ id: 1, message: 'Started %1%nby %2', fields: ['Image', 'ParentImage'] }],
  };
  writeFileSync(path.join(folder, 'sysmon.json'), JSON.stringify(sysmon));
  writeFileSync(path.join(folder, 'broken.json'), '{"provider": "Broken",\n"events": [');
});
test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an analyst gives events their text, and takes it away again', async ({ app, workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  const started = workbench.events
    .getByRole('row')
    .filter({ hasText: 'Sysmon' })
    .filter({ hasText: 'Process created' });
  // Rows may still move while the last of the files joins the view.
  await expect(async () => {
    await started.first().click();
    await expect(workbench.detail).toContainText('Process created', { timeout: 1000 });
  }).toPass();
  const message = workbench.detail.getByRole('region', { name: 'Message' });
  await expect(message).toHaveCount(0);

  await workbench.show('Sources');
  await answerOpenDialog(app, [folder]);
  await page.getByRole('button', { name: 'Import a folder of message data' }).click();
  const imported = page.getByRole('list', { name: 'Imported message data' });
  await expect(imported).toContainText('1 provider');
  await expect(page.getByRole('list', { name: 'Faults of message data' })).toContainText('The JSON is not whole');

  await workbench.show('Timeline');
  await expect(message).toContainText(/Started C:\\\S+\.exe\nby /);
  await message.getByTitle('ParentImage').click();
  await page.getByRole('menuitem', { name: 'Filter in' }).click();
  await expect(page.getByRole('list', { name: 'Filters' })).toContainText('ParentImage');
  await expect(workbench.eventsInView).toHaveText(/^\d[\d,]* of [\d,]+ events$/);

  await workbench.show('Sources');
  await page.getByRole('button', { name: /^Remove / }).click();
  await expect(imported).toHaveCount(0);
  await workbench.show('Timeline');
  await started.first().click();
  await expect(workbench.detail.getByRole('region', { name: 'Event data' })).toBeVisible();
  await expect(message).toHaveCount(0);
});

test('message data that is opened as a log is imported', async ({ app, workbench }) => {
  await answerOpenDialog(app, [path.join(folder, 'sysmon.json')]);
  await workbench.openLogs();
  await expect(workbench.page.getByRole('list', { name: 'Imported message data' })).toContainText('sysmon.json');
  await expect(workbench.page.getByRole('heading', { name: 'No files are open' })).toBeVisible();
});
