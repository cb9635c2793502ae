import { defineConfig } from 'vite';

/** The stand-in for Electron (see e2e/standin/README.md): one CommonJS module that answers `require('electron')`. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'e2e/standin/electron.ts',
    target: 'node20',
    outDir: 'dist/standin',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      external: ['playwright-core'],
      output: { format: 'cjs', entryFileNames: 'electron.cjs' },
    },
  },
  ssr: { noExternal: true, external: ['playwright-core'], target: 'node' },
});
