import { defineConfig } from 'vitest/config';

/** Unit and integration tests, beside their sources. */
export default defineConfig({
  test: {
    include: ['{shared,main,renderer,scripts,e2e/standin}/**/*.test.{ts,tsx}'],
    pool: 'threads',
    testTimeout: 60_000,
  },
});
