// Measures: `npm run bench -- [ingest|match|catalog] [arguments]`. Without a name: ingest.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildProject } from './build.mjs';
import { root } from './run.mjs';
import { runModule } from './run-module.mjs';

const [first, ...rest] = process.argv.slice(2);
const isName = first !== undefined && existsSync(join(root, 'scripts/bench', `${first}.ts`));
const name = isName ? first : 'ingest';
const args = isName || first === undefined ? rest : [first, ...rest];

// Some measure the built threads.
const { failed } = await buildProject({ parts: ['main'], quiet: true });
for (const error of failed) console.error(error.message);
await runModule(`scripts/bench/${name}.ts`, `bench-${name}`, args);
