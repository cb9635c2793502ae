// Finds a Chromium for the tests and for `npm start`, or installs one.
//   node scripts/find-browser.mjs            prints what it found
//   node scripts/find-browser.mjs --install  installs one where none is there
// In order: CHROMIUM_PATH, the system's Chromium, Chrome or Edge, what Playwright downloaded before; then, to
// install: Debian's or Ubuntu's package (as root), else Playwright's own download.
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { run, tool } from './run.mjs';

/** @typedef {{ path: string, from: string }} FoundBrowser `from`: where it comes from, for display. */

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];

/** Places off the PATH. @returns {string[]} */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  if (process.platform === 'win32') {
    const programs = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
    return programs
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [
        join(folder, 'Google/Chrome/Application/chrome.exe'),
        join(folder, 'Microsoft/Edge/Application/msedge.exe'),
      ]);
  }
  return [];
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where Playwright keeps its own Chromium; the file may not be there. */
function playwrightBrowser() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath();
  } catch {
    return undefined; // A platform that Playwright has no browser for.
  }
}

/**
 * Looks for a browser that is there.
 * @returns {FoundBrowser | undefined}
 */
export function findInstalledBrowser() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!isProgram(given)) throw new Error(`CHROMIUM_PATH is not a program: ${given}`);
    return { path: given, from: 'CHROMIUM_PATH' };
  }
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of process.platform === 'win32' ? [] : NAMES) {
    for (const folder of onPath) {
      if (isProgram(join(folder, name))) return { path: join(folder, name), from: 'the system' };
    }
  }
  for (const path of usualPlaces()) if (isProgram(path)) return { path, from: 'the system' };
  const own = playwrightBrowser();
  return own !== undefined && existsSync(own) ? { path: own, from: "Playwright's download" } : undefined;
}

/** @param {(line: string) => void} say */
async function installDebianPackage(say) {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return;
  // Ubuntu's chromium package is only a pointer to snap, which a container cannot run.
  const { output } = await run('apt-cache', ['policy', 'chromium']);
  if (/Candidate: .*snap/.test(output)) return;
  say('no browser found: installing the package "chromium" by apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  const first = await run('apt-get', install, { env, timeoutMs: 300_000 });
  if (first.code === 0) return;
  await run('apt-get', ['update'], { env, timeoutMs: 120_000 });
  const second = await run('apt-get', install, { env, timeoutMs: 300_000 });
  if (second.code !== 0) say(second.output.trim().split('\n').slice(-5).join('\n'));
}

/** @param {(line: string) => void} say */
async function installPlaywrightBrowser(say) {
  say("no browser found: downloading Playwright's Chromium");
  const withSystemLibraries = process.platform === 'linux' && process.getuid?.() === 0 ? ['--with-deps'] : [];
  const cli = tool('playwright-core/cli.js');
  const { code, output } = await run(process.execPath, [cli, 'install', ...withSystemLibraries, 'chromium'], {
    timeoutMs: 600_000,
  });
  if (code !== 0) say(output.trim().split('\n').slice(-5).join('\n'));
}

/**
 * Finds a browser, installing one where none is there.
 * @param {(line: string) => void} say where to tell what is being done
 * @returns {Promise<FoundBrowser | undefined>} undefined where none could be had
 */
export async function findOrInstallBrowser(say) {
  for (const install of [undefined, installDebianPackage, installPlaywrightBrowser]) {
    await install?.(say);
    const found = findInstalledBrowser();
    if (found !== undefined) return found;
  }
  return undefined;
}

if (process.argv[1] === import.meta.filename) {
  const found = process.argv.includes('--install') ? await findOrInstallBrowser(console.error) : findInstalledBrowser();
  if (found === undefined) {
    console.error('No Chromium, Chrome or Edge found');
    process.exitCode = 1;
  } else console.log(`${found.path} (${found.from})`);
}
