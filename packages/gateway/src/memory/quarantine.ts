import type { Cause } from '../lifecycle/state.ts';

/** Models that ran out of memory with a profile: not loaded with it again until more memory is there, or a person insists. */
export interface Quarantine {
  add(key: string, entry: { readonly detail: string; readonly mostBytes: number }): void;
  /** It loaded after all. */
  lift(key: string): void;
  /** Why it is not loaded now; undefined if it may be. */
  refusal(key: string, mostBytes: number): Cause | undefined;
}

/** More memory is there if it is so much more. */
const NOTABLY_MORE = 1.1;

export function createQuarantine(): Quarantine {
  const entries = new Map<string, { readonly detail: string; readonly mostBytes: number }>();
  return {
    add: (key, entry) => void entries.set(key, entry),
    lift: (key) => void entries.delete(key),
    refusal(key, mostBytes) {
      const entry = entries.get(key);
      if (!entry || mostBytes > entry.mostBytes * NOTABLY_MORE) return undefined;
      return {
        code: 'model_out_of_memory',
        detail: `${entry.detail}; not tried again until more memory is free or somebody loads it by hand`,
      };
    },
  };
}
