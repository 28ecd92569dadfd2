import type { Randomness } from '@pilotlight/contract';

/** `crypto.randomUUID` is missing on pages that came over plain HTTP from another machine; random bytes are not. */
export const browserRandomness: Randomness = {
  next: () => Math.random(),
  id: () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
};
