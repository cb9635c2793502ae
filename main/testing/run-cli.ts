import { Writable } from 'node:stream';
import { runProgram } from '../cli/program.ts';
import { contentFolder, TestThreads } from './workbench-threads.ts';

/** Collects what is written to it. */
class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs the command line in this process, as in a pipe: no terminal, no colours. */
export async function runCli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const stdout = new Sink();
  const stderr = new Sink();
  const code = await runProgram(args, {
    ...{ stdout, stderr, stdoutColumns: undefined, isStderrTty: false, allowsColours: false, contentFolder },
    ...{ threads: new TestThreads(), version: '1.2.3', signal: new AbortController().signal },
  });
  return { code, out: stdout.text, err: stderr.text };
}
