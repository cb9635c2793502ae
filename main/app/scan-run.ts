import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { CaseKind } from '../../shared/catalog/coverage/case.ts';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { RuleFile } from '../engine/api.ts';
import type { ScanHit, ScanRules } from '../scan/api.ts';
import { SourceTimesTarget, type SourceTimes } from '../scan/source-times.ts';
import { receiveUnits, type Received } from '../worker/ingest/batch-receiver.ts';
import type { DecodePool } from '../worker/ingest/decode-pool.ts';
import type { EngineCallMap, FileReport, IngestProgress, IngestTotals } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';
import { readPlaceholderFiles } from './placeholder-files.ts';
import { findRules } from './rule-folder.ts';

/** The threads that events go through, as the main side sees them. */
export interface Threads {
  readonly engine: ThreadClient<EngineCallMap>;
  readonly decode: DecodePool;
}

export interface RunOptions {
  readonly logs: readonly SourceRoot[];
  readonly options: OpenOptions;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IngestProgress) => void;
}

export interface RunResult {
  readonly totals: IngestTotals;
  /** One for each file, in the order in which they were read. */
  readonly files: readonly FileReport[];
}

/** What a run read, and from when to when. */
export interface LedgerResult extends RunResult {
  /** One for each of `files`. */
  readonly times: readonly SourceTimes[];
}

export interface ScanOptions extends RunOptions {
  readonly rules: readonly SourceRoot[];
  /** Files with lists for placeholders. */
  readonly placeholders?: readonly SourceRoot[];
  /**
   * Whether rules that were read at an earlier run are taken from the cache, and those read now kept in it; they are where
   * this is left out, and the engine has a folder for it.
   */
  readonly usesCache?: boolean;
  /** Told before the first hit. */
  readonly onRules?: (rules: ScanRules, unread: readonly Fault[]) => void;
  /** Takes hits as they are found, in the order of the events; reading waits for it. */
  readonly onHits: (hits: readonly ScanHit[]) => void | Promise<void>;
}

export interface ScanFilesResult extends RunResult {
  readonly rules: ScanRules;
  /** What correlations left out, and why; each names its rule's place. */
  readonly notes: readonly string[];
  /** The kinds of events that there were. */
  readonly kinds: readonly CaseKind[];
  /** Why the rules that were read could not be kept for the next run. */
  readonly notKept?: Fault;
}

export interface ScanResult extends ScanFilesResult {
  /** Rule files and folders that could not be read. */
  readonly unreadRules: readonly Fault[];
  /** Files of the rule folders that are no rules. */
  readonly otherFiles: number;
}

/**
 * Runs rules over logs and gives the hits away as they are found; keeps no events. Fails only where it cannot run at
 * all: no rule file could be read, or a thread died.
 */
export async function scanLogs(threads: Threads, options: ScanOptions): Promise<Result<ScanResult>> {
  const lists = await readPlaceholderFiles(options.placeholders ?? []);
  if (!lists.ok) return lists;
  const found = await findRules(options.rules, () => options.signal.aborted);
  if (found.files.length === 0) return fail(noRules(found.faults, found.others));
  const { onRules, ...rest } = options;
  const run = await scanFiles(threads, [...lists.value, ...found.files], {
    ...rest,
    ...(onRules ? { onRules: (rules: ScanRules) => onRules(rules, found.faults) } : {}),
  });
  return run.ok ? ok({ ...run.value, unreadRules: found.faults, otherFiles: found.others }) : run;
}

/** As `scanLogs`, with the rule files already read. */
export async function scanFiles(
  threads: Threads,
  files: readonly RuleFile[],
  options: Omit<ScanOptions, 'rules' | 'onRules'> & { readonly onRules?: (rules: ScanRules) => void },
): Promise<Result<ScanFilesResult>> {
  let rules: ScanRules = { files: 0, run: 0, notRun: [] };
  let notes: readonly string[] = [];
  let kinds: readonly CaseKind[] = [];
  let notKept: Fault | undefined;
  const run = await runThreads(threads, options, async (port) => {
    const scanned = await threads.engine.call(
      'scan',
      { port, files, usesCache: options.usesCache ?? true },
      {
        transfer: [port],
        signal: options.signal,
        onItem: (item) => {
          if (item.kind === 'hits') return options.onHits(item.hits);
          rules = item.rules;
          options.onRules?.(rules);
        },
      },
    );
    if (!scanned.ok) return scanned;
    ({ notes, kinds, notKept } = scanned.value);
    return ok(scanned.value.received);
  });
  return run.ok ? ok({ ...run.value, rules, notes, kinds, ...(notKept ? { notKept } : {}) }) : run;
}

export interface DumpOptions extends RunOptions {
  readonly onLines: (lines: string) => void | Promise<void>;
  /** Folder of message data: each line then has its event's message, null where there is none. */
  readonly messages?: string | undefined;
}

/** Reads logs and gives their events away as JSON lines. */
export function dumpEvents(threads: Threads, options: DumpOptions): Promise<Result<RunResult>> {
  return runThreads(threads, options, (port) =>
    threads.engine.call('dump', { port, messages: options.messages }, { transfer: [port], onItem: options.onLines }),
  );
}

/** Reads logs and keeps only what became of each file. */
export async function readLedger(threads: Threads, options: RunOptions): Promise<Result<LedgerResult>> {
  const target = new SourceTimesTarget();
  const run = await runThreads(threads, options, async (port) => {
    return ok(await receiveUnits(port, target));
  });
  return run.ok ? ok({ ...run.value, times: target.sources }) : run;
}

/** Reads with some threads and consumes with another, until all are through. @param consume gets the run's control. */
export async function runThreads(
  { decode }: Threads,
  options: RunOptions,
  consume: (control: MessagePort) => Promise<Result<Received>>,
): Promise<Result<RunResult>> {
  const { port1, port2 } = new MessageChannel();
  // Where the consumer ends early, because its output is closed or its thread died, there is nothing to read for.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const consumed = consume(port1).then((result) => {
    stop.abort();
    // It may never have got its port: closing it tells the other end.
    if (!result.ok) port1.close();
    return result;
  });
  const { logs: roots, onProgress = () => undefined } = options;
  const decoded = decode.run({ roots, options: options.options, signal, onProgress }, port2);
  const [read, end] = await Promise.all([decoded, consumed]);
  port2.close();
  if (!end.ok) return end;
  const { fault, files, totals } = end.value;
  if (fault) return fail(fault);
  if (!read.ok) return read;
  return ok({ files, totals: { ...totals, isCancelled: options.signal.aborted } });
}

function noRules(faults: readonly Fault[], others: number): Fault {
  const first = faults[0];
  if (first) return { ...first, message: `No rule could be read: ${first.file ?? ''}: ${first.message}` };
  const hint = others > 0 ? ` (${others} files there are no rules)` : '';
  return { code: 'not-found', message: `No rule files were found${hint}` };
}
