import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import { EMPTY_FILTER } from '../../shared/model/filter.ts';
import { contentFolder, TestThreads } from '../testing/workbench-threads.ts';
import { CatalogFolderList } from './catalog-folders.ts';
import type { Dialogs } from './ports.ts';
import { Workbench } from './workbench.ts';

let folder: string;
let threads: TestThreads;
let workbench: Workbench;
let revisions: number[];
let answers: { open: string[]; save: string | undefined };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rulewright-catalog-'));
  threads = new TestThreads();
  revisions = [];
  answers = { open: [], save: undefined };
  await open();
});
afterEach(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  const dialogs: Dialogs = {
    openPaths: () => Promise.resolve(answers.open),
    savePath: () => Promise.resolve(answers.save),
  };
  workbench = await Workbench.open({
    threads,
    dialogs,
    emit: (name, told) => {
      if (name === 'catalog.changed') revisions.push((told as { revision: number }).revision);
    },
    contentFolder,
    dataFolder: join(folder, 'data'),
    version: '0',
    runtime: 'stand-in',
    paths: [],
  });
}

type Answered<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: { message: string } };

async function value<T>(answer: Promise<Answered<T>>): Promise<T> {
  const settled = await answer;
  if (!settled.ok) throw new Error(settled.fault.message);
  return settled.value;
}

const summary = (): Promise<CallOutput<'catalog.summary'>> => value(workbench.handlers['catalog.summary']({}));

async function handlesOf(path: string): Promise<string[]> {
  answers.open = [path];
  const grants = await value(workbench.handlers['dialog.rules']({ folder: true }));
  return grants.map(({ handle }) => handle);
}

const RULE = `title: Own
id: 3f0d5f2c-6a0a-4b3a-9d55-7d0b9a1f0c11
status: test
tags: [attack.t1572]
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|endswith: '\\own.exe'}
  condition: selection
level: low
`;

describe('the catalog of a workbench', () => {
  it('is alive without any folder, takes folders in and out, and keeps them for the next start', async () => {
    const before = await summary();
    expect(before.folders).toMatchObject([{ name: 'starter', isOwn: true }]);
    expect(before.rules).toBeGreaterThan(0);

    const rules = join(folder, 'rules');
    mkdirSync(rules);
    writeFileSync(join(rules, 'own.yml'), RULE);
    writeFileSync(join(rules, 'broken.yml'), 'title: x\ndetection: [\n');
    await value(workbench.handlers['catalog.open']({ handles: await handlesOf(rules) }));
    await workbench.idle();
    const after = await summary();
    // The broken one is a rule too, of which nothing could be read.
    expect(after.rules).toBe(before.rules + 2);
    expect(after.revision).toBeGreaterThan(before.revision);
    expect(revisions.at(-1)).toBe(after.revision);
    const unread = await value(workbench.handlers['catalog.notParsed']({ limit: 100 }));
    expect(unread.rows.some(({ file, line }) => file === 'rules/broken.yml' && line > 0)).toBe(true);

    await workbench.close();
    await open();
    const again = await summary();
    expect(again.folders.map(({ name }) => name)).toEqual(['starter', 'rules']);
    const added = again.folders[1]?.folder ?? '';
    await value(workbench.handlers['catalog.close']({ folder: added }));
    await workbench.idle();
    expect((await summary()).rules).toBe(before.rules);
    // The program's own rules stay.
    await value(workbench.handlers['catalog.close']({ folder: again.folders[0]?.folder ?? '' }));
    await workbench.idle();
    expect((await summary()).rules).toBe(before.rules);
  });

  it('knows the rules that are loaded, and takes what they were loaded from', async () => {
    await summary();
    const file = join(folder, 'own.yml');
    writeFileSync(file, RULE);
    await value(workbench.handlers['rules.load']({ handles: await handlesOf(file) }));
    // The folder list is written first; then the build is a job like others.
    await expect.poll(async () => (await summary()).folders.length).toBe(2);
    await workbench.idle();
    const page = await value(workbench.handlers['catalog.rule']({ rule: 'own.yml#0' }));
    expect(page.loaded).toMatchObject({ hits: 0, enabled: true });
    expect(page.text).toBe(RULE);
    writeFileSync(file, `# changed\n${RULE}`);
    const changed = await value(workbench.handlers['catalog.rule']({ rule: 'own.yml#0' }));
    expect(changed.hasChanged).toBe(true);
  });

  it('starts again after its thread died', async () => {
    const before = await summary();
    threads.started.at(-1)?.die('test');
    expect((await summary()).rules).toBe(before.rules);
  });

  it('exports where the user says, and nothing where they cancel', async () => {
    const input: CallInput<'catalog.export'> = {
      technique: 'T1572',
      format: 'md',
      choice: { scope: 'all', subtechniques: true, vendors: [], platforms: [], levels: [], statuses: [] },
    };
    expect(await value(workbench.handlers['catalog.export'](input))).toEqual({ name: null });
    answers.save = join(folder, 'page.md');
    expect(await value(workbench.handlers['catalog.export'](input))).toEqual({ name: 'page.md' });
  });
});

describe('counts over the open logs', () => {
  it('are those that filters find, and kinds add up to all events', async () => {
    await value(workbench.handlers['sample.open']({}));
    await workbench.idle();
    const tests: CallInput<'case.count'>['tests'] = [
      { field: 'Image', op: 'ends_with', value: '\\plink.exe' },
      { field: 'CommandLine', op: 'contains', value: '-R' },
      { field: 'EventID', op: 'eq', value: '4688' },
      { field: 'NoSuchField', op: 'eq', value: 'x' },
      { field: 'Image', op: 'is_not_null', value: '' },
    ];
    const { events, counts } = await value(workbench.handlers['case.count']({ tests }));
    for (const [i, test] of tests.entries()) {
      const chip = { ...test, op: test.op as 'eq', negated: false, enabled: true };
      const view = await value(
        workbench.handlers['view.open']({
          filter: { ...EMPTY_FILTER, chips: [chip] },
          sort: { field: 'time', descending: false },
        }),
      );
      expect(counts[i], JSON.stringify(test)).toBe(view.total);
    }
    expect(counts.filter((count) => count === 0)).toHaveLength(1);
    const kinds = await value(workbench.handlers['case.kinds']({}));
    expect(kinds.reduce((sum, kind) => sum + kind.events, 0)).toBe(events);
    const refused = await value(
      workbench.handlers['case.count']({ tests: [{ field: 'Image', op: 'match', value: '(?<=a)b' }] }),
    );
    expect(refused.counts).toEqual([null]);
  });
});

describe('the list of folders', () => {
  const own = { path: '/own', name: 'starter' };

  it('gives each its own name, takes none twice, and starts anew where its file is damaged', async () => {
    const file = join(folder, 'folders.json');
    const list = new CatalogFolderList(own, file);
    await list.add([
      { path: '/a/rules', name: 'rules' },
      { path: '/b/rules', name: 'rules' },
      { path: '/a/rules', name: 'rules' },
      { path: '/c', name: 'starter' },
    ]);
    const names = (roots: readonly { name: string }[]): string[] => roots.map(({ name }) => name);
    expect(names(await list.roots())).toEqual(['starter', 'rules', 'rules (2)', 'starter (2)']);
    expect(names(await new CatalogFolderList(own, file).roots())).toEqual(names(await list.roots()));
    writeFileSync(file, '{');
    expect(names(await new CatalogFolderList(own, file).roots())).toEqual(['starter']);
  });
});
