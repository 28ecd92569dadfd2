import type { Randomness } from '@pilotlight/contract';

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/** The pause before the next try: exponential from 1 s to 60 s with full jitter, and never shorter than what the engine asked for. */
export function backoffMs(failures: number, randomness: Randomness, retryAfterSeconds = 0): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(retryAfterSeconds * 1000, Math.round(ceiling * randomness.next()));
}
