import type { KnipConfig } from 'knip';

/**
 * Beside what each package.json exports or starts, these are the files that people, npm, a bundler or another process starts.
 * Everything else must be reached from one of them.
 */
const config: KnipConfig = {
  // The type of an exported function's parameter is exported with it, also where nobody names it yet.
  ignoreExportsUsedInFile: { interface: true, type: true },
  workspaces: {
    '.': {
      entry: ['scripts/*.mjs', 'bench/**/*.ts', 'e2e/**/*.ts'],
      project: ['scripts/**', 'bench/**', 'e2e/**'],
      // The benchmark measures the very one that the engine depends on; axe is read as a file and run in the page.
      ignoreDependencies: ['node-llama-cpp', 'axe-core'],
    },
    'packages/*': { project: ['src/**/*.ts'] },
    // The compiler of the machine, where there is one, makes what stands between a server and its disk; who may mounts a small one.
    'packages/test-kit': { entry: ['src/bin/*.ts'], project: ['src/**/*.ts'], ignoreBinaries: ['cc', 'mount', 'umount'] },
    'packages/engine-llama-cpp': { entry: ['src/child/main.ts'], project: ['src/**/*.ts'] },
    // A pipe that nobody opens stands for a data folder that hangs; every Unix has the program that makes one. The tests with nginx run where it is.
    'apps/server': { entry: ['src/main.ts'], project: ['src/**/*.ts'], ignoreBinaries: ['mkfifo', 'nginx'] },
    'apps/web': { entry: ['src/offline/adapters/service-worker.ts'], project: ['src/**/*.{ts,tsx,css}'] },
    'apps/cli': { entry: ['src/main.ts'], project: ['src/**/*.ts', 'bin/**'] },
    'tools/*': { project: ['src/**/*.ts'] },
  },
};

export default config;
