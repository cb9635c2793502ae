import { expect, test } from './fixtures.ts';
import { count, sample } from './pages/workbench.ts';

const NAMES: Readonly<Record<string, string>> = {
  '896275b1-29d8-48ff-a72a-b847933f6281': 'Plink Opens A Port Forward',
  '962e39dd-9fc6-4943-847f-78ad0dc03fc7': 'DNS Tunnel Through Nslookup',
  '57887fec-1285-4c55-a596-c3d75396a698': 'Remote Desktop Service Answers A Loopback Peer',
};

test('a newcomer opens the sample incident and sees the expected hits', async ({ workbench }) => {
  await expect(workbench.page.getByText('Nothing leaves this machine')).toBeVisible();
  await workbench.openSample();
  await expect(workbench.eventsInView).toHaveText(`${count(sample.totalEvents)} events`);

  await workbench.show('Rules');
  for (const [id, title] of Object.entries(NAMES)) {
    const expected = sample.hits[id]?.length ?? 0;
    expect(expected, title).toBeGreaterThan(0);
    await expect(workbench.rule(title).getByRole('gridcell').nth(3)).toHaveText(count(expected));
  }

  await workbench.show('Sources');
  await expect(workbench.source('Sample incident/WS-0141/Security.evtx')).toContainText('Read');
});

test('a hit says what made it hit, and shows its record', async ({ workbench }) => {
  await workbench.openSample();
  await workbench.show('Hits');
  await workbench.page.getByRole('option', { name: /Plink Opens A Port Forward/ }).click();
  await expect(workbench.eventsInView).toHaveText(`1 of ${count(sample.totalEvents)} events`);
  await workbench.events.getByRole('row').nth(1).click();
  await expect(workbench.detail).toContainText('-R 13389:127.0.0.1:3389');
  await workbench.detail.getByRole('tab', { name: 'Why' }).click();
  await expect(workbench.detail.getByRole('list', { name: 'Rules that hit this event' })).toContainText('CommandLine');
  await workbench.detail.getByRole('tab', { name: 'Raw' }).click();
  await expect(workbench.detail.getByLabel('Raw record')).toContainText('<Event xmlns=');
});
