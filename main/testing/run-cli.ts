import { Writable } from 'node:stream';
import type { CommandContext } from '../cli/context.ts';
import { runProgram } from '../cli/program.ts';
import { contentFolder, TestThreads } from './workbench-threads.ts';

/** Collects what is written to it. */
export class Sink extends Writable {
  text = '';

  /** @param limit characters after which it behaves as a pipe whose reader has gone. */
  constructor(private readonly limit = Infinity) {
    super();
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
    this.text += chunk.toString();
    if (this.text.length > this.limit) done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    else done();
  }
}

/** What a run of the command line ended with. */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, as in a pipe: no terminal, no colours. */
export function runCli(...args: string[]): Promise<CliRun> {
  return runCliIn({}, args);
}

/** The same with some of what is around it otherwise. */
export async function runCliIn(
  { stdout = new Sink(), ...around }: Partial<CommandContext> & { readonly stdout?: Sink },
  args: readonly string[],
): Promise<CliRun> {
  const stderr = new Sink();
  const code = await runProgram(args, {
    stderr,
    stdoutColumns: undefined,
    isStderrTty: false,
    allowsColours: false,
    threads: new TestThreads(),
    contentFolder,
    version: '1.2.3',
    signal: new AbortController().signal,
    ...around,
    stdout,
  });
  return { code, out: stdout.text, err: stderr.text };
}
