import { randomUUID } from 'node:crypto';

import type { Randomness } from '@pilotlight/contract';

/** The machine's own chance. Ids come from the cryptographic generator: they also name sessions. */
export const systemRandomness: Randomness = {
  next: () => Math.random(),
  id: () => randomUUID(),
};
