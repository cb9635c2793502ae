import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { corpusPath, projectRoot } from '../../main/testing/corpus.ts';
import { readRules } from '../../shared/catalog/read.ts';

const USAGE = 'npm run bench -- match-peer [log or folder …]';

/** What the peer answers; see pysigma-peer.py. Times are seconds of processor time. */
interface PeerAnswer {
  readonly convert: number;
  readonly load: number;
  readonly match: number;
  readonly refused: readonly string[];
  readonly hits: Readonly<Record<string, readonly (readonly [string, number])[]>>;
}

/**
 * Matches all rules of SigmaHQ against the same logs with pySigma and SQLite (as Zircolite does it) and with
 * `rulewright scan`, one after the other, and prints both times and where the hits differ. Without paths: the real
 * logs beside the project.
 */
export function run(args: readonly string[]): void {
  const rules = ruleFiles();
  const paths = args.length > 0 ? args.map((path) => resolve(path)) : [corpusPath('corpus', 'evtx')];
  const logs = paths.filter((path) => path !== undefined && existsSync(path)) as string[];
  if (rules.length === 0 || logs.length < paths.length) {
    console.log(`Not measured: no rules or no logs beside the project. ${USAGE}`);
    return;
  }
  const python = process.env.RULEWRIGHT_PYTHON ?? 'python3';
  const has = 'import sigma.backends.sqlite, sigma.pipelines.sysmon, sigma.pipelines.windows';
  if (spawnSync(python, ['-c', has]).status !== 0) {
    const packages = 'pysigma, pySigma-backend-sqlite, pySigma-pipeline-sysmon, pySigma-pipeline-windows';
    console.log(`Not measured: ${python} lacks ${packages} (name another by RULEWRIGHT_PYTHON)`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  try {
    compare(rules, logs, python, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(rules: readonly string[], logs: readonly string[], python: string, folder: string): void {
  const events = join(folder, 'events.jsonl');
  const hits = join(folder, 'hits.jsonl');
  const reading = ours(['events', ...logs, '--out', events]);
  const scanning = ours(['scan', ...logs, '--rules', ...ruleFolders(), '--format', 'jsonl', '--out', hits]);
  const { status, stdout, stderr } = spawnSync(python, [join(projectRoot, 'scripts/bench/pysigma-peer.py')], {
    input: JSON.stringify({ rules, events }),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`the peer failed: ${stderr}`);
  const peer = JSON.parse(stdout) as PeerAnswer;
  const peerTotal = peer.convert + peer.load + peer.match;
  const seconds = (value: number): string => `${value.toFixed(2)} s`.padStart(10);
  console.log(`${rules.length} rules, ${lines(events).length} events; processor time`);
  console.log(`  pySigma: rules to SQL         ${seconds(peer.convert)}`);
  console.log(`  pySigma: events into SQLite   ${seconds(peer.load)}  (from JSON lines that Rulewright wrote)`);
  console.log(`  pySigma: queries              ${seconds(peer.match)}`);
  console.log(`  rulewright events             ${seconds(reading)}  (reads the logs, writes JSON lines)`);
  console.log(`  rulewright scan               ${seconds(scanning)}  (reads logs and rules, compiles, matches)`);
  console.log(`  all of the peer to our scan: ${(peerTotal / scanning).toFixed(1)}x`);
  console.log(`  its queries to our whole scan: ${(peer.match / scanning).toFixed(1)}x`);
  printDifferences(rules, peer, hits);
}

function printDifferences(rules: readonly string[], peer: PeerAnswer, hitsFile: string): void {
  const mine = new Map<string, Set<string>>();
  for (const line of lines(hitsFile)) {
    const { ruleId, file, recordId } = JSON.parse(line) as { ruleId: string; file: string; recordId: number };
    const places = mine.get(ruleId) ?? new Set();
    mine.set(ruleId, places.add(JSON.stringify([file, recordId])));
  }
  const refused = new Set(peer.refused);
  let same = 0;
  const different: string[] = [];
  for (const path of rules) {
    if (refused.has(path)) continue;
    const own = readRules(readFileSync(path, 'utf8'), path).rules.flatMap(({ id }) => [...(mine.get(id) ?? [])]);
    const its = new Set((peer.hits[path] ?? []).map((place) => JSON.stringify(place)));
    const both = own.filter((place) => its.has(place)).length;
    if (both === own.length && both === its.size) same++;
    else different.push(`  ${path}: only Rulewright ${own.length - both}, only the peer ${its.size - both}`);
  }
  console.log(`hits: the same for ${same} rules, different for ${different.length}; the peer refused ${refused.size}`);
  for (const line of different) console.log(line);
}

/** Runs the built program; gives the seconds of processor time of all its threads. */
function ours(args: readonly string[]): number {
  const script = '"$@" >/dev/null 2>&1; times';
  const command = [process.execPath, join(projectRoot, 'dist/cli.js'), ...args];
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', ...command], { encoding: 'utf8' });
  // The second line is of the children: `0m2.5s 0m0.25s`.
  const [user = NaN, system = NaN] = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return user + system;
}

function ruleFolders(): string[] {
  const corpus = corpusPath('corpus', 'sigma');
  if (!corpus) return [];
  return readdirSync(corpus)
    .filter((name) => name.startsWith('rules') && statSync(join(corpus, name)).isDirectory())
    .map((name) => join(corpus, name));
}

function ruleFiles(): string[] {
  return ruleFolders().flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml'))
      .map((name) => join(folder, name)),
  );
}

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean);
}
