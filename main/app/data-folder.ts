import { homedir } from 'node:os';
import { join } from 'node:path';

/** The program's name in Electron, which names its data folder. */
const NAME = 'Rulewright';

/**
 * The folder where the window's program keeps its data (Electron's `userData`), for the command line to share it.
 * @param env the environment, which may name the system's folders
 */
export function programDataFolder(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const home = homedir();
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), NAME);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', NAME);
  return join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), NAME);
}

/** The folder within the data folder that keeps read rules between runs. */
export function ruleCacheFolder(dataFolder: string): string {
  return join(dataFolder, 'rules');
}

/** The folder of imported message data within the data folder. */
export function messagesFolder(dataFolder: string): string {
  return join(dataFolder, 'messages');
}
