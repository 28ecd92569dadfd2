import { z } from 'zod';

import type { LaunchProfile } from './engine.ts';

/** How the numbers of the key-value cache are kept: less exact ones take less memory. */
export const CACHE_TYPES = ['f16', 'q8_0', 'q4_0'] as const;

/** The launch profile of a model, as people write it. It holds from the next load on. */
export const launchProfileSchema = z.strictObject({
  context_length: z.int().min(256).max(10_000_000).optional(),
  slots: z.int().min(1).max(64).optional(),
  cache_type: z.enum(CACHE_TYPES).optional(),
});
export type LaunchProfileWire = z.infer<typeof launchProfileSchema>;

/** The profile as engines take it. */
export function toLaunchProfile({ context_length, slots, cache_type }: LaunchProfileWire): LaunchProfile {
  return {
    ...(context_length !== undefined && { contextLength: context_length }),
    ...(slots !== undefined && { slots }),
    ...(cache_type !== undefined && { cacheType: cache_type }),
  };
}

/** The same as people write it. */
export function toWireProfile({ contextLength, slots, cacheType }: LaunchProfile): LaunchProfileWire {
  return {
    ...(contextLength !== undefined && { context_length: contextLength }),
    ...(slots !== undefined && { slots }),
    ...(cacheType !== undefined && { cache_type: cacheType }),
  };
}
