import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of the content that the program ships: starter rules, mappings, the sample incident. In a packaged
 * program it lies among the resources, since log files in it are opened by path; in a checkout it is `rules/` beside
 * `package.json`, some levels above this module (its depth differs between sources and the built files).
 * @throws where there is none: the program is not whole
 */
export function contentFolder(): string {
  // Electron's own property; not there in Node.
  const { resourcesPath } = process as { readonly resourcesPath?: string };
  if (resourcesPath !== undefined && existsSync(path.join(resourcesPath, 'rules'))) {
    return path.join(resourcesPath, 'rules');
  }
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(path.join(folder, 'package.json')) && existsSync(path.join(folder, 'rules'))) {
      return path.join(folder, 'rules');
    }
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('The folder "rules" with the program\'s content is missing');
    folder = parent;
  }
}
