import type { Randomness } from '@pilotlight/contract';

/** Chance that can be replayed: the same seed gives the same draws. */
export interface SeededRandomness extends Randomness {
  readonly seed: number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of the items, all equally likely. */
  pick<T>(items: readonly T[]): T;
  /** True with the given chance. */
  chance(probability: number): boolean;
}

const MAX_SEED = 2 ** 32;

/** Draws for tests, made by mulberry32 from a 32-bit seed. */
export function createSeededRandomness(seed: number): SeededRandomness {
  let state = seed >>> 0;
  let ids = 0;

  function next(): number {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / MAX_SEED;
  }

  return {
    seed: seed >>> 0,
    next,
    id() {
      ids += 1;
      const chance = Math.floor(next() * MAX_SEED)
        .toString(16)
        .padStart(8, '0');
      return `${chance}-${ids.toString(16).padStart(4, '0')}`;
    },
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('there is nothing to pick from');
      return item;
    },
    chance: (probability) => next() < probability,
  };
}

/** The seed of this run: `PILOTLIGHT_SEED` if set, else a new one. */
export function chooseSeed(): number {
  const given = process.env['PILOTLIGHT_SEED'];
  if (given === undefined || given === '') return Math.floor(Math.random() * MAX_SEED);
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed >= MAX_SEED)
    throw new RangeError(`PILOTLIGHT_SEED must be a whole number below 2^32, not "${given}"`);
  return seed;
}

/** Runs `body` with a seed of its own; if it fails, the error's message says which seed replays it. */
export async function withSeed<T>(body: (randomness: SeededRandomness) => Promise<T> | T, seed: number = chooseSeed()): Promise<T> {
  try {
    return await body(createSeededRandomness(seed));
  } catch (error) {
    const message = `${error instanceof Error ? error.message : String(error)}\nReplay it with PILOTLIGHT_SEED=${seed}`;
    throw new Error(message, { cause: error });
  }
}
