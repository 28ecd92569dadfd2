// `npm run simulate`: the seeded simulations with many seeds. PILOTLIGHT_SEEDS says how many (default 1,000); PILOTLIGHT_SEED replays one.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const runner = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [runner, 'run', 'simulation.test'], {
  cwd: root,
  stdio: 'inherit',
  env: { PILOTLIGHT_SEEDS: '1000', ...process.env },
});
process.exitCode = status ?? 1;
