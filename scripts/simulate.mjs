// `npm run simulate`: the seeded simulations with many seeds. PILOTLIGHT_SEEDS says how many in all (default 10,000), of which each of the two simulations,
// which run side by side, takes half; PILOTLIGHT_SEED replays one in both.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const DEFAULT_SEEDS = 10_000;
const root = join(import.meta.dirname, '..');
const runner = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const seeds = Math.ceil(Number(process.env['PILOTLIGHT_SEEDS'] ?? DEFAULT_SEEDS) / 2);
const { status } = spawnSync(process.execPath, [runner, 'run', 'simulation.test'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PILOTLIGHT_SEEDS: String(seeds) },
});
process.exitCode = status ?? 1;
