import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileHandles } from './file-handles.ts';
import { findRules } from './rule-folder.ts';
import { SettingsStore } from './settings-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'app-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('FileHandles', () => {
  it('gives a path one handle that cannot be guessed, and refuses any other', async () => {
    const handles = new FileHandles();
    writeFileSync(join(folder, 'a.evtx'), '');
    const file = await handles.grant(join(folder, 'a.evtx'));
    const directory = await handles.grant(folder, 'logs');
    expect(file).toMatchObject({ name: 'a.evtx', isFolder: false });
    expect(directory).toMatchObject({ name: 'logs', isFolder: true });
    expect((await handles.grant(join(folder, 'a.evtx'))).handle).toBe(file.handle);
    expect(file.handle).not.toContain('a.evtx');
    expect(handles.resolve([file.handle, directory.handle])).toMatchObject({
      ok: true,
      value: [{ name: 'a.evtx' }, { path: folder }],
    });
    for (const guess of [folder, join(folder, 'a.evtx'), '1', '']) {
      expect(handles.resolve([file.handle, guess])).toMatchObject({ ok: false, fault: { code: 'not-found' } });
    }
  });
});

describe('findRules', () => {
  it('takes rules of a folder, and any file that was named itself', async () => {
    mkdirSync(join(folder, 'sub', '.git'), { recursive: true });
    writeFileSync(join(folder, 'a.yml'), 'title: A\ndetection:\n  x: 1\n');
    writeFileSync(join(folder, 'sub', 'b.YAML'), 'logsource: {}\n');
    writeFileSync(join(folder, 'sub', '.git', 'c.yml'), 'detection: {}\n');
    writeFileSync(join(folder, 'sub', 'd.txt'), 'detection: {}\n');
    writeFileSync(join(folder, 'info.yml'), 'id: 1\n');
    writeFileSync(join(folder, 'large.yml'), `detection: {}\n${'#'.repeat(5 << 20)}`);
    const inFolder = await findRules([{ path: folder, name: 'rules' }]);
    expect(inFolder.files.map((file) => file.name)).toEqual(['rules/a.yml', 'rules/sub/b.YAML']);
    expect(inFolder.others).toBe(1);
    expect(inFolder.faults).toMatchObject([{ code: 'too-large', file: 'rules/large.yml' }]);
    const named = await findRules([{ path: join(folder, 'sub', 'd.txt'), name: 'd.txt' }]);
    expect(named.files).toMatchObject([{ name: 'd.txt', text: 'detection: {}\n' }]);
  });

  it.skipIf(process.platform === 'win32')('lists what cannot be read', async () => {
    symlinkSync('nowhere', join(folder, 'gone.yml'));
    const { files, faults } = await findRules([{ path: folder, name: 'rules' }]);
    expect(files).toEqual([]);
    expect(faults).toMatchObject([{ file: 'rules/gone.yml', message: 'No such file or folder' }]);
  });
});

describe('SettingsStore', () => {
  it('keeps values and recent cases from one session to the next', async () => {
    const path = join(folder, 'data', 'settings.json');
    const store = await SettingsStore.open(path);
    await Promise.all([store.set('theme', 'dark'), store.set('columns', ['a', 'b']), store.set('gone', 1)]);
    await store.set('gone', null);
    for (let i = 0; i < 12; i++) await store.addRecentCase(`case-${i}`);
    await store.addRecentCase('case-5');
    const next = await SettingsStore.open(path);
    expect(next.fault).toBeUndefined();
    expect(next.values).toEqual({ theme: 'dark', columns: ['a', 'b'] });
    expect(next.recentCases.slice(0, 3)).toEqual(['case-5', 'case-11', 'case-10']);
    expect(next.recentCases.length).toBe(10);
  });

  it.each(['{"version":1', '{"version":7,"values":{},"recentCases":[]}', '[]'])(
    'puts a damaged file aside, starts from defaults and says so: %s',
    async (content) => {
      const path = join(folder, 'settings.json');
      writeFileSync(path, content);
      const store = await SettingsStore.open(path);
      expect(store.values).toEqual({});
      expect(store.fault?.message).toContain('damaged');
      expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(content);
      await store.set('a', 1);
      expect((await SettingsStore.open(path)).fault).toBeUndefined();
      expect(existsSync(path)).toBe(true);
    },
  );

  it('refuses what would make the file too large', async () => {
    const store = await SettingsStore.open(undefined);
    expect(await store.set('big', 'x'.repeat(5 << 20))).toMatchObject({ ok: false, fault: { code: 'too-large' } });
    expect(store.values).toEqual({});
  });
});
