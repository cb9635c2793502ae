import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CallInput, CallName, CallOutput, Handlers } from '../../shared/ipc/contract.ts';
import { contentFolder, TestThreads } from '../testing/workbench-threads.ts';
import { Workbench } from './workbench.ts';

let folder: string;
let workbench: Workbench;
let finished: Set<string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rulewright-coverage-'));
  finished = new Set();
  workbench = await Workbench.open({
    threads: new TestThreads(),
    dialogs: { openPaths: () => Promise.resolve([]), savePath: (_, name) => Promise.resolve(join(folder, name)) },
    emit: (name, told) => {
      const { job, state } = told as { job?: string; state?: string };
      if (name === 'job.progress' && job !== undefined && state !== 'running') finished.add(job);
    },
    contentFolder,
    dataFolder: undefined,
    version: '0',
    runtime: 'stand-in',
    paths: [],
  });
});
afterEach(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const handler = workbench.handlers[name] as Handlers[CallName] as (
    input: unknown,
  ) => Promise<{ ok: true; value: CallOutput<N> } | { ok: false; fault: { message: string } }>;
  const result = await handler(input);
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}

async function openSample(): Promise<void> {
  const { job } = await ask('sample.open', {});
  await expect.poll(() => finished.has(job), { timeout: 20_000 }).toBe(true);
}

it('tells of the sample incident which techniques hit, which could, and which lack their events', async () => {
  const before = await ask('coverage.case', { scope: 'windows' });
  expect(before.hasLogs).toBe(false);
  expect(before.rows.filter(({ state }) => state !== 'none' && state !== 'unknown')).toEqual([]);

  await openSample();
  const after = await ask('coverage.case', { scope: 'windows' });
  expect(after.hasLogs).toBe(true);
  const rows = new Map(after.rows.map((row) => [row.technique, row]));
  expect(rows.get('T1572')).toMatchObject({
    state: 'hit',
    rules: before.rows.find((r) => r.technique === 'T1572')?.rules,
  });
  const lines = await ask('catalog.techniques', { scope: 'windows' });
  for (const { id, hits } of lines) expect(rows.get(id)?.hits, id).toBe(hits);

  const { rules } = await ask('coverage.technique', { technique: 'T1572', scope: 'windows' });
  const loaded = await ask('rules.list', {});
  for (const { rule, state, hits, loaded: key } of rules) {
    const same = loaded.find((one) => one.rule === key);
    expect(same?.title).toBe(key === null ? undefined : rule.title);
    expect(state === 'hit').toBe(hits > 0);
    if (same && state === 'absent') expect(same.hits).toBe(0);
  }
  expect(rules.some(({ state }) => state === 'hit')).toBe(true);

  expect(await ask('coverage.export', { scope: 'windows', format: 'navigator' })).toEqual({ name: 'layer.json' });
  const layer = JSON.parse(readFileSync(join(folder, 'layer.json'), 'utf8')) as {
    techniques: { techniqueID: string; score: number }[];
  };
  expect(layer.techniques.find(({ techniqueID }) => techniqueID === 'T1572')?.score).toBe(3);
});
