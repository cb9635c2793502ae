import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBatch } from '../../main/columns/batch.ts';
import { BatchBuilder } from '../../main/columns/batch-builder.ts';
import { EventTable } from '../../main/columns/event-table.ts';
import { decodeFile } from '../../main/ingest/decode.ts';
import type { RulePlan } from '../../main/match/api.ts';
import { createMatching, matchingMaker } from '../../main/match/matching.ts';
import { corpusPath, projectRoot } from '../../main/testing/corpus.ts';
import { readRules } from '../../shared/catalog/read.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { writeBigLog } from './big-log.ts';
import { typeInto } from './draft.ts';
import { makeBatches, type Repetition } from './match-events.ts';

/** Holds the mappings. */
const CONTENT = join(projectRoot, 'rules');

/**
 * Prints how fast (in CPU time) rules are read, compiled and matched, on generated events.
 * Arguments: number of events (default 200000).
 */
export async function run(args: readonly string[]): Promise<void> {
  const count = Number(args[0] ?? 200_000);
  const { rules, from } = readAllRules();
  await realLogs(rules);
  const tenth = rules.filter((_, i) => i % 10 === 0);
  console.log(`${rules.length} rules of ${from}`);
  await generated(count, tenth, rules);
  await wholeRun(tenth, rules);
  console.log(`memory: ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
}

/** Matching alone, over generated events: rules at a tenth and all of them, values known, values distinct, a draft. */
async function generated(count: number, tenth: readonly Rule[], rules: readonly Rule[]): Promise<void> {
  const table = fill(count, 'realistic');
  console.log(`${count} events, ${table.dictionary.size} distinct texts (realistic repetition)`);

  const few = timeRun(table, tenth);
  const many = timeRun(table, rules);
  console.log(`build plan: ${few.buildMs} ms for ${tenth.length} rules, ${many.buildMs} ms for ${rules.length}`);
  print('realistic', count, tenth.length, few);
  print('realistic', count, rules.length, many);
  console.log(
    `ratio ${rules.length} to ${tenth.length} rules: ${((many.runMs + many.buildMs) / (few.runMs + few.buildMs)).toFixed(2)}x`,
  );
  print('again, values known', count, rules.length, { ...many, runMs: many.againMs });
  const distinct = timeRun(fill(Math.min(count, 100_000), 'distinct'), rules);
  print('every value distinct', Math.min(count, 100_000), rules.length, distinct);
  await typeInto(table);
}

/** Milliseconds of a run over real logs. */
interface Round {
  readonly read: number;
  readonly plan: number;
  readonly match: number;
}

const ROUNDS = 5;

/**
 * Reads all real logs beside the project and matches them. The first run is that of a program that has just started,
 * rules and mappings read; it is printed in elapsed time too, since the runtime compiles on other threads meanwhile. Then
 * the best of some runs: with a plan that is kept from log to log, and with one that is made anew.
 */
async function realLogs(rules: readonly Rule[]): Promise<void> {
  const folders = ['evtx', 'evtx-damaged'].flatMap((name) => corpusPath('corpus', name) ?? []);
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.evtx'))
      .map((name) => join(folder, name)),
  );
  if (files.length === 0) return;
  const start = now();
  const keeping = matchingMaker();
  keeping(new EventTable(), CONTENT);
  console.log(`read mappings: ${Math.round(now() - start)} ms`);
  const kept: Round[] = [];
  const anew: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const times = [moment()];
    const table = await readLogs(files);
    times.push(moment());
    const plan = keeping(table, CONTENT).compile(rules);
    times.push(moment());
    const hits = runPlan(table, plan);
    times.push(moment());
    const [cpu, elapsed] = [roundOf(times.map(({ cpu }) => cpu)), roundOf(times.map(({ elapsed }) => elapsed))];
    if (round === 0) {
      console.log(`${files.length} real logs, ${table.count} events of ${table.shapes.length} kinds, ${hits} hits`);
      printRound('first run, processor', cpu);
      printRound('first run, elapsed', elapsed);
    }
    kept.push(cpu);
    const { buildMs, runMs } = timeRun(table, rules);
    anew.push({ read: cpu.read, plan: buildMs, match: runMs });
  }
  printRound(`best of ${ROUNDS}, plan kept`, best(kept));
  printRound(`best of ${ROUNDS}, plan made anew`, best(anew));
}

function moment(): { readonly cpu: number; readonly elapsed: number } {
  return { cpu: now(), elapsed: performance.now() };
}

/** @param at four times: before and after reading, after planning, after matching. */
function roundOf([start = 0, read = 0, planned = 0, matched = 0]: readonly number[]): Round {
  return { read: read - start, plan: planned - read, match: matched - planned };
}

function best(rounds: readonly Round[]): Round {
  const least = (of: (round: Round) => number): number => Math.min(...rounds.map(of));
  return { read: least(({ read }) => read), plan: least(({ plan }) => plan), match: least(({ match }) => match) };
}

function printRound(what: string, { read, plan, match }: Round): void {
  const ratio = (ms: number): string => (ms / read).toFixed(2);
  console.log(
    `  ${what}: read ${Math.round(read)} ms, plan ${Math.round(plan)} ms, match ${Math.round(match)} ms; ` +
      `match ${ratio(match)} of reading, plan and match ${ratio(plan + match)}`,
  );
}

/**
 * Prints what ten times as many rules cost on the same log of a million events, all in all: reading, indexing, building
 * the plan, matching. The better of two runs each, taken in turn.
 */
async function wholeRun(few: readonly Rule[], many: readonly Rule[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rulewright-bench-'));
  const file = join(folder, 'million.evtx');
  try {
    writeBigLog(file, 873);
    const best = new Map<readonly Rule[], { totalMs: number; line: string }>();
    for (const rules of [few, many, few, many]) {
      const start = now();
      const table = await readLogs([file]);
      const read = now();
      const plan = createMatching(table, CONTENT).compile(rules);
      const hits = runPlan(table, plan);
      const end = now();
      const line = `${table.count} events: read ${Math.round(read - start)} ms, plan and match ${Math.round(end - read)} ms, ${hits} hits`;
      if (end - start < (best.get(rules)?.totalMs ?? Infinity)) best.set(rules, { totalMs: end - start, line });
    }
    for (const [rules, { line }] of best) console.log(`in all, ${rules.length} rules, ${line}`);
    const [a, b] = [best.get(few), best.get(many)];
    if (a && b)
      console.log(`ratio in all ${many.length} to ${few.length} rules: ${(b.totalMs / a.totalMs).toFixed(2)}x`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function readLogs(files: readonly string[]): Promise<EventTable> {
  const table = new EventTable();
  const builder = new BatchBuilder();
  const sink = {
    batch: (batch: EventBatch) => Promise.resolve(void table.append(batch)),
    progress: () => undefined,
    isCancelled: () => false,
  };
  for (const file of files) await decodeFile(file, builder, { source: 0, recover: false }, sink);
  return table;
}

/** CPU time of this process in ms: what counts on one core, also while others use the machine. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Timing {
  readonly buildMs: number;
  readonly runMs: number;
  readonly againMs: number;
  readonly hits: number;
}

function timeRun(table: EventTable, rules: readonly Rule[]): Timing {
  const start = now();
  const plan = createMatching(table, CONTENT).compile(rules);
  const built = now();
  const hits = runPlan(table, plan);
  const done = now();
  runPlan(table, plan);
  return { buildMs: Math.round(built - start), runMs: done - built, againMs: now() - done, hits };
}

function runPlan(table: EventTable, plan: RulePlan): number {
  let hits = 0;
  for (const shape of table.shapes) plan.run(shape, 0, shape.count, () => hits++);
  return hits;
}

function print(what: string, count: number, rules: number, timing: Timing): void {
  const rate = Math.round(count / (timing.runMs / 1000));
  console.log(`${what}, ${rules} rules: ${rate} events/s (${Math.round(timing.runMs)} ms, ${timing.hits} hits)`);
}

function fill(count: number, repetition: Repetition): EventTable {
  const table = new EventTable();
  for (const batch of makeBatches(count, repetition)) table.append(batch);
  return table;
}

/** All rules folders of the corpus where it is there, else the starter rules. */
function readAllRules(): { rules: Rule[]; from: string } {
  const corpus = corpusPath('corpus', 'sigma');
  const folders = corpus
    ? readdirSync(corpus)
        .filter((name) => name.startsWith('rules'))
        .map((name) => join(corpus, name))
    : [join(projectRoot, 'rules', 'starter', 'sigma')];
  const start = now();
  const rules = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml'))
      .flatMap((name) => readRules(readFileSync(join(folder, name), 'utf8'), name).rules),
  );
  console.log(`read rules: ${Math.round(now() - start)} ms`);
  return { rules, from: corpus ? 'SigmaHQ' : 'the starter pack' };
}
