import type { Randomness } from '@pilotlight/contract';

const FIRST_MS = 1000;
/** No pause is longer; who asks for a longer one is taken at its word and not asked again. */
export const LONGEST_PAUSE_MS = 60_000;

/** The pause before the next try: exponential from 1 s to 60 s with full jitter, and never shorter than what the engine asked for. */
export function backoffMs(failures: number, randomness: Randomness, retryAfterSeconds = 0): number {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.min(LONGEST_PAUSE_MS, Math.max(retryAfterSeconds * 1000, Math.round(ceiling * randomness.next())));
}

/** Whether what it asks for is a pause that somebody who waits for an answer can sit through. */
export function isBearable(retryAfterSeconds = 0): boolean {
  return retryAfterSeconds * 1000 <= LONGEST_PAUSE_MS;
}
