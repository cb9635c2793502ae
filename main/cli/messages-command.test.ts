import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programDataFolder } from '../app/data-folder.ts';
import { runCli as run } from '../testing/run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-messages-'));
  mkdirSync(join(folder, 'lists'));
  const sysmon = {
    provider: 'Microsoft-Windows-Sysmon',
    events: [{ id: 1, message: 'Process created:%nImage: %1%nUser: %2', fields: ['Image', 'User'] }],
  };
  writeFileSync(join(folder, 'lists', 'sysmon.json'), JSON.stringify(sysmon));
  writeFileSync(join(folder, 'lists', 'broken.json'), '{"provider": "x", "events": [');
  writeFileSync(join(folder, 'lists', 'readme.txt'), 'hello');
  writeFileSync(join(folder, 'log.json'), [event(1), event(2)].join('\n'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function event(id: number): string {
  return JSON.stringify({
    '@timestamp': '2024-05-01T08:15:02Z',
    winlog: {
      channel: 'Microsoft-Windows-Sysmon/Operational',
      provider_name: 'Microsoft-Windows-Sysmon',
      event_id: id,
      event_data: { Image: 'a.exe', User: 'u' },
    },
  });
}

describe('message data on the command line', () => {
  it('is imported, used, listed and removed', async () => {
    const data = ['--data', join(folder, 'data')];
    const before = await run('events', join(folder, 'log.json'), '--messages', ...data);
    expect(before.out.match(/"message":null/g)).toHaveLength(2);
    expect(before.err).toContain('no message data is imported');

    const imported = await run('messages', 'import', join(folder, 'lists'), ...data);
    expect(imported.code).toBe(0);
    expect(imported.out).toContain('line 1: The JSON is not whole');
    expect(imported.err).toMatch(/^1 provider, 1 message kept as [0-9a-f]{16} .*; 1 other file without message data/);

    const lines = (await run('events', join(folder, 'log.json'), '--messages', ...data)).out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { message: string | null }).message)).toEqual([
      'Process created:\nImage: a.exe\nUser: u',
      null,
    ]);
    expect((await run('events', join(folder, 'log.json'))).out).not.toContain('"message"');

    const listed = JSON.parse((await run('messages', 'list', '--format', 'json', ...data)).out) as { id: string }[];
    expect(listed).toMatchObject([{ providers: 1, messages: 1, files: 1 }]);
    const id = listed[0]?.id ?? '';
    expect((await run('messages', 'list', ...data)).out).toContain(id);
    expect((await run('messages', 'remove', id, ...data)).code).toBe(0);
    expect(await run('messages', 'remove', id, ...data)).toMatchObject({ code: 1 });
    expect((await run('messages', 'list', '--format', 'json', ...data)).out).toBe('[]\n');
  });

  it('fails where there is none, and says so', async () => {
    const data = ['--data', join(folder, 'data')];
    const none = await run('messages', 'import', join(folder, 'log.json'), ...data);
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toContain('There is no message data in');
    expect(await run('messages', 'import', join(folder, 'nowhere'), ...data)).toMatchObject({ code: 1 });
    expect(await run('messages', 'import')).toMatchObject({ code: 2 });
  });
});

describe('the data folder', () => {
  it('is where Electron has it', () => {
    const ends = (platform: NodeJS.Platform, env: Record<string, string>) => programDataFolder(platform, env);
    expect(ends('linux', { XDG_CONFIG_HOME: '/x' })).toBe(join('/x', 'Rulewright'));
    expect(ends('linux', {})).toMatch(/\.config.Rulewright$/);
    expect(ends('win32', { APPDATA: 'C:/Users/u/AppData/Roaming' })).toBe(
      join('C:/Users/u/AppData/Roaming', 'Rulewright'),
    );
    expect(ends('darwin', {})).toMatch(/Application Support.Rulewright$/);
  });
});
