// The checks that need no build: what `npm run check` runs, and `npm test` among its steps.
import { run, tool } from './run.mjs';

/**
 * @typedef {object} StepResult
 * @property {number} passed
 * @property {number} failed
 * @property {number} [skipped]
 * @property {string} output shown where something failed
 * @property {string} [note] shown beside the step's name
 */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<StepResult>} run
 */

/**
 * A step that is one program, or several in order: it passes where all of them exit with 0.
 * @param {string} name
 * @param {readonly (readonly string[])[]} commands scripts in node_modules with their arguments
 * @returns {Step}
 */
function check(name, commands) {
  return {
    name,
    run: async () => {
      let output = '';
      for (const [script = '', ...args] of commands) {
        const result = await run(process.execPath, [tool(script), ...args]);
        if (result.code !== 0) output += `${result.output.trim()}\n`;
      }
      return output === '' ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output };
    },
  };
}

const PROJECTS = [
  'shared/tsconfig.json',
  'main/tsconfig.json',
  'renderer/tsconfig.json',
  'e2e/tsconfig.json',
  'scripts/tsconfig.json',
  'tsconfig.tests.json',
];

/** @type {readonly Step[]} */
export const checks = [
  check('lint', [['eslint/bin/eslint.js', '.', '--max-warnings', '0']]),
  check(
    'types',
    PROJECTS.map((project) => [
      'typescript/bin/tsc',
      ...['-p', project, '--incremental', '--tsBuildInfoFile', `.cache/tsc/${project.replace('/', '-')}.tsbuildinfo`],
    ]),
  ),
  check('format', [['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']]),
  check('layers', [
    [
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      'shared',
      'main',
      'renderer',
      'e2e',
      'scripts',
    ],
  ]),
  check('dead code', [['knip/bin/knip.js', '--no-progress', '--treat-config-hints-as-errors']]),
];

/**
 * Runs steps, some at a time, and tells of each as it ends. The output of a step that failed is shown at once.
 * @param {readonly Step[]} steps
 * @param {number} atOnce
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runSteps(steps, atOnce) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const waiting = [...steps];
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const began = performance.now();
      const result = await step.run().catch((error) => ({
        passed: 0,
        failed: 1,
        skipped: 0,
        output: String(error?.stack ?? error),
        note: '',
      }));
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const skipped = result.skipped ?? 0;
      const counts = [
        `${String(result.passed)} passed`,
        ...(result.failed > 0 ? [`${String(result.failed)} failed`] : []),
        ...(skipped > 0 ? [`${String(skipped)} skipped`] : []),
      ].join(', ');
      if (result.failed > 0) console.log(`\n${result.output.trimEnd()}\n`);
      const mark = result.failed > 0 ? '✗' : '✓';
      console.log(
        `${mark} ${step.name.padEnd(10)} ${seconds.padStart(6)} s  ${counts}${result.note ? `  ${result.note}` : ''}`,
      );
      total.passed += result.passed;
      total.failed += result.failed;
      total.skipped += skipped;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return total;
}
