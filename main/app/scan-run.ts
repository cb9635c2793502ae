import { MessageChannel } from 'node:worker_threads';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { SourceReport } from '../ingest/api.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { RuleFile } from '../engine/api.ts';
import type { ScanHit, ScanRules } from '../scan/api.ts';
import { SourceTimesTarget, type SourceTimes } from '../scan/source-times.ts';
import { receiveBatches } from '../worker/batch-port.ts';
import type { DecodeCallMap, EngineCallMap, IngestProgress, IngestTotals } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';
import { readPlaceholderFiles } from './placeholder-files.ts';
import { findRules } from './rule-folder.ts';

/** The two threads, as the main side sees them. */
export interface Threads {
  readonly engine: ThreadClient<EngineCallMap>;
  readonly decode: ThreadClient<DecodeCallMap>;
}

/** A line of a run's ledger. */
export interface FileReport {
  readonly name: string;
  readonly bytes: number;
  readonly report: SourceReport;
}

export interface RunOptions {
  readonly logs: readonly SourceRoot[];
  readonly recover: boolean;
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
  /** Told before the first hit. */
  readonly onRules?: (rules: ScanRules, unread: readonly Fault[]) => void;
  /** Takes hits as they are found, in the order of the events; reading waits for it. */
  readonly onHits: (hits: readonly ScanHit[]) => void | Promise<void>;
}

export interface ScanResult extends RunResult {
  readonly rules: ScanRules;
  /** What correlations left out, and why; each names its rule's place. */
  readonly notes: readonly string[];
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
): Promise<Result<RunResult & { readonly rules: ScanRules; readonly notes: readonly string[] }>> {
  let rules: ScanRules = { files: 0, run: 0, notRun: [] };
  let notes: readonly string[] = [];
  const run = await runThreads(threads, options, async (port) => {
    const scanned = await threads.engine.call(
      'scan',
      { port, files },
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
    if (scanned.ok) notes = scanned.value.notes;
    return scanned;
  });
  return run.ok ? ok({ ...run.value, rules, notes }) : run;
}

/** Reads logs and gives their events away as JSON lines. */
export function dumpEvents(
  threads: Threads,
  options: RunOptions & { readonly onLines: (lines: string) => void | Promise<void> },
): Promise<Result<RunResult>> {
  return runThreads(threads, options, (port) =>
    threads.engine.call('dump', { port }, { transfer: [port], onItem: options.onLines }),
  );
}

/** Reads logs and keeps only what became of each file. */
export async function readLedger(threads: Threads, options: RunOptions): Promise<Result<LedgerResult>> {
  const target = new SourceTimesTarget();
  const run = await runThreads(threads, options, async (port) => {
    await receiveBatches(port, target);
    return ok(null);
  });
  return run.ok ? ok({ ...run.value, times: target.sources }) : run;
}

/** Reads with the one thread and consumes with the other, until both are through. */
export async function runThreads(
  { decode }: Threads,
  options: RunOptions,
  consume: (port: MessageChannel['port1']) => Promise<Result<unknown>>,
): Promise<Result<RunResult>> {
  const files: FileReport[] = [];
  const { port1, port2 } = new MessageChannel();
  // Where the consumer ends early, because its output is closed or its thread died, there is nothing to read for.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const consumed = consume(port1).then((result) => {
    if (!result.ok) {
      stop.abort();
      // It may never have got its port: closing it tells the other end.
      port1.close();
    }
    return result;
  });
  const decoded = decode.call(
    'ingest',
    { roots: options.logs, recover: options.recover, port: port2 },
    {
      signal,
      transfer: [port2],
      onItem: (item) => {
        if (item.kind === 'progress') options.onProgress?.(item.progress);
        else files.push({ name: item.name, bytes: item.bytes, report: item.report });
      },
    },
  );
  void decoded.then((result) => {
    if (!result.ok) port2.close();
  });
  const [totals, end] = await Promise.all([decoded, consumed]);
  if (!end.ok) return end;
  if (!totals.ok) return totals;
  return ok({ totals: totals.value, files });
}

function noRules(faults: readonly Fault[], others: number): Fault {
  const first = faults[0];
  if (first) return { ...first, message: `No rule could be read: ${first.file ?? ''}: ${first.message}` };
  const hint = others > 0 ? ` (${others} files there are no rules)` : '';
  return { code: 'not-found', message: `No rule files were found${hint}` };
}
