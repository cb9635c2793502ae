import { expect, test } from './fixtures.ts';

test('an analyst asks the open logs by SQL', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  await workbench.show('SQL');
  await page.getByRole('button', { name: 'Programs by number of starts' }).click();
  const rows = page.getByRole('table', { name: 'Rows' });
  await expect(rows.getByRole('columnheader')).toHaveText(['Image', 'events']);
  await expect(rows.getByRole('row').nth(1)).toContainText('.exe');
  await expect(page.getByRole('status', { name: 'Result' })).toContainText('rows');

  const query = page.getByRole('textbox', { name: 'Query' });
  await query.fill('SELECT Imaje FROM sysmon_process_creation');
  await query.press('Control+Enter');
  await expect(page.getByRole('alert')).toContainText('no such column: Imaje');

  await query.fill('SELECT count(*) AS n FROM ');
  await page.getByRole('button', { name: 'sysmon_process_creation', exact: true }).click();
  await expect(query).toHaveValue('SELECT count(*) AS n FROM sysmon_process_creation');
  await query.press('Control+Enter');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(rows.getByRole('columnheader')).toHaveText(['n']);
  await expect(page.getByRole('status', { name: 'Result' })).toContainText('1 row');
});
