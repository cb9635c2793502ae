import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerSaveDialog, expect, shipped, test } from './fixtures.ts';
import { count } from './pages/workbench.ts';

/** A rule on one field, whose hits can be counted without any rule. */
function lookupRule(name: string): string {
  return [
    'title: Lookups of a name',
    'id: 3f7d2a51-8f0e-4f6e-9d0b-0d9a3d1f6c01',
    'status: test',
    'logsource:',
    '  product: windows',
    '  category: dns_query',
    'detection:',
    '  selection:',
    `    QueryName|contains: '${name}'`,
    '  condition: selection',
    'level: low',
    '',
  ].join('\n');
}

interface DumpedEvent {
  readonly channel: string;
  readonly eventId: number;
  readonly data: Readonly<Record<string, string>>;
}

/** The sample's events by the command line, without rules. */
function dumpSample(): DumpedEvent[] {
  const cli = path.join(import.meta.dirname, '..', 'dist', 'cli.js');
  const printed = execFileSync(process.execPath, [cli, 'events', shipped('samples', 'tunnel-incident')], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DumpedEvent);
}

test('editing a rule changes its hits, and a mistake is shown at its place', async ({ workbench, app }) => {
  const events = dumpSample();
  const lookups = (name: string): number =>
    events.filter((event) => event.eventId === 22 && event.data['QueryName']?.toLowerCase().includes(name)).length;
  const [few, many] = [lookups('ngrok'), lookups('.')];
  expect(few).toBeGreaterThan(0);
  expect(many).toBeGreaterThan(few);

  await workbench.openSample();
  await workbench.page.getByRole('button', { name: 'New rule' }).first().click();
  const result = workbench.page.getByRole('status', { name: 'Draft result' });
  await expect(result).toContainText('0 hits');

  await workbench.writeRule(lookupRule('ngrok'));
  await expect(result).toContainText(`${count(few)} hits`);
  await expect(workbench.eventsInView).toHaveText(`${count(few)} of ${count(events.length)} events`);

  await workbench.writeRule(lookupRule('.'));
  await expect(result).toContainText(`${count(many)} hits`);
  await expect(workbench.eventsInView).toHaveText(`${count(many)} of ${count(events.length)} events`);

  await workbench.writeRule(lookupRule('.').replace('|contains', '|containz'));
  await expect(result).toContainText('Could not run');
  await workbench.editor.getByRole('button', { name: /problem/ }).click();
  await expect(workbench.editor.getByRole('list', { name: 'Problems' })).toContainText('containz');

  const near = "    Image|endswith: '\\not-there.exe'";
  await workbench.writeRule(lookupRule('ngrok').replace('\n  condition', `\n${near}\n  condition`));
  await expect(result).toContainText('0 hits');
  await workbench.editor.getByRole('button', { name: /^Near misses/ }).click();
  const misses = workbench.editor.getByRole('list', { name: 'Near misses' });
  await expect(misses.getByRole('listitem').last()).toContainText(`+${count(few)} without it`);
  await misses.getByRole('button', { name: 'Leave out' }).click();
  await expect(result).toContainText(`${count(few)} hits`);

  await workbench.writeRule(lookupRule('ngrok'));
  await expect(result).toContainText(`${count(few)} hits`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-rule-'));
  await answerSaveDialog(app, path.join(folder, 'lookups.yml'));
  await workbench.editor.getByRole('button', { name: 'Save rule' }).click();
  await workbench.show('Rules');
  await expect(workbench.rule('Lookups of a name').getByRole('gridcell').nth(3)).toHaveText(count(few));
  expect(readFileSync(path.join(folder, 'lookups.yml'), 'utf8')).toBe(lookupRule('ngrok'));
  rmSync(folder, { recursive: true });
});

test('what is written is offered by what other rules have and what the logs have', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  await page.getByRole('button', { name: 'New rule' }).first().click();
  await workbench.writeRule(
    [
      'title: Tunnel',
      'tags:',
      '  - attack.t1572',
      'logsource:',
      '  product: windows',
      '  category: process_creation',
      'detection:',
      '  selection:',
      "    Image|endswith: '",
    ].join('\n'),
  );
  const offers = page.getByRole('listbox', { name: 'Suggest' }).getByRole('option');
  // The catalog may still be read when it is first asked: the list is asked for again until it has answered.
  await expect(async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+Space');
    await expect(offers.first()).toContainText(/\d+ rules of 4 vendors · \d+ events/, { timeout: 3000 });
  }).toPass();
  await expect(offers.first()).toContainText('\\ssh.exe');
  await page.keyboard.press('Enter');
  await expect(workbench.editor.getByRole('textbox').first()).toBeFocused();
  await expect(workbench.editor).toContainText("Image|endswith: '\\ssh.exe'");
});
