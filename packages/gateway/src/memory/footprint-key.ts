import type { LaunchProfile } from '@pilotlight/contract';

/** One key for the same weights with the same profile; the weights' key changes with the file. What was measured is kept under it. */
export function toFootprintKey(deploymentKey: string, { contextLength, slots, cacheType }: LaunchProfile): string {
  return JSON.stringify([deploymentKey, contextLength ?? null, slots ?? null, cacheType ?? null]);
}
