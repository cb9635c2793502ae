import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentFolder } from './app/content-folder.ts';
import { ruleCacheFolder } from './app/data-folder.ts';
import { Workbench } from './app/workbench.ts';
import { start } from './shell/start.ts';
import { startWorker } from './worker/thread-client.ts';

// Not awaited: Electron holds back its ready event until this module has run to its end.
void start({
  distFolder: path.dirname(fileURLToPath(import.meta.url)),
  open: ({ userDataFolder, ...ports }) => {
    const content = contentFolder();
    return Workbench.open({
      ...ports,
      contentFolder: content,
      dataFolder: userDataFolder,
      threads: {
        engine: () =>
          startWorker(new URL('./engine-thread.js', import.meta.url), {
            contentFolder: content,
            cacheFolder: ruleCacheFolder(userDataFolder),
          }),
        decode: () => startWorker(new URL('./decode-thread.js', import.meta.url), undefined),
        sql: () => startWorker(new URL('./sql-thread.js', import.meta.url), undefined),
        catalog: () =>
          startWorker(new URL('./catalog-thread.js', import.meta.url), {
            contentFolder: content,
            cacheFolder: path.join(userDataFolder, 'catalog'),
          }),
      },
    });
  },
});
