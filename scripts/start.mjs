// Builds what changed and opens the window: in real Electron where its binary can be had, else the same main process
// in the system's Chromium. With no display at all it does the main job in the terminal, on the sample incident.
//   npm start [-- paths…]   files and folders to open
import { buildProject } from './build.mjs';
import { findOrInstallBrowser } from './find-browser.mjs';
import { root, run } from './run.mjs';
import { findOrDownloadElectron, hasDisplay } from './runtime.mjs';

const paths = process.argv.slice(2);
/** @param {string} line */
const say = (line) => {
  console.error(line);
};

/** @returns {Promise<number>} exit code */
async function openWindow() {
  const electron = await findOrDownloadElectron(say);
  if (electron !== undefined) {
    const isRoot = process.getuid?.() === 0;
    // Chromium's sandbox refuses to run as root.
    return (await run(electron, [...(isRoot ? ['--no-sandbox'] : []), root, ...paths], { show: true })).code;
  }
  const browser = await findOrInstallBrowser(say);
  if (browser === undefined) {
    say('and no Chromium, Chrome or Edge was found to show the window in (set CHROMIUM_PATH to one)');
    return scanSample();
  }
  say(`the window opens in ${browser.path} instead, over the same main process (see e2e/standin/README.md)`);
  if (process.getuid?.() === 0) say("as root: without the browser's own sandbox");
  const env = { ...process.env, CHROMIUM_PATH: browser.path, RULEWRIGHT_STANDIN_WINDOW: '1' };
  return (await run(process.execPath, ['e2e/standin/launch.cjs', root, ...paths], { env, show: true })).code;
}

/** @returns {Promise<number>} exit code */
async function scanSample() {
  const logs = paths.length > 0 ? paths : ['rules/samples/tunnel-incident'];
  const args = ['dist/cli.js', 'scan', ...logs, '--rules', 'rules/starter/sigma'];
  say(`rulewright ${args.slice(1).join(' ')}\n`);
  const { code } = await run(process.execPath, args, { show: true });
  say('\nWhere there is a display, "npm start" opens these logs, hits and rules in a window.');
  return code;
}

const { failed } = await buildProject({ quiet: true });
if (failed.length > 0) {
  for (const error of failed) say(error.message);
  process.exitCode = 1;
} else if (hasDisplay()) {
  process.exitCode = await openWindow();
} else {
  say('No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): doing the main job in the terminal instead.');
  process.exitCode = await scanSample();
}
