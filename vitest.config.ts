import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{shared,main,renderer,scripts}/**/*.test.{ts,tsx}'],
    pool: 'threads',
    reporters: process.env.CI ? ['dot'] : ['default'],
    testTimeout: 60_000,
  },
});
