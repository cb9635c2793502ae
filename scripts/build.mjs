// Builds what changed. `node scripts/build.mjs [part…]`; without a part: all of them.
// Each part's inputs (path, size, time of change) are kept in dist/.built.json; a part whose inputs are the same
// is left alone, so that `npm start` and `npm test` pay only for changes. `--force` builds anyway.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { withLock } from './lock.mjs';
import { root } from './run.mjs';

/**
 * @typedef {object} Part
 * @property {string} config
 * @property {readonly string[]} inputs Files and folders whose change makes the part stale.
 * @property {(written: ReadonlySet<string>) => void} [after] takes the names of the files that were written
 */

/** @type {Readonly<Record<string, Part>>} */
const parts = {
  main: {
    config: 'vite.main.config.ts',
    inputs: ['main', 'shared'],
    after: (written) => {
      removeFromDist(/^(main|cli|(engine|decode|sql|catalog)-thread|chunk-.*)\.js(\.map)?$/, written);
      const cli = join(root, 'dist/cli.js');
      if (existsSync(cli)) chmodSync(cli, 0o755);
    },
  },
  preload: { config: 'vite.preload.config.ts', inputs: ['main/preload', 'shared'] },
  renderer: { config: 'vite.renderer.config.ts', inputs: ['renderer', 'shared'] },
  standin: { config: 'vite.standin.config.ts', inputs: ['e2e/standin'] },
};

const stampFile = join(root, 'dist/.built.json');

/**
 * Deletes what an earlier build left in dist/ itself (its folders belong to other parts).
 * @param {RegExp} names @param {ReadonlySet<string>} keep
 */
function removeFromDist(names, keep) {
  for (const name of readdirSync(join(root, 'dist'))) {
    if (names.test(name) && !keep.has(name)) rmSync(join(root, 'dist', name));
  }
}

/** @param {string} path @param {import('node:crypto').Hash} hash */
function addToHash(path, hash) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isDirectory()) {
    for (const name of readdirSync(path).sort()) addToHash(join(path, name), hash);
  } else if (!/\.test\.tsx?$/.test(path)) {
    hash.update(`${path}\0${String(stat.size)}\0${String(stat.mtimeMs)}\n`);
  }
}

/** @param {Part} part */
function inputsHash(part) {
  const hash = createHash('sha256').update(process.version);
  for (const path of ['package-lock.json', 'package.json', part.config, ...part.inputs]) {
    addToHash(join(root, path), hash);
  }
  return hash.digest('hex');
}

/** @returns {Record<string, string>} */
function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {}; // Never built, or a build broke off: build all.
  }
}

/**
 * Brings the parts up to date.
 * @param {{ parts?: readonly string[], force?: boolean, quiet?: boolean }} [options]
 * @returns {Promise<{ built: readonly string[], failed: readonly Error[] }>} the parts that were built now, and why
 *   others could not be
 */
export async function buildProject(options = {}) {
  process.chdir(root);
  mkdirSync(join(root, 'dist'), { recursive: true });
  return withLock('build', async () => {
    const stamps = options.force ? {} : readStamps();
    const built = [];
    const failed = [];
    for (const name of options.parts ?? Object.keys(parts)) {
      const part = parts[name];
      if (part === undefined) throw new Error(`No part "${name}": ${Object.keys(parts).join(', ')}`);
      const hash = inputsHash(part);
      if (stamps[name] === hash) continue;
      /** @type {Set<string>} */
      const written = new Set();
      try {
        const result = await build({ configFile: join(root, part.config), logLevel: options.quiet ? 'error' : 'warn' });
        for (const bundle of Array.isArray(result) ? result : [result]) {
          if ('output' in bundle) for (const { fileName } of bundle.output) written.add(fileName);
        }
      } catch (error) {
        failed.push(new Error(`${name} did not build: ${error instanceof Error ? error.message : String(error)}`));
        continue;
      }
      part.after?.(written);
      built.push(name);
      writeFileSync(stampFile, JSON.stringify({ ...readStamps(), [name]: hash }));
    }
    return { built, failed };
  });
}

if (process.argv[1] === import.meta.filename) {
  const args = process.argv.slice(2);
  const named = args.filter((arg) => !arg.startsWith('-'));
  const { built, failed } = await buildProject({
    ...(named.length > 0 ? { parts: named } : {}),
    force: args.includes('--force'),
  });
  if (built.length > 0) console.log(`built ${built.join(', ')} into dist/`);
  for (const error of failed) console.error(error.message);
  if (failed.length > 0) process.exitCode = 1;
  else if (built.length === 0) console.log('dist/ is up to date');
}
