import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSources } from './source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sources-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('findSources', () => {
  it('lists files of folders by name, under the name the user gave', async () => {
    mkdirSync(join(folder, 'b', 'c'), { recursive: true });
    writeFileSync(join(folder, 'b', 'c', 'z.json'), '{}');
    writeFileSync(join(folder, 'a.evtx'), 'abc');
    const found = await findSources([{ path: folder, name: './logs' }]);
    expect(found.map(({ displayName, bytes }) => [displayName, bytes])).toEqual([
      ['./logs/a.evtx', 3],
      ['./logs/b/c/z.json', 2],
    ]);
    const slash = await findSources([{ path: folder, name: '../x/' }]);
    expect(slash[0]?.displayName).toBe('../x/a.evtx');
  });

  it('tells loops, dangling links and what has vanished, and goes on', async () => {
    mkdirSync(join(folder, 'a'));
    symlinkSync(folder, join(folder, 'a', 'up'));
    symlinkSync('nowhere', join(folder, 'dangling'));
    symlinkSync('self', join(folder, 'self'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'z.json'), '{}');
    const found = await findSources([
      { path: join(folder, 'gone'), name: 'gone' },
      { path: folder, name: 'logs' },
    ]);
    expect(found.map(({ displayName, fault }) => [displayName, fault?.message])).toEqual([
      ['gone', 'No such file or folder'],
      ['logs/a/up', 'The same folder as logs, read once'],
      ['logs/dangling', 'No such file or folder'],
      ['logs/pipe', 'Not a regular file (a pipe)'],
      ['logs/self', 'The links lead round in a circle'],
      ['logs/z.json', undefined],
    ]);
  });

  it('lists what roots have in common once', async () => {
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', 'x.json'), '{}');
    writeFileSync(join(folder, 'y.json'), '{}');
    const roots = [join(folder, 'y.json'), folder, join(folder, 'a'), join(folder, 'a', 'x.json')];
    const found = await findSources(roots.map((path, i) => ({ path, name: `${i}` })));
    expect(found.map(({ displayName, fault, isRepeated }) => [displayName, fault?.message, isRepeated])).toEqual([
      ['0', undefined, undefined],
      ['1/a/x.json', undefined, undefined],
      ['1/y.json', 'The same file as 0, read once', true],
      ['2', 'The same folder as 1/a, read once', true],
      ['3', 'The same file as 1/a/x.json, read once', true],
    ]);
  });

  // Root may read everything, so there is nothing to see.
  it.skipIf(process.getuid?.() === 0)('tells a folder without permission', async () => {
    mkdirSync(join(folder, 'locked'));
    chmodSync(join(folder, 'locked'), 0);
    const found = await findSources([{ path: folder, name: 'logs' }]);
    chmodSync(join(folder, 'locked'), 0o700);
    expect(found.map(({ displayName, fault }) => [displayName, fault?.message])).toEqual([
      ['logs/locked', 'No permission to read it'],
    ]);
  });
});
