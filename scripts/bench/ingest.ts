import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchBuilder } from '../../main/columns/batch-builder.ts';
import { EventTable } from '../../main/columns/event-table.ts';
import type { EventBatch } from '../../main/columns/batch.ts';
import type { EngineApi } from '../../main/engine/api.ts';
import { createEngine } from '../../main/engine/create.ts';
import { decodeFile, readRaw } from '../../main/ingest/decode.ts';
import { writeBigLog } from './big-log.ts';

/** What one way of reading came to. */
interface Measured {
  readonly name: string;
  /** Undefined where the program does not say. */
  readonly events: number | undefined;
  /** Of processor time: so that a busy machine gives the same ratios. */
  readonly seconds: number;
  /** Of the first run, where there were several: all code was new to the runtime then. */
  readonly firstSeconds?: number;
}

interface FileSet {
  readonly name: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

const USAGE = 'npm run bench -- ingest [MB] [--runs N] [file or folder …]';
/** Each way of reading is run again until it has taken so long, so that the runtime has compiled what matters. */
const WARM_SECONDS = 3;

/**
 * Measures reading and indexing on one thread beside evtxexport and @ts-evtx/core, on the same files in one run, in
 * processor time (ours with all that the runtime does beside, such as compiling and collecting garbage).
 * Without paths: the real logs beside the project, where they are, and a generated log (60 MB unless told: a number
 * that is no path is its size).
 */
export async function run(args: string[]): Promise<void> {
  const options = parse(args);
  if (!options) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-ingest-'));
  try {
    const sets = options.paths.map((path) => fileSet(path, path));
    if (sets.length === 0) {
      for (const name of ['evtx', 'evtx-damaged']) {
        const path = join('..', 'shared', 'corpus', name);
        if (existsSync(path)) sets.push(fileSet(name, path));
        else console.log(`${path} is not there: not measured`);
      }
    }
    if (options.paths.length === 0 || options.generate > 0) {
      const path = join(folder, 'generated.evtx');
      writeBigLog(path, options.generate || 60);
      sets.push(fileSet('generated', path));
    }
    for (const set of sets) await measureSet(set, options.runs, join(folder, 'saved.rwcase'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parse(args: readonly string[]): { paths: string[]; generate: number; runs: number } | undefined {
  const options = { paths: [] as string[], generate: 0, runs: 2 };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--runs') {
      options.runs = Number(args[++i]);
      if (!(options.runs > 0)) return undefined;
    } else if (existsSync(arg)) options.paths.push(arg);
    else if (Number(arg) > 0) options.generate = Number(arg);
    else return undefined;
  }
  return options;
}

function fileSet(name: string, path: string): FileSet {
  const files = statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.evtx'))
        .map((entry) => join(entry.parentPath, entry.name));
  return { name, files, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

async function measureSet(set: FileSet, runs: number, caseFile: string): Promise<void> {
  console.log(`\n${set.name}: ${set.files.length} files, ${(set.bytes / 1e6).toFixed(1)} MB`);
  const peers = [evtxexport(set), rustEvtx(set), await tsEvtx(set)].filter((peer): peer is Measured => {
    if (peer?.events === 0) console.log(`  ${peer.name}: reads nothing of it`);
    return peer !== undefined && peer.events !== 0;
  });
  const engine = await createEngine({ contentFolder: 'rules', readRaw });
  const ways: readonly [string, () => Promise<number>][] = [
    ['evtx to batches', () => decodeAll(set, () => undefined)],
    [
      '… and columns in memory',
      () => {
        const table = new EventTable();
        return decodeAll(set, (batch) => table.append(batch));
      },
    ],
    ['… and shown by the engine', () => indexAll(engine, set, 'shown')],
    ['… and as a database for SQL', () => indexAll(engine, set, 'sql')],
    ['… and saved as a case file', () => indexAll(engine, set, 'saved', caseFile)],
  ];
  for (const [name, read] of ways) {
    try {
      print(set, await best(name, runs, read), peers);
    } catch (error) {
      // As where a log is larger than a case may be.
      console.log(`  ${name}: ${(error as Error).message}`);
      engine.closeCase();
    }
  }
  for (const peer of peers) print(set, peer, []);
}

/** The best of some runs, and the first. */
async function best(name: string, runs: number, read: () => Promise<number>): Promise<Measured> {
  const seconds: number[] = [];
  let events = 0;
  for (let total = 0; seconds.length < runs || total < WARM_SECONDS;) {
    const start = process.cpuUsage();
    events = await read();
    const took = secondsSince(start);
    seconds.push(took);
    total += took;
  }
  return { name, events, seconds: Math.min(...seconds), firstSeconds: seconds[0] as number };
}

async function decodeAll(set: FileSet, take: (batch: EventBatch) => unknown): Promise<number> {
  const builder = new BatchBuilder();
  let events = 0;
  for (const file of set.files) {
    const sink = {
      batch: (batch: EventBatch) => {
        take(batch);
        return Promise.resolve();
      },
      progress: () => undefined,
      isCancelled: () => false,
    };
    events += (await decodeFile(file, builder, { source: 0, recover: false }, sink)).events;
  }
  return events;
}

/**
 * Reads into an engine as the product does; no rule is loaded.
 * @param upTo `sql`: built as the database that questions by SQL are put to, all rows and views; `saved`: with a file of
 * the same, at `caseFile`.
 */
async function indexAll(
  engine: EngineApi,
  set: FileSet,
  upTo: 'shown' | 'sql' | 'saved',
  caseFile = '',
): Promise<number> {
  const builder = new BatchBuilder();
  let events = 0;
  for (const file of set.files) {
    const source = engine.nextSource();
    engine.startSource({ source, name: file, path: file, bytes: statSync(file).size });
    const sink = {
      batch: (batch: EventBatch) => {
        const stored = engine.append(batch);
        if (!stored.ok) throw new Error(stored.fault.message);
        return Promise.resolve();
      },
      progress: () => undefined,
      isCancelled: () => false,
    };
    const report = await decodeFile(file, builder, { source, recover: false }, sink);
    engine.endSource(source, { ...report, leftOut: 0 });
    events += report.events;
  }
  if (upTo === 'sql') {
    const built = await engine.sqlImage(null, new AbortController().signal);
    if (!built.ok) throw new Error(built.fault.message);
  }
  if (upTo === 'saved') {
    const saved = await engine.saveCase(caseFile);
    if (!saved.ok) throw new Error(saved.fault.message);
  }
  engine.closeCase();
  return events;
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/**
 * libevtx's program, writing XML to a pipe, where the events are counted; one process a file, as it takes one. The
 * shell adds up their times, without that of counting.
 */
function evtxexport(set: FileSet): Measured | undefined {
  if (spawnSync('evtxexport', ['-V']).error) {
    console.log('evtxexport is not installed (Debian: libevtx-utils): not measured');
    return undefined;
  }
  const script = '{ for file do evtxexport -f xml "$file" 2>/dev/null; done; times >&2; } | grep -c "<Event "';
  const { stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', ...set.files], { encoding: 'utf8' });
  // The last line is of the children: `1m2.5s 0m0.25s`.
  const [user, system] = [...(stderr.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  if (user === undefined || system === undefined) return undefined;
  return { name: 'evtxexport, to XML', events: Number(stdout), seconds: user + system };
}

/** Reads each file to JSON by the Rust crate's Python binding, one thread; prints events and seconds, start-up left out. */
const RUST_READER = `
import sys, time
from evtx import PyEvtxParser
events = 0
start = time.process_time()
for path in sys.stdin.read().splitlines():
    try:
        records = iter(PyEvtxParser(path, number_of_threads=1).records_json())
    except Exception:
        continue
    while True:
        try:
            next(records)
            events += 1
        except StopIteration:
            break
        except Exception:
            pass
print(events, time.process_time() - start)
`;

/** The Rust reader, where a Python has its package: RULEWRIGHT_PYTHON, or python3. */
function rustEvtx(set: FileSet): Measured | undefined {
  const python = process.env.RULEWRIGHT_PYTHON ?? 'python3';
  const { error, status, stdout } = spawnSync(python, ['-c', RUST_READER], {
    input: set.files.join('\n'),
    encoding: 'utf8',
  });
  const [events, seconds] = stdout ? stdout.split(' ').map(Number) : [];
  if (error || status !== 0 || events === undefined || seconds === undefined) {
    console.log(`${python} has no package "evtx" (the Rust reader; name another by RULEWRIGHT_PYTHON): not measured`);
    return undefined;
  }
  return { name: 'evtx (Rust), to JSON', events, seconds };
}

async function tsEvtx(set: FileSet): Promise<Measured | undefined> {
  const peer = await import('@ts-evtx/core').catch(() => undefined);
  if (!peer) {
    console.log('@ts-evtx/core is not installed: not measured');
    return undefined;
  }
  return best('@ts-evtx/core, to objects', 1, async () => {
    let events = 0;
    for (const file of set.files) {
      try {
        await peer.evtx(file).forEach(() => {
          events++;
        });
      } catch {
        // It gives up on some files; what it read so far counts.
      }
    }
    return events;
  });
}

function print(set: FileSet, measured: Measured, peers: readonly Measured[]): void {
  const speed = (seconds: number): number => set.bytes / 1e6 / seconds;
  const ratios = peers.map(
    ({ name, seconds }) => `  ${(seconds / measured.seconds).toFixed(1)}x ${name.split(',')[0]}`,
  );
  const rate = `${speed(measured.seconds).toFixed(1)} MB/s`.padStart(12);
  const first = measured.firstSeconds ? `  (first run ${speed(measured.firstSeconds).toFixed(0)} MB/s)` : '';
  console.log(`  ${measured.name.padEnd(30)}${rate}${eventRate(measured)}${ratios.join('')}${first}`);
}

function eventRate({ events, seconds }: Measured): string {
  if (events === undefined) return ''.padStart(36);
  const rate = `${Math.round(events / seconds).toLocaleString('en')} events/s`;
  return rate.padStart(20) + `${events} events`.padStart(16);
}
