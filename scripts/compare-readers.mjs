// Compares what we read of EVTX logs with other readers: `node scripts/compare-readers.mjs [file or folder …]`.
import { runModule } from './run-module.mjs';

await runModule('scripts/compare/readers.ts', 'compare-readers', process.argv.slice(2));
