import { defineConfig } from '@playwright/test';

/** Each test starts the program anew, with a data folder of its own. Tests wait for states; only `npm test` tries one again, and says so. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results/e2e',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env['CI']),
});
