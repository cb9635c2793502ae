import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { caseOf, problemsOf } from '../../main/ingest/evtx/fuzz/check-case.ts';
import { fuzzSubjects } from '../../main/ingest/evtx/fuzz/subjects.ts';

const USAGE = 'npm run fuzz -- [--cases N] [--seed N] [--slow MS]';
/** A case that has not ended by then hangs. */
const HANG_MS = 30_000;
const HEAP_LIMIT_MB = 512;

interface Options {
  readonly cases: number;
  /** Seed of the first case; each further one has the next. */
  readonly seed: number;
  /** CPU time, in milliseconds, that no case may take. */
  readonly slow: number;
}

interface Job extends Options {
  readonly folder: string;
  /** [0]: seed of the case at hand. */
  readonly current: Int32Array;
}

interface Worst {
  readonly value: number;
  readonly seed: number;
}

type Told =
  | { readonly kind: 'failed'; readonly seed: number; readonly name: string; readonly problem: string }
  | { readonly kind: 'progress'; readonly cases: number }
  | { readonly kind: 'done'; readonly cases: number; readonly cpuMs: Worst; readonly growth: Worst };

/**
 * Reads mutated logs in a thread of bounded heap, watched from here, so that a hang and a lack of memory are found
 * too. Prints cases a second, the slowest case and the largest growth of memory; stops at the first failure with its
 * seed: the same seed makes the same case.
 */
export async function run(args: string[]): Promise<void> {
  const options = parse(args);
  if (!options) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-evtx-'));
  try {
    process.exitCode = (await watch({ ...options, folder, current: new Int32Array(new SharedArrayBuffer(4)) })) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parse(args: readonly string[]): Options | undefined {
  const options = { cases: 20_000, seed: 1, slow: 1000 };
  for (let i = 0; i < args.length; i += 2) {
    const value = Number(args[i + 1]);
    if (!Number.isInteger(value) || value < 1) return undefined;
    if (args[i] === '--cases') options.cases = value;
    else if (args[i] === '--seed') options.seed = value;
    else if (args[i] === '--slow') options.slow = value;
    else return undefined;
  }
  return options;
}

/** @returns whether all cases passed. */
async function watch(job: Job): Promise<boolean> {
  const start = performance.now();
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  });
  let last = 0;
  let since = start;
  const passed = await new Promise<boolean>((resolve) => {
    const fail = (text: string): void => {
      console.error(`\nFailed: ${text}. Again: npm run fuzz -- --cases 1 --seed ${job.current[0]}`);
      resolve(false);
    };
    const watchdog = setInterval(() => {
      const seed = Atomics.load(job.current, 0);
      if (seed !== last) {
        last = seed;
        since = performance.now();
      } else if (performance.now() - since > HANG_MS) fail(`the case has not ended after ${HANG_MS / 1000} s`);
    }, 1000);
    watchdog.unref();
    worker.on('message', (told: Told) => {
      if (told.kind === 'failed') fail(`${told.problem} (from ${told.name})`);
      else if (told.kind === 'progress') process.stderr.write(`\r${told.cases.toLocaleString('en')} cases`);
      else {
        const seconds = (performance.now() - start) / 1000;
        console.log(
          `\n${told.cases.toLocaleString('en')} cases in ${seconds.toFixed(0)} s, ${(told.cases / seconds).toFixed(0)} cases/s; ` +
            `slowest ${told.cpuMs.value.toFixed(0)} ms of CPU (seed ${told.cpuMs.seed}); ` +
            `largest growth ${(told.growth.value / 2 ** 20).toFixed(1)} MB (seed ${told.growth.seed})`,
        );
        resolve(true);
      }
    });
    worker.on('error', (error) => fail(error.stack ?? String(error)));
  });
  await worker.terminate();
  return passed;
}

async function work(job: Job): Promise<void> {
  const folders = ['evtx-damaged', 'evtx'].map((name) => join('..', 'shared', 'corpus', name)).filter(existsSync);
  const subjects = fuzzSubjects(folders);
  const path = join(job.folder, 'case.evtx');
  let cpuMs: Worst = { value: 0, seed: 0 };
  let growth: Worst = { value: 0, seed: 0 };
  const tell = (told: Told): void => parentPort?.postMessage(told);
  for (let i = 0; i < job.cases; i++) {
    const seed = job.seed + i;
    Atomics.store(job.current, 0, seed);
    const { name, bytes, recover } = caseOf(subjects, seed);
    const before = memory();
    const cpu = process.cpuUsage();
    let problem = await problemsOf(path, bytes, recover).then(
      (problems) => problems.join('; '),
      (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    const { user, system } = process.cpuUsage(cpu);
    const took = (user + system) / 1000;
    const grown = memory() - before;
    if (took > cpuMs.value) cpuMs = { value: took, seed };
    if (grown > growth.value) growth = { value: grown, seed };
    if (problem === '' && took > job.slow) problem = `it took ${took.toFixed(0)} ms of CPU`;
    if (problem !== '') return tell({ kind: 'failed', seed, name, problem });
    if (i % 1000 === 999) tell({ kind: 'progress', cases: i + 1 });
  }
  tell({ kind: 'done', cases: job.cases, cpuMs, growth });
}

/** Bytes of the heap and of buffers outside it, garbage included. */
function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (!isMainThread && parentPort) await work(workerData as Job);
