import { defineConfig } from 'vitest/config';

/** Tests of the whole product: real server, real model, real browser. One file at a time, so that they do not take the cores from each other. */
export default defineConfig({
  cacheDir: '../node_modules/.vite',
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A condition is waited for as long as a slow machine may need; what never comes fails all the same.
    expect: { poll: { timeout: 60_000 } },
  },
});
