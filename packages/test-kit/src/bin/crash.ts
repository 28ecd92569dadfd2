import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runCrashLoop } from '../crash/run-crash-loop.ts';
import { chooseSeed } from '../seeded-randomness.ts';

// npm run crash -- [--cycles 200] [--seed N] [--clients 8] [--no-pilot]

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '200' },
    seed: { type: 'string' },
    clients: { type: 'string', default: '8' },
    pilot: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const seed = values.seed === undefined ? chooseSeed() : Number(values.seed);
const folder = await mkdtemp(join(tmpdir(), 'pilotlight-crash-'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}`);
try {
  await runCrashLoop({ seed, cycles: Number(values.cycles), clients: Number(values.clients), folder, usesPilot: values.pilot, say });
  await rm(folder, { recursive: true, force: true });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  say(`Again: npm run crash -- --seed ${seed} --cycles ${values.cycles}`);
  process.exitCode = 1;
}
