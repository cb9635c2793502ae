import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CatalogRoot } from '../../main/guide/catalog-root.ts';
import type { GuideOptions } from '../../main/guide/guide-service.ts';
import { corpusPath, projectRoot } from '../../main/testing/corpus.ts';
import type { CatalogCallMap } from '../../main/worker/protocol.ts';
import { startWorker, ThreadClient } from '../../main/worker/thread-client.ts';

const CORPORA = ['sigma', 'elastic', 'splunk', 'kusto-hunting', 'kusto-falconfriday', 'sentinel'];

/**
 * Prints how long the catalog takes from nothing, and how long when it is opened again with its cache: each time in a
 * new thread of the built program, as a start of the program has it, from the start of the thread to the catalog that
 * answers. Wall time and CPU time of the whole process (of all its threads).
 * Arguments: how often it is opened again (default 7).
 */
export async function run(args: readonly string[]): Promise<void> {
  const times = Math.max(1, Number(args[0] ?? 7));
  const contentFolder = join(projectRoot, 'rules');
  const roots = rootsOf(contentFolder);
  const cacheFolder = mkdtempSync(join(tmpdir(), 'rulewright-bench-'));
  try {
    console.log(`catalog of ${roots.map(({ name }) => name).join(', ')}`);
    const first = await open(roots, { contentFolder, cacheFolder });
    const bytes = readdirSync(cacheFolder).reduce((sum, name) => sum + statSync(join(cacheFolder, name)).size, 0);
    console.log(`${first.rules} rules in ${first.files} files; cache ${(bytes / 1e6).toFixed(1)} MB`);
    print('from nothing', [first]);
    const again: Timing[] = [];
    for (let i = 0; i < times; i++) again.push(await open(roots, { contentFolder, cacheFolder }));
    const read = again.reduce((sum, { filesRead }) => sum + filesRead, 0);
    if (read > 0) throw new Error(`${read} files were read anew: the cache was not used`);
    print('opened again', again);
  } finally {
    rmSync(cacheFolder, { recursive: true });
  }
}

interface Timing {
  readonly rules: number;
  readonly files: number;
  readonly filesRead: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Starts a catalog thread, lets it read the folders, and ends it. */
async function open(roots: readonly CatalogRoot[], options: GuideOptions): Promise<Timing> {
  const entry = pathToFileURL(join(projectRoot, 'dist', 'catalog-thread.js'));
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const thread = new ThreadClient<CatalogCallMap>(() => startWorker(entry, options));
  const built = await thread.call('build', { roots });
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const summary = await thread.call('summary', null);
  await thread.close();
  if (!built.ok || !summary.ok) throw new Error('the catalog could not be built');
  const { rules, files, filesRead } = summary.value;
  return { rules, files, filesRead, wallMs, cpuMs: (user + system) / 1000 };
}

function print(what: string, timings: readonly Timing[]): void {
  const line = (of: (timing: Timing) => number): string => {
    const sorted = timings.map(of).sort((a, b) => a - b);
    const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(2)} s`;
    const [best, middle, worst] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    if (sorted.length === 1) return seconds(best);
    return `best ${seconds(best)}, median ${seconds(middle)}, worst ${seconds(worst)}`;
  };
  console.log(`${what}: ${line(({ wallMs }) => wallMs)} (CPU ${line(({ cpuMs }) => cpuMs)})`);
}

/** The public collections where they are, beside the starter rules. */
function rootsOf(contentFolder: string): readonly CatalogRoot[] {
  const paths = CORPORA.flatMap((name) => corpusPath('corpus', name) ?? []);
  return [join(contentFolder, 'starter'), ...paths].map((path, i) => ({
    path,
    name: path.split('/').at(-1) ?? path,
    folder: `bench-${i}`,
    isOwn: i === 0,
  }));
}
