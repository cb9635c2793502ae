import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

/** How this run was started: by the arguments that Electron would get, and a few variables of our own. */
export interface LaunchOptions {
  readonly appFolder: string;
  readonly name: string;
  readonly version: string;
  readonly userData: string;
  readonly isHeadless: boolean;
  /** Driven by Playwright: its page may only open when Playwright listens. */
  readonly isDriven: boolean;
  readonly browserExecutable: string;
}

const manifestSchema = z.object({ name: z.string(), productName: z.string().optional(), version: z.string() });

/** Reads the options of this process. `launch.cjs` put the variables there. */
export function readLaunchOptions(): LaunchOptions {
  const { env, argv } = process;
  const appFolder = env['RULEWRIGHT_STANDIN_APP'];
  const browserExecutable = env['CHROMIUM_PATH'];
  if (appFolder === undefined || browserExecutable === undefined) {
    throw new Error('The stand-in is started by e2e/standin/launch.cjs');
  }
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(path.join(appFolder, 'package.json'), 'utf8')));
  const name = manifest.productName ?? manifest.name;
  const isDriven = env['RULEWRIGHT_STANDIN_DRIVEN'] === '1';
  const given = argv.find((arg) => arg.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length);
  return {
    appFolder,
    name,
    version: manifest.version,
    userData: given ?? (isDriven ? temporaryFolder() : path.join(appDataFolder(), name)),
    isHeadless: env['RULEWRIGHT_STANDIN_WINDOW'] !== '1',
    isDriven,
    browserExecutable,
  };
}

/** Where programs keep their data, as Electron's `appData`. */
export function appDataFolder(): string {
  switch (process.platform) {
    case 'darwin':
      return path.join(os.homedir(), 'Library', 'Application Support');
    case 'win32':
      return process.env['APPDATA'] ?? path.join(os.homedir(), 'AppData', 'Roaming');
    default:
      return process.env['XDG_CONFIG_HOME'] ?? path.join(os.homedir(), '.config');
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rulewright-standin-'));
  process.once('exit', () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // The browser's last processes may still write there: the system clears its temporary folder.
    }
  });
  return folder;
}
