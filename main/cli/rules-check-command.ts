import type { CheckResult } from '../app/check-run.ts';
import { EXIT, type CommandContext } from './context.ts';
import { asGiven, canRead } from './paths.ts';
import { runCommand } from './run-command.ts';
import { findingsText, type CheckFormat } from './rules-check-formats.ts';
import { notKeptLines, notRunLines, readSummary } from './summary.ts';
import { counted } from './text.ts';

export interface CheckArguments {
  readonly rules: readonly string[];
  readonly placeholders: readonly string[];
  readonly logs: readonly string[];
  readonly format: CheckFormat;
  readonly out: string | undefined;
  readonly cache: boolean;
}

/** `rulewright rules check`. Gives the exit code: failed where there is a finding of severity `error`. */
export async function rulesCheckCommand(args: CheckArguments, context: CommandContext): Promise<number> {
  const { rules, placeholders, logs, format, out } = args;
  if (!(await canRead(placeholders, '--placeholders ', context))) return EXIT.failed;
  if (!(await canRead(rules, '', context)) || !(await canRead(logs, '--logs ', context))) return EXIT.failed;
  return runCommand<CheckResult>(context, {
    out,
    inputs: [...rules, ...placeholders, ...logs],
    run: async (workbench, output, bar) => {
      const result = await workbench.checkRules({
        rules: rules.map(asGiven),
        placeholders: placeholders.map(asGiven),
        logs: logs.map(asGiven),
        usesCache: args.cache,
        signal: context.signal,
        onProgress: (progress) => {
          bar.update(progress);
        },
      });
      if (result.ok) await output.write(findingsText(format, result.value.check, context.version));
      return result;
    },
    summary: (result) => checkSummary(result, logs.length > 0),
    readsLogs: logs.length > 0,
    useless: ({ check }) => (check.files === 0 ? 'no rule files were found' : undefined),
    hasFailed: ({ check }) => check.findings.some(({ severity }) => severity === 'error'),
  });
}

function checkSummary(result: CheckResult, readsLogs: boolean): string[] {
  const { check, otherFiles } = result;
  const others = otherFiles > 0 ? `; ${counted(otherFiles, 'file')} without a rule left out` : '';
  const of = (severity: string) => check.findings.filter((finding) => finding.severity === severity);
  const [errors, warnings, infos] = [of('error'), of('warning'), of('info')];
  return [
    ...(readsLogs ? readSummary(result, {}) : []),
    `Rules      ${check.rules.toLocaleString('en-US')} (from ${counted(check.files, 'file')}${others})`,
    `Can run    ${check.run.toLocaleString('en-US')}`,
    `Cannot     ${check.notRun.toLocaleString('en-US')}`,
    `Errors     ${errors.length.toLocaleString('en-US')}`,
    ...notRunLines(errors),
    `Warnings   ${warnings.length.toLocaleString('en-US')}`,
    ...notRunLines(warnings),
    `Notes      ${infos.length.toLocaleString('en-US')}`,
    ...notRunLines(infos),
    ...notKeptLines(result),
  ];
}
