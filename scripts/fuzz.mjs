// Reads mutated logs: `npm run fuzz -- [--cases N] [--seed N]`. The nightly run is `npm run fuzz -- --cases 200000`.
import { runModule } from './run-module.mjs';

await runModule('scripts/fuzz/evtx.ts', 'fuzz-evtx', process.argv.slice(2));
