import { defineConfig } from 'vite';

/** The preload script: one CommonJS file, since a sandboxed preload can require nothing but `electron`. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'main/preload/index.ts',
    target: 'chrome140',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    rolldownOptions: {
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: 'preload.cjs' },
    },
  },
  ssr: { noExternal: true, external: ['electron'], target: 'node' },
});
