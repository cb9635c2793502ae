#!/usr/bin/env node
import { version } from '../package.json';
import { contentFolder } from './app/content-folder.ts';
import { programDataFolder, ruleCacheFolder } from './app/data-folder.ts';
import { startWorker } from './worker/thread-client.ts';
import { runProgram } from './cli/program.ts';
import type { CommandContext } from './cli/context.ts';

const stop = new AbortController();
process.on('SIGINT', () => {
  // A second time the user means it.
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
});

const folder = contentFolder();
const context: CommandContext = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdoutColumns: process.stdout.isTTY ? process.stdout.columns : undefined,
  isStderrTty: process.stderr.isTTY,
  allowsColours: !process.env['NO_COLOR'],
  threads: {
    engine: () =>
      startWorker(new URL('./engine-thread.js', import.meta.url), {
        contentFolder: folder,
        cacheFolder: ruleCacheFolder(programDataFolder()),
      }),
    decode: () => startWorker(new URL('./decode-thread.js', import.meta.url), {}),
    sql: () => startWorker(new URL('./sql-thread.js', import.meta.url), undefined),
    catalog: () =>
      startWorker(new URL('./catalog-thread.js', import.meta.url), { contentFolder: folder, cacheFolder: undefined }),
  },
  contentFolder: folder,
  version,
  signal: stop.signal,
};

process.exitCode = await runProgram(process.argv.slice(2), context);
