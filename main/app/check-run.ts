import type { MessagePort } from 'node:worker_threads';
import { ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { RuleCheck, RuleFinding } from '../scan/api.ts';
import type { Received } from '../worker/ingest/batch-receiver.ts';
import type { IngestProgress } from '../worker/protocol.ts';
import { readPlaceholderFiles } from './placeholder-files.ts';
import { findRules } from './rule-folder.ts';
import { runThreads, type RunResult, type Threads } from './scan-run.ts';

export interface CheckOptions {
  readonly rules: readonly SourceRoot[];
  /** Files with lists for placeholders. */
  readonly placeholders?: readonly SourceRoot[];
  /** Logs on which rules should be able to fire; empty for a check of the rules alone. */
  readonly logs: readonly SourceRoot[];
  /** See `ScanOptions`. */
  readonly usesCache: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IngestProgress) => void;
}

/** How the logs were read (nothing, where there were none), and what was found. */
export interface CheckResult extends RunResult {
  readonly check: RuleCheck;
  /** Files of the rule folders that are no rules. */
  readonly otherFiles: number;
  /** Why the rules that were read could not be kept for the next run. */
  readonly notKept?: Fault;
}

/**
 * Reads and compiles rules and gives everything that there is to say about them, rule files that could not be read
 * among it. Fails only where a thread died.
 */
export async function checkRules(threads: Threads, options: CheckOptions): Promise<Result<CheckResult>> {
  const lists = await readPlaceholderFiles(options.placeholders ?? []);
  if (!lists.ok) return lists;
  const found = await findRules(options.rules, () => options.signal.aborted);
  const { faults, others } = found;
  const files = [...lists.value, ...found.files];
  let check: RuleCheck | undefined;
  let notKept: Fault | undefined;
  const consume = async (port: MessagePort | undefined): Promise<Result<Received | undefined>> => {
    const { usesCache } = options;
    const result = await threads.engine.call(
      'checkRules',
      { port, files, usesCache },
      { transfer: port ? [port] : [] },
    );
    if (!result.ok) return result;
    ({ check, notKept } = result.value);
    return ok(result.value.received);
  };
  const { aborted } = options.signal;
  let read: RunResult = {
    totals: { files: 0, events: 0, recovered: 0, damaged: 0, leftOut: 0, isCancelled: aborted },
    files: [],
  };
  if (options.logs.length > 0) {
    const run = await runThreads(
      threads,
      { ...options, options: {} },
      (port) => consume(port) as Promise<Result<Received>>,
    );
    if (!run.ok) return run;
    read = run.value;
  } else {
    const alone = await consume(undefined);
    if (!alone.ok) return alone;
  }
  if (!check) throw new Error('the check ended without a result');
  const unread = faults.map(unreadFinding);
  const whole = { ...check, files: check.files + unread.length, findings: [...unread, ...check.findings] };
  return ok({ ...read, check: whole, otherFiles: others, ...(notKept ? { notKept } : {}) });
}

function unreadFinding({ file = '', code, message }: Fault): RuleFinding {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { file, ...place, severity: 'error', code, message, ruleId: null };
}
