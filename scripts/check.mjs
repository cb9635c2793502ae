// Lint, types, format, layers, dead code. `npm run check -- lint types` runs only those named.
import { checks, runSteps } from './steps.mjs';

const named = process.argv.slice(2);
const steps = named.length > 0 ? checks.filter((step) => named.includes(step.name)) : checks;
const { passed, failed } = await runSteps(steps, 2);
console.log(`${String(passed)} passed, ${String(failed)} failed`);
process.exitCode = failed > 0 ? 1 : 0;
