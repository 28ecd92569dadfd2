import type { LaunchProfile } from '@pilotlight/contract';

/** What loads have measured, by (model, profile). Kept in memory; whoever has a store hands in an implementation that keeps it longer. */
export interface LearnedFootprints {
  /** The most that this model took with this profile; undefined if it was never measured. */
  find(key: string): number | undefined;
  add(key: string, bytes: number): void;
}

export function createLearnedFootprints(): LearnedFootprints {
  const most = new Map<string, number>();
  return {
    find: (key) => most.get(key),
    add(key, bytes) {
      if (bytes > (most.get(key) ?? 0)) most.set(key, bytes);
    },
  };
}

/** One key for the same weights with the same profile; the weights' key changes with the file. */
export function toFootprintKey(deploymentKey: string, { contextLength, slots }: LaunchProfile): string {
  return JSON.stringify([deploymentKey, contextLength ?? null, slots ?? null]);
}
