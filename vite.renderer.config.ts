import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The page. Served over `app://workbench/`, so addresses are relative, nothing is inlined (the content security
 * policy allows no inline script and no data: script), and workers are modules of our own.
 */
export default defineConfig({
  root: 'renderer',
  base: './',
  publicDir: false,
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'chrome140',
    outDir: '../dist/renderer',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 8000,
    reportCompressedSize: false,
  },
});
