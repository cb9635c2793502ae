import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerSaveDialog, expect, test } from './fixtures.ts';
import { count, sample } from './pages/workbench.ts';

test('the matrix leads from a technique to the events that it needs, to its hits and to its page', async ({
  workbench,
}) => {
  const { page } = workbench;
  await workbench.openSample();
  await workbench.show('Coverage');
  const matrix = page.getByRole('listbox', { name: 'Coverage by tactic' });
  const cell = matrix.getByRole('group', { name: 'Command and control' }).getByRole('option', { name: /^T1572 / });
  await expect(cell).toHaveAccessibleName(/Hits, \d+ rules, \d+ hits$/);

  // The keyboard alone: from the first cell to the one of T1572.
  await matrix.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  const selected = matrix.getByRole('option', { selected: true });
  await expect(selected).toHaveCount(1);
  for (let i = 0; i < 14; i++) {
    if (
      await matrix.getByRole('group', { name: 'Command and control' }).getByRole('option', { selected: true }).count()
    )
      break;
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('End');
  await expect(cell).toHaveAttribute('aria-selected', 'true');

  const detail = page.getByRole('region', { name: 'Technique on the open logs' });
  await expect(detail.getByRole('heading', { name: 'Protocol Tunneling T1572' })).toBeVisible();
  const needed = detail.getByRole('region', { name: 'Events that its rules read' });
  await expect(needed.getByRole('button', { name: /^Sysmon 1 .*[1-9][\d,]* open$/ })).toBeVisible();
  await expect(needed.getByRole('button', { name: /DeviceProcessEvents.* missing$/ })).toBeVisible();

  const hits = detail.getByRole('region', { name: 'Rules that hit' });
  const first = hits.getByRole('listitem').first();
  const number = (await first.getByRole('button').last().textContent()) ?? '';
  await first.getByRole('button').last().click();
  await expect(workbench.eventsInView).toHaveText(new RegExp(`^${number.replace(/ hits?$/, '')} of `));

  await workbench.show('Coverage');
  await matrix.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'T1572 Protocol Tunneling' })).toBeVisible();
});

test('filters, words and columns of the table; without logs nothing is said of them', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.show('Coverage');
  const filters = page.getByRole('group', { name: 'Which techniques' });
  await expect(page.getByText('No logs are open. Open some')).toBeVisible();
  await expect(filters.getByRole('button', { name: /^Hits/ })).toHaveText('Hits 0');
  await page.getByRole('button', { name: 'Open the sample incident' }).click();
  await workbench.settled(sample.totalEvents);
  await expect(page.getByText('No logs are open. Open some')).toHaveCount(0);
  await expect(filters.getByRole('button', { name: /^Hits/ })).toHaveText(/^Hits [1-9]/);

  await page.getByRole('group', { name: 'Layout' }).getByRole('button', { name: 'Table' }).click();
  await page.getByRole('checkbox', { name: 'Sub-techniques' }).check();
  const table = page.getByRole('grid', { name: 'Coverage by technique' });
  const ids = table.getByRole('gridcell', { name: /^T\d{4}/ });
  await table.getByRole('columnheader', { name: 'Technique' }).getByRole('button').click();
  const up = await ids.allTextContents();
  expect(up).toEqual([...up].sort());
  await table.getByRole('columnheader', { name: 'Technique' }).getByRole('button').click();
  await expect(ids.first()).toHaveText(up.at(-1) ?? '');

  await table.focus();
  await page.keyboard.press('End');
  await expect(table.getByRole('row', { selected: true })).toContainText(up[0] ?? '');
  await page.getByRole('searchbox', { name: 'Find a technique in the coverage' }).fill('T1572 tunneling');
  await expect(ids).toHaveText(['T1572']);
  await filters.getByRole('button', { name: /^No rule/ }).click();
  await expect(page.getByRole('heading', { name: 'No technique here' })).toBeVisible();
  await page.getByRole('button', { name: 'Show all techniques with rules' }).click();
  await expect(ids).toHaveCount(up.length);
});

test('events without a rule are listed, and the coverage is written as a layer', async ({ workbench, app }) => {
  const { page } = workbench;
  await workbench.openSample();
  await workbench.show('Coverage');
  const unread = page.getByRole('region', { name: 'Events without a rule' });
  const kind = unread.getByRole('button').first();
  await expect(kind).toBeVisible();
  const events = (await kind.locator('.number').textContent()) ?? '';
  await kind.click();
  await expect(workbench.eventsInView).toHaveText(new RegExp(`^${events} of ${count(sample.totalEvents)}`));

  await workbench.show('Coverage');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-layer-'));
  await answerSaveDialog(app, path.join(folder, 'case.json'));
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'ATT&CK Navigator layer' }).click();
  await expect(page.getByText('Coverage written to case.json')).toBeVisible();
  const layer = JSON.parse(readFileSync(path.join(folder, 'case.json'), 'utf8')) as { techniques: unknown[] };
  expect(layer).toMatchObject({ domain: 'enterprise-attack', versions: { layer: '4.5' } });
  expect(layer.techniques.length).toBeGreaterThan(5);
  rmSync(folder, { recursive: true });
});
