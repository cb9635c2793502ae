import { stat } from 'node:fs/promises';
import { NO_DIALOGS } from '../app/ports.ts';
import { Workbench } from '../app/workbench.ts';
import type { RunResult } from '../app/scan-run.ts';
import type { Result } from '../../shared/model/fault.ts';
import { EXIT, type CommandContext } from './context.ts';
import { Output } from './output.ts';
import { ProgressBar } from './progress.ts';
import { printable } from './text.ts';

/** A command's work between opening and closing of its output. */
export interface CommandWork<T extends RunResult> {
  readonly out: string | undefined;
  /** Files and folders that are read. The output must not take the place of one of these files. */
  readonly inputs: readonly string[];
  run(workbench: Workbench, output: Output, bar: ProgressBar): Promise<Result<T>>;
  /** Lines of the summary. */
  summary(result: T): readonly string[];
  /** Whether logs were to be read at all; they are where this isn't given. */
  readsLogs?: boolean;
  /** Why the run was of no use, where that is so. */
  useless?(result: T): string | undefined;
  /** Whether what was asked about has failed, as a check that finds errors. */
  hasFailed?(result: T): boolean;
}

/** A workbench without a window, that keeps nothing on disk. */
export function openWorkbench({ threads, contentFolder, version }: CommandContext): Promise<Workbench> {
  return Workbench.open({
    threads,
    contentFolder,
    version,
    dialogs: NO_DIALOGS,
    emit: () => undefined,
    dataFolder: undefined,
    runtime: 'stand-in',
    paths: [],
  });
}

/**
 * Runs a command over a workbench of its own: opens the output, shows progress, and ends with a summary on stderr.
 * Gives the exit code.
 */
export async function runCommand<T extends RunResult>(context: CommandContext, work: CommandWork<T>): Promise<number> {
  const say = (line: string) => context.stderr.write(`${line}\n`);
  const own = work.out === undefined ? undefined : await sameFile(work.out, work.inputs);
  if (own !== undefined) {
    say(`rulewright: --out ${printable(own)} is one of the files to read, and would be overwritten`);
    return EXIT.badUsage;
  }
  let output: Output;
  try {
    output = work.out === undefined ? new Output(context.stdout) : await Output.toFile(work.out);
  } catch (error) {
    say(`rulewright: cannot write to ${work.out ?? ''}: ${(error as Error).message}`);
    return EXIT.failed;
  }
  const workbench = await openWorkbench(context);
  const bar = new ProgressBar(context.stderr, context.isStderrTty);
  try {
    const result = await work.run(workbench, output, bar);
    await output.finish(work.out !== undefined);
    bar.stop();
    if (output.isClosed) return EXIT.ran;
    if (output.fault !== undefined) {
      say(`rulewright: cannot write the output: ${output.fault}`);
      return EXIT.failed;
    }
    if (!result.ok) {
      const { message, detail } = result.fault;
      say(`rulewright: ${printable(message)}${detail === undefined ? '' : ` (${printable(detail)})`}`);
      return EXIT.failed;
    }
    for (const line of work.summary(result.value)) say(line);
    const unread = work.readsLogs === false ? undefined : uselessRead(result.value);
    const useless = work.useless?.(result.value) ?? unread;
    if (useless !== undefined) say(`rulewright: ${useless}`);
    const isWhole = useless === undefined && !result.value.totals.isCancelled;
    return isWhole && work.hasFailed?.(result.value) !== true ? EXIT.ran : EXIT.failed;
  } finally {
    bar.stop();
    await workbench.close();
  }
}

/** That path of `inputs` which is the same file as `out`, by whatever name or link. */
async function sameFile(out: string, inputs: readonly string[]): Promise<string | undefined> {
  const target = await stat(out).catch(() => undefined);
  if (!target?.isFile()) return undefined;
  for (const path of inputs) {
    const input = await stat(path).catch(() => undefined);
    if (input?.dev === target.dev && input.ino === target.ino) return path;
  }
  return undefined;
}

function uselessRead({ files, totals }: RunResult): string | undefined {
  if (totals.isCancelled) return undefined;
  if (files.length === 0) return 'no files were found';
  const isRead = files.some(({ report }) => report.state === 'read' || report.state === 'partial');
  return isRead ? undefined : 'no log could be read';
}
