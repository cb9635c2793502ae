import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRules } from '../../main/app/rule-folder.ts';
import { corpusPath, projectRoot } from '../../main/testing/corpus.ts';
import type { EngineThreadData } from '../../main/worker/engine-thread.ts';
import type { EngineCallMap } from '../../main/worker/protocol.ts';
import { startWorker, ThreadClient } from '../../main/worker/thread-client.ts';

/**
 * Prints how long it takes until rules are ready: their files found, read, sent to a new engine thread of the built
 * program, and there read and compiled; without a cache, with one that is empty, and with a full one; then loaded again
 * as they are. Wall time and CPU time of the whole process (of all its threads), best of some times.
 * Arguments: the folder of the rules (default SigmaHQ's), how often (default 3).
 */
export async function run(args: readonly string[]): Promise<void> {
  const folder = args[0] ?? corpusPath('corpus', 'sigma') ?? join(projectRoot, 'rules', 'starter');
  const times = Math.max(1, Number(args[1] ?? 3));
  const cacheFolder = mkdtempSync(join(tmpdir(), 'rulewright-bench-'));
  try {
    const runs = new Map<string, Timing[]>();
    const add = (what: string, timing: Timing): void => {
      runs.set(what, [...(runs.get(what) ?? []), timing]);
    };
    for (let i = 0; i < times; i++) {
      rmSync(cacheFolder, { recursive: true });
      for (const [what, cache] of [
        ['no cache', undefined],
        ['empty cache', cacheFolder],
        ['full cache', cacheFolder],
      ] as const) {
        const { first, again } = await load(folder, cache);
        add(what, first);
        add('again, as they are', again);
      }
    }
    const { size } = statSync(join(cacheFolder, 'rules.cache'), { throwIfNoEntry: false }) ?? { size: 0 };
    console.log(`${runs.get('no cache')?.[0]?.rules ?? 0} rules of ${folder}; cache ${(size / 1e6).toFixed(1)} MB`);
    for (const [what, timings] of runs) {
      const best = (of: (timing: Timing) => number) => `${(Math.min(...timings.map(of)) / 1000).toFixed(2)} s`;
      console.log(`${what}: ${best(({ wallMs }) => wallMs)} (CPU ${best(({ cpuMs }) => cpuMs)})`);
    }
  } finally {
    rmSync(cacheFolder, { recursive: true, force: true });
  }
}

interface Timing {
  readonly rules: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Loads the rules into a new engine, and then once more. */
async function load(folder: string, cacheFolder: string | undefined): Promise<{ first: Timing; again: Timing }> {
  const data: EngineThreadData = { contentFolder: join(projectRoot, 'rules'), cacheFolder };
  const entry = pathToFileURL(join(projectRoot, 'dist', 'engine-thread.js'));
  const thread = new ThreadClient<EngineCallMap>(() => startWorker(entry, data));
  const time = async (): Promise<Timing> => {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    const { files } = await findRules([{ path: folder, name: 'rules' }]);
    const loaded = await thread.call('loadRules', { files });
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    if (!loaded.ok) throw new Error(loaded.fault.message);
    return { rules: loaded.value.rules, wallMs, cpuMs: (user + system) / 1000 };
  };
  const timings = { first: await time(), again: await time() };
  await thread.close();
  return timings;
}
