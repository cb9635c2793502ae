import type { WorkbenchBridge } from '../shared/ipc/contract.ts';
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

  // A question without end: the rest of the program goes on meanwhile, and it can be ended.
  await query.fill('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c');
  await query.press('Control+Enter');
  const cancel = page.getByRole('button', { name: 'Cancel', exact: true });
  await expect(cancel).toBeVisible();
  const summary = await page.evaluate(() =>
    (window as unknown as { workbench: WorkbenchBridge }).workbench.call('case.summary', {}),
  );
  expect(summary.ok).toBe(true);
  await cancel.click();
  await expect(page.getByRole('alert')).toContainText('cancelled');
  await expect(cancel).toHaveCount(0);
  await query.fill('SELECT count(*) AS again FROM events');
  await query.press('Control+Enter');
  await expect(rows.getByRole('columnheader')).toHaveText(['again']);
});
