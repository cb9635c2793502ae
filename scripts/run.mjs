// Small helpers for the scripts beside this file.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The project's root folder. */
export const root = join(import.meta.dirname, '..');

/** Gives the path of a tool's script in node_modules, to run with node itself: no shell, no .cmd on Windows.
 * @param {string} path as in `eslint/bin/eslint.js` */
export function tool(path) {
  return join(root, 'node_modules', path);
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number }} [options] `show`: pass output through
 *   instead of collecting it.
 * @returns {Promise<{ code: number, output: string }>} exit code (-1 where it could not start or was stopped) and
 *   what it printed, stdout and stderr as they came
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: options.env ?? process.env,
      stdio: options.show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => {
      resolve({ code: -1, output: `${output}${error.message}\n` });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? -1, output });
    });
  });
}
