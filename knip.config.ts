import type { KnipConfig } from 'knip';

// The entries are what people, npm or another process starts; everything else must be reached from one of them.
const config: KnipConfig = {
  workspaces: {
    '.': {
      entry: ['scripts/*.mjs', 'bench/**/*.ts', 'e2e/**/*.ts'],
      project: ['scripts/**', 'bench/**', 'e2e/**'],
      ignoreDependencies: ['node-.+'],
    },
    'packages/*': { entry: ['src/index.ts'], project: ['src/**/*.ts'] },
    'packages/test-kit': { entry: ['src/index.ts', 'src/bin/*.ts'], project: ['src/**/*.ts'] },
    'packages/engine-llama-cpp': { entry: ['src/index.ts', 'src/child/main.ts'], project: ['src/**/*.ts'] },
    'apps/server': { entry: ['src/index.ts', 'src/main.ts'], project: ['src/**/*.ts'] },
    'apps/web': { entry: ['index.html', 'src/main.tsx', 'vite.config.ts'], project: ['src/**/*.{ts,tsx,css}'] },
    'apps/cli': { entry: ['bin/*.mjs', 'src/main.ts'], project: ['src/**/*.ts', 'bin/**'] },
    'tools/*': { entry: ['src/main.ts'], project: ['src/**/*.ts'] },
  },
};

export default config;
