import { readFileSync } from 'node:fs';
import path from 'node:path';
import { answerSaveDialog, expect, test } from './fixtures.ts';
import { sample } from './pages/workbench.ts';

test('an analyst goes from hit to hit, tags and notes events, and finds them again in the saved case', async ({
  app,
  workbench,
}, testInfo) => {
  const { page, events, detail } = workbench;
  const selected = events.getByRole('row', { selected: true });
  await workbench.openSample();
  await expect(workbench.status).toContainText(/\d+ rules run/);
  await workbench.settled(sample.totalEvents);
  await page.keyboard.press('Control+2');

  // Among all events, from one hit to the next and back.
  await expect(page.getByRole('button', { name: /^Hits, \d+ events with hits/ })).toBeVisible();
  await page.keyboard.press('F3');
  await expect(selected.locator('[data-column="severity"]').getByRole('img')).toBeVisible();
  const first = await selected.getAttribute('aria-rowindex');
  await page.keyboard.press('F3');
  await expect(selected).not.toHaveAttribute('aria-rowindex', String(first));
  await expect(selected.locator('[data-column="severity"]').getByRole('img')).toBeVisible();
  await page.keyboard.press('Shift+F3');
  await expect(selected).toHaveAttribute('aria-rowindex', String(first));

  await page.keyboard.press('m');
  await expect(selected.getByRole('img', { name: 'Malicious' })).toBeVisible();
  await expect(detail.getByRole('button', { name: 'Malicious' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('n');
  await expect(detail.getByRole('textbox', { name: 'Note' })).toBeFocused();
  await page.keyboard.type('first tunnel, see ticket 12');
  await page.keyboard.press('Enter');
  await expect(events).toBeFocused();
  await expect(selected.getByRole('img', { name: 'Malicious: first tunnel, see ticket 12' })).toBeVisible();

  // One that is tagged and untagged again is not among them.
  await page.keyboard.press('j');
  await expect(selected).toHaveAttribute('aria-rowindex', String(Number(first) + 1));
  await page.keyboard.press('s');
  await expect(selected.getByRole('img', { name: 'Star' })).toBeVisible();
  await expect(workbench.status).toContainText('2 tagged');
  await page.keyboard.press('s');
  await expect(selected.getByRole('img', { name: 'Star' })).toHaveCount(0);
  await expect(workbench.status).toContainText('1 tagged');
  await workbench.status.getByRole('button', { name: '1 tagged' }).click();
  await expect(workbench.eventsInView).toContainText('1 of');

  const exported = testInfo.outputPath('tagged.jsonl');
  await answerSaveDialog(app, exported);
  await page.getByRole('button', { name: 'Export the view' }).click();
  await page.getByRole('menuitem', { name: 'Export as JSON lines' }).click();
  await expect(page.getByText(/^1 events? written to/)).toBeVisible();
  expect(JSON.parse(readFileSync(exported, 'utf8'))).toMatchObject({
    tag: 'malicious',
    note: 'first tunnel, see ticket 12',
  });

  // The case file has them.
  const file = testInfo.outputPath('tagged.rwcase');
  await answerSaveDialog(app, file);
  await page.keyboard.press('Control+Shift+S');
  await expect(workbench.status).toContainText(path.basename(file));
  await page.keyboard.press('Control+K');
  await page.getByRole('searchbox', { name: 'Find a command' }).fill('Close case');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: path.basename(file) }).click();
  await expect(workbench.status).toContainText('1 tagged');
  await workbench.status.getByRole('button', { name: '1 tagged' }).click();
  await expect(events.getByRole('img', { name: 'Malicious: first tunnel, see ticket 12' })).toBeVisible();
});

test('a value of an event becomes a rule, and further values join it', async ({ workbench }) => {
  const { page, events, detail, editor } = workbench;
  await workbench.openSample();
  await page.getByRole('group', { name: 'Which events' }).getByRole('button', { name: 'Hits' }).click();
  const row = events.getByRole('row').filter({ hasText: 'plink.exe' }).first();
  await row.locator('[data-column="computer"]').click();
  await expect(detail.getByText('OriginalFileName', { exact: true })).toBeVisible();

  await detail.getByText('C:\\ProgramData\\Printing\\plink.exe', { exact: true }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'New rule with this value' }).click();
  await expect(editor).toContainText("Image|endswith: '\\plink.exe'");
  await expect(editor).toContainText('category: process_creation');
  await expect(page.getByRole('status', { name: 'Draft result' })).toContainText(/[1-9]\d* hits? of/);

  await detail.getByText('Plink', { exact: true }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Use in the draft' }).click();
  await expect(editor).toContainText('OriginalFileName: Plink');
});
