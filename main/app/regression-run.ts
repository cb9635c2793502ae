import type { Fault, Result } from '../../shared/model/fault.ts';
import { fail, ok } from '../../shared/model/fault.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { RuleFile } from '../engine/api.ts';
import { findRegressionTests, type LayoutFault, type RegressionTest } from './regression-layout.ts';
import { readPlaceholderFiles } from './placeholder-files.ts';
import { findRules } from './rule-folder.ts';
import { RuleIndex } from './rule-index.ts';
import { scanFiles, type Threads } from './scan-run.ts';

export interface RegressionOptions {
  /** Folders with tests. */
  readonly tests: readonly SourceRoot[];
  /** Where the rules are; empty for the folders beside `regression_data`. */
  readonly rules: readonly SourceRoot[];
  /** Files with lists for placeholders. */
  readonly placeholders?: readonly SourceRoot[];
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export type RegressionOutcome = 'passed' | 'failed' | 'error';

export interface RegressionResult extends RegressionTest {
  /** Display name of the rule's file, or '' where it was not found. */
  readonly rule: string;
  readonly hits: number;
  readonly outcome: RegressionOutcome;
  /** Why it did not pass, or ''. */
  readonly message: string;
  readonly seconds: number;
}

export interface RegressionRun {
  readonly results: readonly RegressionResult[];
  readonly layoutFaults: readonly LayoutFault[];
  /** Rule files that could not be read. */
  readonly unreadRules: readonly Fault[];
  readonly isCancelled: boolean;
}

/**
 * Runs each test by itself: its rule (with the rules it refers to and all global filters) over its log alone, so that
 * no correlation sees the events of another test.
 */
export async function runRegression(threads: Threads, options: RegressionOptions): Promise<Result<RegressionRun>> {
  const { signal } = options;
  const lists = await readPlaceholderFiles(options.placeholders ?? []);
  if (!lists.ok) return lists;
  const layout = await findRegressionTests(options.tests);
  if (layout.tests.length === 0 && layout.faults.length === 0) {
    return fail({ code: 'not-found', message: 'No info.yml with regression_tests_info was found' });
  }
  const roots = options.rules.length > 0 ? options.rules : layout.ruleFolders.map((path) => ({ path, name: path }));
  const { files, faults } = await findRules(roots, () => signal.aborted);
  const index = new RuleIndex(files);
  const results: RegressionResult[] = [];
  for (const test of layout.tests) {
    if (signal.aborted) break;
    const result = await runTest(threads, test, index.filesFor(test.ruleId), lists.value, signal);
    if (!result.ok) return result;
    results.push(result.value);
    options.onProgress?.(results.length, layout.tests.length);
  }
  return ok({ results, layoutFaults: layout.faults, unreadRules: faults, isCancelled: signal.aborted });
}

async function runTest(
  threads: Threads,
  test: RegressionTest,
  files: readonly RuleFile[],
  lists: readonly RuleFile[],
  signal: AbortSignal,
): Promise<Result<RegressionResult>> {
  const start = performance.now();
  const file = files[0]?.name ?? '';
  const end = (outcome: RegressionOutcome, message: string, hits = 0): Result<RegressionResult> =>
    ok({ ...test, rule: file, hits, outcome, message, seconds: (performance.now() - start) / 1000 });
  if (files.length === 0) return end('error', `There is no rule with the id ${test.ruleId}`);
  let hits = 0;
  const run = await scanFiles(threads, [...lists, ...files], {
    logs: [{ path: test.log, name: test.log }],
    options: {},
    // A test's rule and those around it are few.
    usesCache: false,
    signal,
    onHits: (page) => {
      for (const { ruleId } of page) if (ruleId === test.ruleId) hits++;
    },
  });
  if (!run.ok) return run.fault.code === 'cancelled' ? end('error', run.fault.message) : run;
  const unread = run.value.files.find(({ report }) => report.state === 'failed' || report.state === 'skipped');
  if (unread) return end('error', `The log cannot be read: ${unread.report.faults[0]?.message ?? unread.report.state}`);
  const notRun = run.value.rules.notRun.find((rule) => rule.ruleId === test.ruleId);
  if (notRun) {
    return end('error', `The rule cannot run: ${notRun.file}:${notRun.line}:${notRun.column}: ${notRun.message}`);
  }
  if (test.wanted === 0) return hits === 0 ? end('passed', '') : end('failed', `Expected no hit, found ${hits}`, hits);
  if (hits >= test.wanted) return end('passed', '', hits);
  return end(
    'failed',
    `Expected at least ${test.wanted === 1 ? 'one hit' : `${test.wanted} hits`}, found ${hits}`,
    hits,
  );
}
