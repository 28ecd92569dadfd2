import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages,tools}/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    passWithNoTests: false,
    restoreMocks: true,
    // Files of one worker share the modules that they load: without that most of the time goes into loading them again. No test replaces a module or leaves one changed.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
