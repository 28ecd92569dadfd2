import { runAccidentWorld } from './accident-world.ts';
import { runMemoryWorld } from './memory-world.ts';
import { runPromiseWorld } from './promise-world.ts';
import { runRescueWorld } from './rescue-world.ts';

const WORLDS = [
  { name: 'accidents', run: runAccidentWorld },
  { name: 'rescue', run: runRescueWorld },
  { name: 'memory', run: runMemoryWorld },
  { name: 'promise', run: runPromiseWorld },
] as const;

/** Which world a seed makes. */
function worldOf(seed: number): (typeof WORLDS)[number] {
  return WORLDS[seed % WORLDS.length] ?? WORLDS[0];
}

/** Real gateway code in the world of this seed, on a clock of its own: the same seed, the same world, the same failure. */
export async function runWorld(seed: number): Promise<void> {
  const { name, run } = worldOf(seed);
  try {
    await run(seed);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`${words}\nIn the world of ${name}. Replay it alone: PILOTLIGHT_SEED=${seed} npm run simulate`, { cause: error });
  }
}
