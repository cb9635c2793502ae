// Runs a TypeScript module of scripts/: Node 20 cannot, so it is built to .cache/ first.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { root } from './run.mjs';

/**
 * Builds a module and gives what it exports. Its packages stay outside, and are found in node_modules.
 * @param {string} entry relative to the project, as in `scripts/bench/ingest.ts`
 * @param {string} name of the built file
 * @returns {Promise<Record<string, unknown>>}
 */
export async function loadModule(entry, name) {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: entry,
      target: 'node20',
      outDir: join(root, '.cache', 'scripts'),
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: { output: { entryFileNames: `${name}.mjs`, chunkFileNames: `${name}-[name]-[hash].mjs` } },
    },
  });
  return import(pathToFileURL(join(root, '.cache', 'scripts', `${name}.mjs`)).href);
}

/**
 * Builds a module and calls its `run(args)`.
 * @param {string} entry @param {string} name @param {readonly string[]} args
 */
export async function runModule(entry, name, args) {
  const { run } = await loadModule(entry, name);
  if (typeof run !== 'function') throw new Error(`${entry} exports no function "run"`);
  await run(args);
}
