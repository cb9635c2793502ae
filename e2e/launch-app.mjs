// Starts the built program for Playwright: in real Electron where it is installed, else in the stand-in. The same
// main process, preload script and page in both. Used by the fixtures and by scripts/screenshot.mjs.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { _electron } from '@playwright/test';
import { findElectron, testRuntime } from '../scripts/runtime.mjs';

const root = path.join(import.meta.dirname, '..');

function standInLauncher() {
  const name = process.platform === 'win32' ? 'launch.cmd' : 'launch.cjs';
  return path.join(import.meta.dirname, 'standin', name);
}

/**
 * @typedef {object} Launched
 * @property {import('@playwright/test').ElectronApplication} app
 * @property {import('@playwright/test').Page} page the window's page
 * @property {'electron' | 'stand-in'} runtime
 * @property {() => Promise<void>} close
 */

/**
 * Starts the program with a data folder of its own, which is deleted when it is closed.
 * @param {{ paths?: readonly string[], userData?: string }} [options] `paths`: files given on the command line;
 *   `userData`: a data folder to keep
 * @returns {Promise<Launched>}
 */
export async function launchApp(options = {}) {
  const runtime = testRuntime();
  const executablePath = runtime === 'electron' ? findElectron() : standInLauncher();
  if (executablePath === undefined) throw new Error('Electron is asked for, and not installed');
  const userData = options.userData ?? mkdtempSync(path.join(os.tmpdir(), 'rulewright-e2e-'));
  const app = await _electron.launch({
    executablePath,
    args: [`--user-data-dir=${userData}`, root, ...(options.paths ?? [])],
    cwd: root,
  });
  const page = await app.firstWindow();
  // A window may be there before its page.
  await page.waitForURL((url) => url.pathname === '/index.html');
  await page.setViewportSize({ width: 1440, height: 900 });
  return {
    app,
    page,
    runtime,
    close: async () => {
      // Without asking: a page that is closed so cannot keep the window open.
      await page.close().catch(() => undefined);
      await app.close().catch(() => undefined);
      if (options.userData !== undefined) return;
      // The browser's last processes may still write there for a moment.
      await rm(userData, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
