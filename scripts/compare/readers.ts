import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  Comparison,
  EVTXEXPORT,
  RUST,
  valuesOf,
  valuesOfXml,
  type Intended,
  type Values,
} from '../../main/ingest/evtx/parity/compare.ts';
import { evtxFiles, readAll } from '../../main/ingest/evtx/parity/read-all.ts';

/** Differences that are printed of each reader. */
const SHOWN = 20;

/** Another reader. */
interface Peer {
  readonly name: string;
  readonly intended: readonly Intended[];
  /** The events of a file; undefined where it gives up on it at once. */
  read(path: string): Promise<readonly Values[] | undefined>;
  close(): void;
}

/**
 * Compares the content of logs, value by value, with evtxexport and with the Rust crate `evtx` (its Python package,
 * in the Python that RULEWRIGHT_PYTHON names), where they are installed. Without paths: the real logs beside the project. Prints how much is equal and how often each difference that is meant
 * occurs; ends with 1 where there is another.
 */
export async function run(args: string[]): Promise<void> {
  const given = args.length > 0 ? args : ['evtx', 'evtx-damaged'].map((name) => join('..', 'shared', 'corpus', name));
  const missing = given.filter((path) => !existsSync(path));
  if (missing.length > 0) {
    console.error(`Not there: ${missing.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const paths = given.flatMap((path) => (statSync(path).isFile() ? [path] : evtxFiles(path)));
  const peers = [evtxexport(), await rust()].filter((peer) => peer !== undefined);
  for (const peer of peers) if (!(await compare(peer, paths))) process.exitCode = 1;
}

/** @returns whether all differences are meant. */
async function compare(peer: Peer, paths: readonly string[]): Promise<boolean> {
  const comparison = new Comparison(peer.intended);
  const refused: string[] = [];
  for (const path of paths) {
    const theirs = await peer.read(path);
    if (theirs) comparison.add(basename(path), (await readAll(path)).events.map(valuesOf), theirs);
    else refused.push(basename(path));
  }
  peer.close();
  const { records, equalRecords, fields, onlyOurs, meant, found } = comparison;
  const count = (n: number): string => n.toLocaleString('en').padStart(9);
  console.log(`\n${peer.name}: ${paths.length - refused.length} files`);
  console.log(`${count(records)} records compared, ${equalRecords.toLocaleString('en')} equal in every value`);
  console.log(`${count(fields)} values compared`);
  for (const [file, times] of onlyOurs) console.log(`${count(times)} records that only we read: ${file}`);
  for (const [why, times] of meant) console.log(`${count(times)} values differ as is meant: ${why}`);
  for (const file of refused) console.log(`          gives nothing of ${file}`);
  console.log(`${count(found.length)} other differences${found.length > SHOWN ? `, the first ${SHOWN}` : ''}`);
  for (const line of found.slice(0, SHOWN)) console.log(`          ${line}`);
  return found.length === 0;
}

function evtxexport(): Peer | undefined {
  if (spawnSync('evtxexport', ['-V']).error) {
    console.log('evtxexport is not installed (Debian: libevtx-utils): not compared');
    return undefined;
  }
  return {
    name: 'evtxexport',
    intended: EVTXEXPORT,
    read: (path) => {
      const run = spawnSync('evtxexport', ['-f', 'xml', path], { encoding: 'utf8', maxBuffer: 1 << 29 });
      return Promise.resolve(run.stdout === '' ? undefined : valuesOfXml(run.stdout));
    },
    close: () => undefined,
  };
}

/** For each path of its input: a line of JSON, the XML of all records that it reads, or null. */
const RUST_READER = `
import json, sys
from evtx import PyEvtxParser
print('ready', flush=True)
for path in sys.stdin:
    try:
        records = iter(PyEvtxParser(path.rstrip('\\n'), number_of_threads=1).records())
    except Exception:
        print('null', flush=True)
        continue
    texts = []
    while True:
        try:
            texts.append(next(records)['data'])
        except StopIteration:
            break
        except Exception:
            pass
    print(json.dumps(texts), flush=True)
`;

async function rust(): Promise<Peer | undefined> {
  const python = process.env.RULEWRIGHT_PYTHON ?? 'python3';
  const child = spawn(python, ['-c', RUST_READER], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const line = await lines.next();
    return line.done ? undefined : line.value;
  };
  if ((await next()) !== 'ready') {
    console.log(`${python} has no package "evtx" (the Rust reader; name another by RULEWRIGHT_PYTHON): not compared`);
    return undefined;
  }
  return {
    name: 'evtx (Rust)',
    intended: RUST,
    read: async (path) => {
      child.stdin.write(`${path}\n`);
      const texts = JSON.parse((await next()) ?? 'null') as string[] | null;
      return texts?.flatMap((text) => valuesOfXml(text, true));
    },
    close: () => child.stdin.end(),
  };
}
