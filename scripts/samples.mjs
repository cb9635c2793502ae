// Writes rules/samples anew, by scripts/make-samples. The same input gives the same bytes.
import { runModule } from './run-module.mjs';

await runModule('scripts/make-samples/index.ts', 'make-samples', process.argv.slice(2));
