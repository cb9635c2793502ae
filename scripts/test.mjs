// Everything that must hold: build, checks, unit and integration tests, then the window driven from outside.
// The last line is `N passed, N failed`: the tests by the reports of their runners, and one for each other step.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { buildProject } from './build.mjs';
import { findOrInstallBrowser } from './find-browser.mjs';
import { root, run, tool } from './run.mjs';
import { testRuntime } from './runtime.mjs';
import { checks, runSteps } from './steps.mjs';

/** @typedef {import('./steps.mjs').StepResult} StepResult */

const reports = join(root, '.cache');

/**
 * Runs a test runner and counts by its report. A runner that fails without a failed test (it could not start, a file
 * did not load) counts as one failure.
 * @param {{ command: readonly string[], report: string, env?: NodeJS.ProcessEnv,
 *   count: (report: any) => { passed: number, failed: number, skipped: number } }} options
 * @returns {Promise<StepResult>}
 */
async function runTests({ command, report, env, count }) {
  const file = join(reports, report);
  rmSync(file, { force: true });
  const [script = '', ...args] = command;
  const { code, output } = await run(process.execPath, [tool(script), ...args], { ...(env ? { env } : {}) });
  let counted = { passed: 0, failed: 0, skipped: 0 };
  try {
    counted = count(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return { ...counted, failed: 1, output: `${output}\nno report: ${String(error)}` };
  }
  return { ...counted, failed: code === 0 ? counted.failed : Math.max(1, counted.failed), output };
}

const unit = {
  name: 'unit',
  run: async () => {
    const result = await runTests({
      command: [
        'vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        '--outputFile.json=.cache/vitest.json',
      ],
      report: 'vitest.json',
      count: (report) => ({
        passed: report.numPassedTests,
        // A file that could not be loaded is failed and holds no test.
        failed:
          report.numFailedTests +
          report.testResults.filter(
            (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
          ).length,
        skipped: report.numPendingTests,
      }),
    });
    // Tests that need the corpora beside the project say so, each file for itself: once is enough.
    const absent = new Set(result.output.match(/^skipped: .*$/gm));
    for (const line of absent) console.log(line);
    return result;
  },
};

const endToEnd = {
  name: 'e2e',
  run: async () => {
    const runtime = testRuntime();
    /** @type {NodeJS.ProcessEnv} */
    const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'playwright.json') };
    let note = 'in real Electron';
    if (runtime === 'stand-in') {
      const browser = await findOrInstallBrowser(console.log);
      if (browser === undefined) {
        return { passed: 0, failed: 1, output: 'No Chromium could be found or installed: set CHROMIUM_PATH' };
      }
      env.CHROMIUM_PATH = browser.path;
      note = `in the stand-in for Electron, over ${browser.path} (${browser.from})`;
    }
    console.log(`e2e runs ${note}`);
    const result = await runTests({
      command: [
        '@playwright/test/cli.js',
        'test',
        '--config',
        'e2e/playwright.config.ts',
        '--retries=1',
        '--reporter=list,json',
      ],
      report: 'playwright.json',
      env,
      count: ({ stats }) => ({
        passed: stats.expected + stats.flaky,
        failed: stats.unexpected,
        skipped: stats.skipped,
      }),
    });
    // A specification that held only when tried again is a fault to look into: it is named, with what it printed.
    const flaky = /^ {2}\d+ flaky$/m.exec(result.output);
    if (flaky && result.failed === 0) console.log(result.output.slice(result.output.search(/^ {2}1\) /m)));
    return { ...result, note: flaky ? `${note};${flaky[0].replace(/^ +/, ' ')}` : note };
  },
};

const build = {
  name: 'build',
  run: async () => {
    const { built, failed } = await buildProject({ quiet: true });
    const output = failed.map((error) => error.message).join('\n');
    if (failed.length > 0) return { passed: 0, failed: 1, output };
    return { passed: 1, failed: 0, output, note: built.length > 0 ? '' : 'nothing changed' };
  },
};

mkdirSync(reports, { recursive: true });
const began = performance.now();
const first = await runSteps([build], 1);
const rest = await runSteps([unit, ...checks, endToEnd], Math.min(2, os.availableParallelism()));
const seconds = ((performance.now() - began) / 1000).toFixed(0);
const skipped = first.skipped + rest.skipped;
console.log(`${seconds} s${skipped > 0 ? `; ${String(skipped)} skipped` : ''}`);
const failed = first.failed + rest.failed;
console.log(`${String(first.passed + rest.passed)} passed, ${String(failed)} failed`);
process.exitCode = failed > 0 ? 1 : 0;
