import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { answerOpenDialog, answerSaveDialog, expect, test } from './fixtures.ts';

let folder = '';

test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-close-'));
  writeFileSync(path.join(folder, 'a.json'), '{"time":"2024-05-01T08:15:00Z"}\n');
  writeFileSync(path.join(folder, 'b.json'), '{"time":"2024-05-01T08:16:00Z"}\n');
});

test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Whether the page lets its window close. */
const mayClose = (page: Page): Promise<boolean> =>
  page.evaluate(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true })));

test('the window asks before it closes over a case with changes', async ({ workbench, app }) => {
  const { page } = workbench;
  await answerOpenDialog(app, [path.join(folder, 'a.json')]);
  await workbench.openLogs();
  await workbench.settled(1);
  // Never saved, and read again in a moment: nothing to ask.
  expect(await mayClose(page)).toBe(true);
  await answerSaveDialog(app, path.join(folder, 'x.rwcase'));
  await page.keyboard.press('Control+Shift+S');
  await expect(workbench.status).toContainText('x.rwcase');
  expect(await mayClose(page)).toBe(true);

  await answerOpenDialog(app, [path.join(folder, 'b.json')]);
  await page.keyboard.press('Control+O');
  await workbench.settled(2);
  expect(await mayClose(page)).toBe(false);
  const question = page.getByRole('dialog', { name: 'Save this case before closing?' });
  await expect(question).toContainText('x.rwcase has changes that are not saved');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await expect(workbench.status.getByRole('img', { name: 'Changes not saved' })).toBeVisible();
});
