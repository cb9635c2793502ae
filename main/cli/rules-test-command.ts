import type { RegressionRun } from '../app/regression-run.ts';
import type { RunResult } from '../app/scan-run.ts';
import { ok } from '../../shared/model/fault.ts';
import { EXIT, type CommandContext } from './context.ts';
import { asGiven, canRead } from './paths.ts';
import { runCommand } from './run-command.ts';
import { countsOf, regressionText, type TestFormat } from './rules-test-formats.ts';
import { counted, printable } from './text.ts';

export interface TestArguments {
  readonly tests: readonly string[];
  readonly rules: readonly string[];
  readonly placeholders: readonly string[];
  readonly format: TestFormat;
  readonly out: string | undefined;
}

interface TestResult extends RunResult {
  readonly run: RegressionRun;
}

/** `rulewright rules test`. Gives the exit code: failed where any test did not pass, or there was none. */
export async function rulesTestCommand(args: TestArguments, context: CommandContext): Promise<number> {
  const { tests, rules, placeholders, format, out } = args;
  if (!(await canRead(placeholders, '--placeholders ', context))) return EXIT.failed;
  if (!(await canRead(tests, '', context)) || !(await canRead(rules, '--rules ', context))) return EXIT.failed;
  return runCommand<TestResult>(context, {
    out,
    inputs: [...tests, ...rules, ...placeholders],
    run: async (workbench, output) => {
      const result = await workbench.testRules({
        tests: tests.map(asGiven),
        rules: rules.map(asGiven),
        placeholders: placeholders.map(asGiven),
        signal: context.signal,
      });
      if (!result.ok) return result;
      await output.write(regressionText(format, result.value));
      const { isCancelled } = result.value;
      return ok({
        run: result.value,
        totals: { files: 0, events: 0, recovered: 0, damaged: 0, leftOut: 0, isCancelled },
        files: [],
      });
    },
    summary: ({ run }) => testSummary(run),
    readsLogs: false,
    hasFailed: ({ run }) => {
      const { failed, errors } = countsOf(run);
      return failed + errors > 0;
    },
  });
}

function testSummary(run: RegressionRun): string[] {
  const { tests, passed, failed, errors } = countsOf(run);
  return [
    ...run.unreadRules.map(({ file, message }) => `  ${printable(file ?? '')}: ${printable(message)}`),
    ...(run.isCancelled ? ['Stopped early: not all tests were run'] : []),
    `${counted(tests, 'test')}: ${passed} passed, ${failed} failed, ${counted(errors, 'error')}`,
  ];
}
