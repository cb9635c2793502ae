import type { WorkbenchBridge } from '../shared/ipc/contract.ts';
import { expect, test } from './fixtures.ts';

const FILTER = `title: Ours
id: 5f1e6d3c-93f0-4c43-8f32-1f1d2c5a9d10
logsource:
  product: windows
  category: process_creation
filter:
  rules: any
  selection:
    Image|endswith: '\\nslookup.exe'
  condition: selection
`;

test('a filter is drafted with the hits that it takes away, and outlives the window', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  await page.getByRole('button', { name: 'New rule' }).first().click();
  const result = page.getByRole('status', { name: 'Draft result' });
  await expect(result).toContainText('0 hits');
  await workbench.writeRule(FILTER);
  await expect(result).toContainText('67 hits · takes 64 hits of loaded rules away');
  // Kept with the main process a moment after the last key.
  const kept = async (): Promise<unknown> => {
    const settings = await page.evaluate(() =>
      (window as unknown as { workbench: WorkbenchBridge }).workbench.call('settings.get', {}),
    );
    return settings.ok ? settings.value['drafts.1'] : undefined;
  };
  await expect.poll(kept).toMatchObject([{ text: FILTER }]);
  await page.reload();
  const question = page.getByRole('dialog', { name: 'Take back a rule that was not saved?' });
  await question.getByRole('button', { name: 'Take back' }).click();
  await expect(result).toContainText('67 hits');
  await expect(workbench.editor).toContainText('Not saved');
});

test('a correlation shows the events that made it hit, and leads to them', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  await workbench.show('Rules');
  const rule = workbench.rule('Remote Desktop Logon Through A Local Tunnel End');
  await expect(rule).toContainText('Correlation');
  await rule.click();
  await page.getByRole('button', { name: 'Show 1 hit' }).click();
  await expect(workbench.eventsInView).toContainText('1 of');
  await workbench.events.getByRole('row').nth(1).click();
  await workbench.detail.getByRole('tab', { name: /^Why/ }).click();
  const related = workbench.detail.getByRole('region', { name: 'Related events' });
  const listed = related.getByRole('listitem').getByRole('button');
  await expect(listed).toHaveCount(4);
  await expect(listed.last()).toHaveAttribute('aria-current', 'true');
  await listed.first().click();
  // It is no hit of the rule: the events around come into view with it.
  await expect(workbench.eventsInView).not.toContainText('1 of');
  await expect(workbench.events.getByRole('row', { selected: true })).toBeVisible();
  await expect(workbench.detail).toContainText('Network connection');
});

test('lists for placeholders make rules run, and say where they are wrong', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  await page.getByRole('button', { name: 'New rule' }).first().click();
  await workbench.writeRule(
    FILTER.replace('filter:\n  rules: any', 'detection:').replace(
      "Image|endswith: '\\nslookup.exe'",
      "Image|expand: '%Tools%'",
    ),
  );
  const result = page.getByRole('status', { name: 'Draft result' });
  await expect(result).toContainText('No list is given for the placeholder %Tools%');
  await workbench.show('Rules');
  await page.getByRole('button', { name: 'Placeholders' }).click();
  const dialog = page.getByRole('dialog', { name: 'Lists for placeholders' });
  await dialog.getByRole('textbox').fill('Tools: []');
  await dialog.getByRole('button', { name: 'Use these lists' }).click();
  await expect(dialog.getByRole('status')).toHaveText('Line 1:8: The list Tools is empty');
  await dialog.getByRole('textbox').fill("Tools: ['*\\nslookup.exe']");
  await dialog.getByRole('button', { name: 'Use these lists' }).click();
  await expect(dialog).toBeHidden();
  await workbench.show('Timeline');
  await expect(result).toContainText('67 hits');
  // Checked with the new lists: what is left is what the rule itself lacks.
  await workbench.editor.getByRole('button', { name: '1 problem' }).click();
  await expect(workbench.editor.getByRole('list', { name: 'Problems' })).toContainText('The rule has no level');
});
