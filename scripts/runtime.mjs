// Which runtime there is: real Electron, or the stand-in over the system's Chromium (see e2e/standin/README.md).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, tool } from './run.mjs';

/** Whether a window can be shown here. */
export function hasDisplay() {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
}

/** The path of Electron's binary where it is installed. @returns {string | undefined} */
export function findElectron() {
  const folder = tool('electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

/**
 * Finds Electron's binary, downloading it once where it is missing.
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>}
 */
export async function findOrDownloadElectron(say) {
  const found = findElectron();
  if (found !== undefined) return found;
  say('fetching Electron, once (at most two minutes)');
  const { code } = await run(process.execPath, [tool('electron/install.js')], { timeoutMs: 120_000 });
  const binary = code === 0 ? findElectron() : undefined;
  if (binary === undefined) say("Electron's binary could not be downloaded here");
  return binary;
}

/**
 * Which runtime tests use. `RULEWRIGHT_RUNTIME=electron|stand-in` decides it; a release asks for `electron`.
 * @returns {'electron' | 'stand-in'}
 */
export function testRuntime() {
  const asked = process.env.RULEWRIGHT_RUNTIME;
  if (asked === 'electron' || asked === 'stand-in') return asked;
  return findElectron() !== undefined && hasDisplay() ? 'electron' : 'stand-in';
}
