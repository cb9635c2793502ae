// Pictures of the window, to look at: each at 1440x900 and 1024x700, light and dark.
//
//   npm run screens                          start screen, then the sample incident
//   npm run screens -- my-steps.mjs          your own steps
//   npm run screens -- --out test-results/x --sizes 1440x900 --themes dark
//
// A step script exports one function and takes a picture wherever it likes:
//
//   export default async ({ page, app, call, shot }) => {
//     await page.getByRole('button', { name: 'Open the sample incident' }).click();
//     await shot('sample');
//   };
//
// `page` and `app` are Playwright's; `call(name, input)` is a call of the contract (`/** @type {any} */ (window).workbench.call`), for a
// quick way to a state; `settled()` waits until no job runs; `shot(name)` writes name-<size>-<theme>.png.
// Messages of the page's console are printed. Builds what changed first; skip that with --no-build.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { launchApp } from '../e2e/launch-app.mjs';
import { buildProject } from './build.mjs';
import { root } from './run.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'test-results/screens' },
    sizes: { type: 'string', default: '1440x900,1024x700' },
    themes: { type: 'string', default: 'light,dark' },
    build: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

/** @typedef {Awaited<ReturnType<typeof launchApp>>} Launched */

/**
 * @typedef {object} Steps
 * @property {Launched['page']} page
 * @property {Launched['app']} app
 * @property {(name: string, input?: object) => Promise<any>} call
 * @property {() => Promise<void>} settled
 * @property {(name: string) => Promise<void>} shot
 */

/** @param {Steps} steps */
async function defaultSteps({ page, call, settled, shot }) {
  await page.locator('#root > *').first().waitFor();
  await shot('start');
  const answer = await call('sample.open');
  if (!answer.ok) throw new Error(`sample.open: ${JSON.stringify(answer.fault)}`);
  await settled();
  await shot('sample');
}

/** @param {Launched} launched @returns {Steps} */
function makeSteps({ page, app }) {
  const out = path.resolve(root, values.out);
  mkdirSync(out, { recursive: true });
  /** @type {Steps['call']} */
  const call = (name, input = {}) =>
    page.evaluate(
      ([callName, callInput]) => /** @type {any} */ (window).workbench.call(callName, callInput),
      [name, input],
    );
  return {
    page,
    app,
    call,
    settled: async () => {
      await page.waitForFunction(async () => {
        const answer = await /** @type {any} */ (window).workbench.call('case.summary', {});
        return answer.ok && answer.value.jobs.every((/** @type {{state: string}} */ job) => job.state !== 'running');
      });
    },
    shot: async (name) => {
      for (const theme of values.themes.split(',')) {
        await app.evaluate(({ nativeTheme }, source) => {
          nativeTheme.themeSource = source === 'dark' ? 'dark' : 'light';
        }, theme);
        for (const size of values.sizes.split(',')) {
          const [width = 1440, height = 900] = size.split('x').map(Number);
          await page.setViewportSize({ width, height });
          // Two frames: layout observers have then seen the new size, and have painted.
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          const file = path.join(out, `${name}-${size}-${theme}.png`);
          await page.screenshot({ path: file, animations: 'disabled', caret: 'initial' });
          console.log(path.relative(root, file));
        }
      }
    },
  };
}

if (values.build) {
  const { failed } = await buildProject({ quiet: true });
  for (const error of failed) console.error(error.message);
}
const launched = await launchApp();
launched.page.on('console', (message) => {
  console.log(`[${message.type()}] ${message.text()}`);
});
launched.page.on('pageerror', (error) => {
  console.log(`[error] ${error.stack ?? error.message}`);
});
try {
  const given = positionals[0];
  const steps = given === undefined ? defaultSteps : (await import(pathToFileURL(path.resolve(given)).href)).default;
  await steps(makeSteps(launched));
} catch (error) {
  const file = path.join(root, values.out, 'failed.png');
  await launched.page.screenshot({ path: file }).catch(() => undefined);
  console.error(error);
  console.error(`the steps broke off; the window as it was: ${path.relative(root, file)}`);
  process.exitCode = 1;
} finally {
  await launched.close();
}
