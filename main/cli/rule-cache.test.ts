import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusPath } from '../testing/corpus.ts';
import { runCliIn, type CliRun } from '../testing/run-cli.ts';
import { TestThreads } from '../testing/workbench-threads.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-rule-cache-'));
  mkdirSync(at('rules'));
  const values = [
    "Image|endswith: '\\tool.exe'",
    "Image|like: 'x'",
    "Image|re: '(?=x)'",
    "User|expand: '%u%'",
    'A: null',
  ];
  for (let i = 0; i < 70; i++) {
    const text = `title: T ${i}\nname: n${i}\nlogsource: {product: windows, category: process_creation}\ndetection:\n  a:\n    ${values[i % values.length] as string}\n  condition: a\n`;
    writeFileSync(at('rules', `${i}.yml`), text);
  }
  writeFileSync(at('rules', 'broken.yml'), 'detection: [unclosed\n');
  const event = {
    '@timestamp': '2024-05-01T08:00:01.1234567Z',
    winlog: {
      ...{ channel: 'Microsoft-Windows-Sysmon/Operational', provider_name: 'Microsoft-Windows-Sysmon', event_id: 1 },
      ...{ computer_name: 'ws01', record_id: 7, event_data: { Image: 'C:\\tool.exe', User: 'u' } },
    },
  };
  writeFileSync(at('log.json'), `${JSON.stringify(event)}\n`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** @param cache name of a folder for the cache. */
const run = (cache: string, ...args: string[]): Promise<CliRun> =>
  runCliIn({ threads: new TestThreads(at(cache)) }, args);
const cacheFile = (cache: string): string => at(cache, 'rules.cache');

/** Runs a command without the cache, with an empty one and with a full one. */
async function thrice(cache: string, ...args: string[]): Promise<CliRun> {
  const plain = await run(cache, ...args, '--no-cache');
  expect(existsSync(at(cache))).toBe(false);
  const cold = await run(cache, ...args);
  const { mtimeMs } = statSync(cacheFile(cache));
  const warm = await run(cache, ...args);
  expect(statSync(cacheFile(cache)).mtimeMs).toBe(mtimeMs);
  expect(cold).toEqual(plain);
  expect(warm).toEqual(plain);
  return plain;
}

describe('the cache of rules', () => {
  it.each(['text', 'json', 'sarif'])('changes nothing of what rules check says as %s', async (format) => {
    const { code, out } = await thrice(`check-${format}`, 'rules', 'check', at('rules'), '--format', format);
    expect(code).toBe(1);
    for (const fault of ['sigma-unknown-modifier', 'unsupported-placeholder', 'regex-refused', 'yaml-syntax']) {
      expect(out).toContain(fault);
    }
  });

  it('changes nothing of what a scan finds', async () => {
    const { code, out } = await thrice('scan', 'scan', at('log.json'), '--rules', at('rules'), '--format', 'jsonl');
    expect(code).toBe(0);
    // Two of five kinds of rules hit: the one by its name, the one that asks for no field A.
    expect(out.trimEnd().split('\n').length).toBe(28);
  });

  it('that cannot be written is told, and does no harm', async () => {
    writeFileSync(at('taken'), 'a file where the folder should be');
    const plain = await run('taken', 'rules', 'check', at('rules'), '--no-cache');
    const told = await run('taken', 'rules', 'check', at('rules'));
    expect(told.out).toBe(plain.out);
    expect(told.code).toBe(plain.code);
    expect(told.err.replace(/^Rule cache .*; --no-cache goes without it\n/m, '')).toBe(plain.err);
    expect(told.err).not.toBe(plain.err);
  });
});

const unsupported = corpusPath('corpus', 'sigma', 'unsupported');

describe.skipIf(unsupported === undefined)('the cache of public rules', () => {
  it('changes nothing of what rules check says', async () => {
    await thrice('corpus', 'rules', 'check', unsupported as string, '--format', 'sarif');
  });
});
