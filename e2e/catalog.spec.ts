import { readFileSync, readdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerOpenDialog, answerSaveDialog, corpus, expect, shipped, test } from './fixtures.ts';

/** Files of the starter pack whose text has a word. */
function starterFilesWith(word: string): string[] {
  const folder = shipped('starter');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const isRule = /\.(?:ya?ml|toml)$/.test(name) || (name.endsWith('.md') && !name.includes('README'));
    return isRule && readFileSync(path.join(folder, name), 'utf8').includes(word);
  });
}

test('the page of T1572 leads from a value to its rules and to their source, without any folder opened', async ({
  workbench,
}) => {
  const { page } = workbench;
  await workbench.show('Catalog');
  const technique = page.getByRole('article', { name: 'T1572 Protocol Tunneling' });
  await expect(technique).toContainText('Events covered');
  const tree = page.getByRole('tree', { name: 'Techniques by tactic' });
  await expect(tree.getByRole('treeitem', { name: /T1572 Protocol Tunneling/ })).toHaveAttribute(
    'aria-selected',
    'true',
  );

  for (const vendor of ['sigma', 'elastic', 'splunk', 'kusto']) {
    expect(
      starterFilesWith('T1572')
        .concat(starterFilesWith('t1572'))
        .some((name) => name.startsWith(vendor)),
    ).toBe(true);
    const name = vendor.replace(/^./, (letter) => letter.toUpperCase());
    await expect(
      technique
        .getByRole('table', { name: `${name} rules` })
        .getByRole('row')
        .first(),
    ).toBeVisible();
  }

  // A value that two vendors write in two fields is one row, and opens to the rules of both.
  const indicators = technique.getByRole('table', { name: 'Top indicators' });
  await indicators.getByRole('button', { name: 'process.name is plink.exe', exact: true }).click();
  const users = indicators.getByRole('table', { name: 'Rules that use plink.exe' });
  await expect(users).toContainText('Sigma');
  await expect(users).toContainText('Elastic');

  await users.getByRole('button', { name: 'Plink Opens A Port Forward' }).click();
  const rule = users.getByRole('article', { name: 'Plink Opens A Port Forward' });
  const source = rule.getByRole('region', { name: /^Source of .*plink_port_forward\.yml$/ });
  const text = readFileSync(shipped('starter', 'sigma', 'plink_port_forward.yml'), 'utf8');
  await expect(source.locator('mark')).toHaveText("Image|endswith: '\\plink.exe'");
  expect(await source.locator('pre').last().textContent()).toBe(text);

  await rule.getByRole('button', { name: 'Show CommandLine in the source' }).click();
  await expect(source.locator('mark')).toContainText('CommandLine|re:');
  await expect(source.locator('mark')).toBeInViewport();

  // The keyboard alone: down to the next row, open it, close it.
  const first = technique.getByRole('table', { name: 'Fields filtered most' }).locator('[data-row]').first();
  await first.focus();
  await page.keyboard.press('ArrowRight');
  await expect(first).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(first).toHaveAttribute('aria-expanded', 'false');
});

test('a value goes into the draft and into a filter; the logs say how often they have it', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  await page.getByRole('button', { name: 'New rule' }).first().click();
  await workbench.show('Catalog');
  const row = page
    .getByRole('table', { name: 'Top indicators' })
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: 'process.name is plink.exe', exact: true }) });
  const shown = row.getByTitle(/^[\d,]+ of [\d,]+ events, /);
  await expect(shown).toHaveText(/^[1-9]\d*$/);
  const events = await shown.textContent();

  await row.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Use in the draft' }).click();
  await expect(workbench.editor).toContainText("'\\plink.exe'");

  await row.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Find in the logs' }).click();
  await expect(workbench.eventsInView).toHaveText(new RegExp(`^${events ?? ''} of `));
});

test('rules that look for the same, what one vendor alone has, and what is noisy or sharp', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openSample();
  await workbench.show('Catalog');
  const technique = page.getByRole('article', { name: 'T1572 Protocol Tunneling' });

  // Process creation by a common program is noisy alone; a rare name is sharp.
  const top = technique.getByRole('table', { name: 'Top indicators' });
  const noise = (value: string) =>
    top
      .getByRole('row')
      .filter({ has: page.getByRole('button', { name: value, exact: true }) })
      .getByText(/^(?:noisy|sharp)$/);
  await expect(noise('process.name is nslookup.exe')).toHaveText('noisy');
  await top.getByRole('columnheader', { name: 'Alone' }).getByRole('button').click();
  await expect(top.getByText(/^(?:noisy|sharp)$/).first()).toHaveText('sharp');

  const gaps = technique.getByRole('region', { name: 'Only one vendor looks for' });
  await gaps.getByRole('button', { name: /^Splunk \d/ }).click();
  const has = gaps.getByTitle(/alone look for it/);
  await expect(has.first()).toHaveText('Splunk not Sig, Ela, Kus');
  expect(new Set(await has.allTextContents()).size).toBe(1);

  const overlap = technique.getByRole('region', { name: 'Overlap' });
  const pairs = overlap.getByRole('table', { name: 'Overlap' });
  const first = pairs.locator('[data-row]').first();
  await first.focus();
  await page.keyboard.press('ArrowRight');
  await expect(pairs.getByRole('list', { name: 'What both look for' }).getByRole('listitem').first()).toBeVisible();
  const shared = await pairs.getByRole('list', { name: 'What both look for' }).getByRole('listitem').count();
  await expect(pairs.getByRole('row').first()).toContainText(new RegExp(`${shared} of \\d+ and \\d+`));
  await pairs.locator('.cat-rules [data-row]').first().press('ArrowRight');

  // The other rule of the pair is the one most like it, with the same share.
  const similar = pairs.getByRole('region', { name: 'Similar rules' });
  await expect(similar.getByRole('row').first()).toContainText(new RegExp(`${shared} of \\d+ here, of \\d+ there`));
  await similar.locator('[data-row]').first().press('ArrowRight');
  await similar.getByRole('button', { name: 'Show this rule' }).click();
  await expect(page.getByRole('region', { name: 'Similar rules' })).toBeVisible();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(technique).toBeVisible();
});

test('events, search, filters and the palette lead through the catalog, and back', async ({ workbench, app }) => {
  const { page } = workbench;
  await workbench.show('Catalog');
  const technique = page.getByRole('article', { name: 'T1572 Protocol Tunneling' });
  await technique.getByRole('button', { name: /^Sysmon 22/ }).click();
  const event = page.getByRole('article', { name: 'Sysmon 22' });
  await expect(event.getByRole('button', { name: /^T1572/ })).toBeVisible();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(technique).toBeVisible();

  await technique.getByRole('button', { name: 'Vendor', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: /Splunk/ }).click();
  await page.keyboard.press('Escape');
  await expect(technique.getByRole('table', { name: 'Sigma rules' })).toHaveCount(0);
  await expect(technique.getByRole('table', { name: 'Splunk rules' })).toBeVisible();
  await technique.getByRole('button', { name: 'Clear' }).click();

  const search = page.getByRole('searchbox', { name: 'Find in the catalog' });
  await search.fill('argotunnel');
  await search.press('Enter');
  await expect(page.getByRole('table', { name: 'Values found' })).toContainText('argotunnel');
  await search.fill('');

  await page.keyboard.press('ControlOrMeta+Shift+T');
  await page.getByRole('searchbox', { name: 'Find a technique' }).fill('T1572');
  await page.getByRole('option', { name: /T1572/ }).click();
  await expect(technique).toBeVisible();

  const folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-page-'));
  await answerSaveDialog(app, path.join(folder, 'page.json'));
  await technique.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /JSON/ }).click();
  await expect(page.getByText('T1572 written to page.json')).toBeVisible();
  expect(JSON.parse(readFileSync(path.join(folder, 'page.json'), 'utf8'))).toMatchObject({ technique: 'T1572' });
  rmSync(folder, { recursive: true });
});

test('a folder of the corpora joins the catalog, and what could not be read is listed', async ({ workbench, app }) => {
  const folder = corpus('kusto-falconfriday');
  test.skip(folder === undefined, 'the shared corpora are absent');
  const { page } = workbench;
  await workbench.show('Catalog');
  await answerOpenDialog(app, [folder ?? '']);
  await page.getByRole('button', { name: 'Add folder' }).click();
  const holdings = page.getByRole('button', { name: /rules from 2 folders/ });
  await holdings.click();
  const sources = page.getByRole('article', { name: 'What the catalog holds' });
  await expect(sources).toContainText('kusto-falconfriday');
  await sources.getByRole('button', { name: 'Take kusto-falconfriday out of the catalog' }).click();
  await expect(page.getByRole('button', { name: /25 rules from 1 folder|rules from 1 folder/ })).toBeVisible();
});
