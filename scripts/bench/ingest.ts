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
}

interface FileSet {
  readonly name: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

const USAGE = 'npm run bench -- ingest [--generate MB] [--runs N] [file or folder …]';

/**
 * Measures reading and indexing on one thread beside evtxexport and @ts-evtx/core, on the same files in one run, in
 * processor time (ours with all that the runtime does beside, such as compiling and collecting garbage).
 * Without paths: the real logs beside the project, where they are, and a generated log (60 MB unless told).
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
  const options = { paths: [] as string[], generate: 0, runs: 5 };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--generate' || arg === '--runs') {
      const value = Number(args[++i]);
      if (!(value > 0)) return undefined;
      if (arg === '--runs') options.runs = value;
      else options.generate = value;
    } else if (arg.startsWith('-') || !existsSync(arg)) return undefined;
    else options.paths.push(arg);
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
  const engine = await createEngine({ contentFolder: 'rules', readRaw });
  const results = [
    await best('evtx to batches', runs, () => decodeAll(set, () => undefined)),
    await best('… and columns in memory', runs, () => {
      const table = new EventTable();
      return decodeAll(set, (batch) => table.append(batch));
    }),
    await best('… and shown by the engine', runs, () => indexAll(engine, set, 'shown')),
    await best('… and indexed by sql.js', runs, () => indexAll(engine, set, 'sql')),
    await best('… and saved as a case file', runs, () => indexAll(engine, set, 'saved', caseFile)),
  ];
  const peers = [evtxexport(set), rustEvtx(set), await tsEvtx(set)].filter((peer) => peer !== undefined);
  print(set, results, peers);
}

async function best(name: string, runs: number, read: () => Promise<number>): Promise<Measured> {
  let seconds = Infinity;
  let events = 0;
  for (let i = 0; i < runs; i++) {
    const start = process.cpuUsage();
    events = await read();
    seconds = Math.min(seconds, secondsSince(start));
  }
  return { name, events, seconds };
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
 * @param upTo `sql`: with the sql.js index of all rows and views, and one question put to it; `saved`: with a file of
 * the same in its place, at `caseFile`.
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
    engine.endSource(source, report);
    events += report.events;
  }
  if (upTo === 'sql') {
    const asked = await engine['sql.run']({ text: 'SELECT count(*) FROM event', limit: 1 });
    if (!asked.ok) throw new Error(asked.fault.message);
    if (asked.value.rows[0]?.[0] !== engine.summary().events) throw new Error('Not all events are in the index');
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

/** libevtx's program, writing XML to nowhere; one process a file, as it takes one. The shell adds up their times. */
function evtxexport(set: FileSet): Measured | undefined {
  if (spawnSync('evtxexport', ['-V']).error) {
    console.log('evtxexport is not installed (Debian: libevtx-utils): not measured');
    return undefined;
  }
  const script = 'for file do evtxexport -f xml "$file" >/dev/null 2>&1; done; times';
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', ...set.files], { encoding: 'utf8' });
  // The second line is of the children: `1m2.5s 0m0.25s`.
  const [user, system] = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  if (user === undefined || system === undefined) return undefined;
  return { name: 'evtxexport', events: undefined, seconds: user + system };
}

/** Reads each file to JSON by the Rust crate's Python binding, one thread; prints events and seconds, start-up left out. */
const RUST_READER = `
import sys, time
from evtx import PyEvtxParser
events = 0
start = time.perf_counter()
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
print(events, time.perf_counter() - start)
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
  return { name: 'evtx (Rust)', events, seconds };
}

async function tsEvtx(set: FileSet): Promise<Measured | undefined> {
  const peer = await import('@ts-evtx/core').catch(() => undefined);
  if (!peer) {
    console.log('@ts-evtx/core is not installed: not measured');
    return undefined;
  }
  let events = 0;
  const start = process.cpuUsage();
  for (const file of set.files) {
    try {
      await peer.evtx(file).forEach(() => {
        events++;
      });
    } catch {
      // It gives up on some files; what it read so far counts.
    }
  }
  return { name: '@ts-evtx/core', events, seconds: secondsSince(start) };
}

function print(set: FileSet, ours: readonly Measured[], peers: readonly Measured[]): void {
  console.log(`\n${set.name}: ${set.files.length} files, ${(set.bytes / 1e6).toFixed(1)} MB`);
  const speed = (measured: Measured): number => set.bytes / 1e6 / measured.seconds;
  for (const measured of [...ours, ...peers]) {
    const ratios = peers.includes(measured)
      ? ''
      : peers.map((peer) => `  ${(speed(measured) / speed(peer)).toFixed(1)}x ${peer.name}`).join('');
    const rate = `${speed(measured).toFixed(1)} MB/s`.padStart(12);
    console.log(`  ${measured.name.padEnd(30)}${rate}${eventRate(measured)}${ratios}`);
  }
}

function eventRate({ events, seconds }: Measured): string {
  if (events === undefined) return ''.padStart(36);
  const rate = `${Math.round(events / seconds).toLocaleString('en')} events/s`;
  return rate.padStart(20) + `${events} events`.padStart(16);
}
