import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchBuilder } from '../../main/columns/batch-builder.ts';
import { EventTable } from '../../main/columns/event-table.ts';
import type { EventBatch } from '../../main/columns/batch.ts';
import { createEngine } from '../../main/engine/create.ts';
import { decodeFile, readRaw } from '../../main/ingest/decode.ts';
import { writeBigLog } from './big-log.ts';

/** What one way of reading came to. */
interface Measured {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
}

interface FileSet {
  readonly name: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

const USAGE = 'npm run bench -- ingest [--generate MB] [--runs N] [file or folder …]';

/**
 * Measures reading and indexing on one thread beside evtxexport and @ts-evtx/core, on the same files in one run.
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
    for (const set of sets) await measureSet(set, options.runs);
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

async function measureSet(set: FileSet, runs: number): Promise<void> {
  const results = [
    await best('evtx to batches', runs, () => decodeAll(set, () => undefined)),
    await best('… and columns in memory', runs, () => {
      const table = new EventTable();
      return decodeAll(set, (batch) => table.append(batch));
    }),
    await best('… and indexed by the engine', Math.min(runs, 3), () => indexAll(set)),
  ];
  const peers = [evtxexport(set), await tsEvtx(set)].filter((peer) => peer !== undefined);
  print(set, results, peers);
}

async function best(name: string, runs: number, read: () => Promise<number>): Promise<Measured> {
  let seconds = Infinity;
  let events = 0;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    events = await read();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
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

/** Reads into an engine as the product does, its case kept by sql.js; no rule is loaded. */
async function indexAll(set: FileSet): Promise<number> {
  const engine = await createEngine({ contentFolder: 'rules', readRaw });
  const builder = new BatchBuilder();
  let events = 0;
  for (const file of set.files) {
    const source = engine.nextSource();
    engine.startSource({ source, name: file, path: file, bytes: statSync(file).size });
    const sink = {
      batch: (batch: EventBatch) => {
        const stored = engine.append(batch, 0);
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
  engine.closeCase();
  return events;
}

/** libevtx's program, writing XML to nowhere; one process a file, as it takes one. */
function evtxexport(set: FileSet): Measured | undefined {
  if (spawnSync('evtxexport', ['-V']).error) {
    console.log('evtxexport is not installed (Debian: libevtx-utils): not measured');
    return undefined;
  }
  let events = 0;
  const start = performance.now();
  for (const file of set.files) {
    const { stdout } = spawnSync('evtxexport', ['-f', 'xml', file], { maxBuffer: 2 ** 31 - 1 });
    for (let at = stdout.indexOf('</Event>'); at >= 0; at = stdout.indexOf('</Event>', at + 8)) events++;
  }
  return { name: 'evtxexport', events, seconds: (performance.now() - start) / 1000 };
}

async function tsEvtx(set: FileSet): Promise<Measured | undefined> {
  const peer = await import('@ts-evtx/core').catch(() => undefined);
  if (!peer) {
    console.log('@ts-evtx/core is not installed: not measured');
    return undefined;
  }
  let events = 0;
  const start = performance.now();
  for (const file of set.files) {
    try {
      await peer.evtx(file).forEach(() => {
        events++;
      });
    } catch {
      // It gives up on some files; what it read so far counts.
    }
  }
  return { name: '@ts-evtx/core', events, seconds: (performance.now() - start) / 1000 };
}

function print(set: FileSet, ours: readonly Measured[], peers: readonly Measured[]): void {
  console.log(`\n${set.name}: ${set.files.length} files, ${(set.bytes / 1e6).toFixed(1)} MB`);
  const speed = (measured: Measured): number => set.bytes / 1e6 / measured.seconds;
  for (const measured of [...ours, ...peers]) {
    const ratios = peers.includes(measured)
      ? ''
      : peers.map((peer) => `  ${(speed(measured) / speed(peer)).toFixed(1)}x ${peer.name}`).join('');
    const rate = `${speed(measured).toFixed(1)} MB/s`.padStart(12);
    const events = `${Math.round(measured.events / measured.seconds).toLocaleString('en')} events/s`.padStart(20);
    console.log(`  ${measured.name.padEnd(30)}${rate}${events}${`${measured.events} events`.padStart(16)}${ratios}`);
  }
}
