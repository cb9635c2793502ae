import { existsSync } from 'node:fs';
import { defineConfig } from 'vite';

/**
 * The Node side: the window's main process, the command line, and the threads, as flat modules in `dist/`.
 * They find each other by `new URL('./engine-thread.js', import.meta.url)`, so shared chunks lie beside them.
 *
 * Pure libraries are bundled: one file reads faster than a hundred. Three stay outside: `electron` is the runtime,
 * `re2` is native and may be missing, and `sql.js` finds its wasm beside its own file.
 */
const entries = {
  main: 'main/index.ts',
  cli: 'main/cli.ts',
  'engine-thread': 'main/worker/engine-thread.ts',
  'decode-thread': 'main/worker/decode-thread.ts',
  'sql-thread': 'main/worker/sql-thread.ts',
  'catalog-thread': 'main/worker/catalog-thread.ts',
};

const outside = ['electron', 're2', 'sql.js'];

export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
      external: outside,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: outside, target: 'node' },
});
