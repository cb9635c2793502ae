import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBatch } from '../../main/columns/batch.ts';
import { BatchBuilder } from '../../main/columns/batch-builder.ts';
import { EventTable } from '../../main/columns/event-table.ts';
import { decodeFile } from '../../main/ingest/decode.ts';
import type { RulePlan } from '../../main/match/api.ts';
import { createMatching } from '../../main/match/matching.ts';
import { corpusPath, projectRoot } from '../../main/testing/corpus.ts';
import { readRules } from '../../shared/catalog/read.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { writeBigLog } from './big-log.ts';
import { typeInto } from './draft.ts';
import { makeBatches, type Repetition } from './match-events.ts';

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
  await wholeRun(tenth, rules);
  console.log(`memory: ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
}

/** Reads all real logs beside the project and matches them, several times: the first run and the best are printed. */
async function realLogs(rules: readonly Rule[]): Promise<void> {
  const folders = ['evtx', 'evtx-damaged'].flatMap((name) => corpusPath('corpus', name) ?? []);
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.evtx'))
      .map((name) => join(folder, name)),
  );
  if (files.length === 0) return;
  const rounds: { readMs: number; planMs: number; matchMs: number; events: number; hits: number }[] = [];
  for (let round = 0; round < 5; round++) {
    const start = now();
    const table = await readLogs(files);
    const read = now();
    const { buildMs, runMs, hits } = timeRun(table, rules);
    rounds.push({ readMs: read - start, planMs: buildMs, matchMs: runMs, events: table.count, hits });
  }
  const cost = (of: (typeof rounds)[number]): number => of.planMs + of.matchMs;
  const best = {
    read: Math.min(...rounds.map(({ readMs }) => readMs)),
    match: Math.min(...rounds.map(cost)),
  };
  const [first] = rounds as [(typeof rounds)[number]];
  console.log(
    `${files.length} real logs, ${first.events} events, ${first.hits} hits, first run: ` +
      `read ${Math.round(first.readMs)} ms, plan ${first.planMs} ms, match ${Math.round(first.matchMs)} ms; ` +
      `best of ${rounds.length}: read ${Math.round(best.read)} ms, plan and match ${Math.round(best.match)} ms, ` +
      `${(best.match / best.read).toFixed(2)} of reading`,
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
      const plan = createMatching(table, join(projectRoot, 'rules')).compile(rules);
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
  const plan = createMatching(table, join(projectRoot, 'rules')).compile(rules);
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
