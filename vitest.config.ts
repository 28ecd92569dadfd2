import { defineConfig } from 'vitest/config';

/** Tests with whole servers, engines and models, which leave more behind than modules: each file has a process of its own. */
const WHOLE = [
  'apps/server/src/*.test.ts',
  'apps/server/src/{durability,feeds,rescues,start}/**/*.test.ts',
  'packages/{engine-llama-cpp,test-kit}/src/**/*.test.ts',
];
const BUILT = ['**/node_modules/**', '**/dist/**'];
/** The limits are for what never ends: a machine with other work to do may take many times longer than a quiet one. */
const COMMON = { restoreMocks: true, testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    passWithNoTests: false,
    // Also on two cores, where one is the default: whole servers wait more than they work.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...COMMON,
          name: 'parts',
          include: ['{apps,packages,tools}/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: [...BUILT, ...WHOLE],
          // Loading the same modules again for each file takes longer than the tests. None of them replaces a module or leaves one changed.
          isolate: false,
        },
      },
      { test: { ...COMMON, name: 'whole', include: WHOLE, exclude: BUILT } },
    ],
  },
});
