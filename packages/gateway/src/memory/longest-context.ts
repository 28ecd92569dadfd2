import type { LaunchProfile, ModelDescription } from '@pilotlight/contract';

import { estimateFootprint } from './footprint.ts';

export interface ContextQuestion {
  readonly description: ModelDescription | undefined;
  readonly profile: LaunchProfile;
  /** What it takes with that profile, measured or estimated. */
  readonly needsBytes: number;
  /** No longer one is looked for. */
  readonly mostTokens: number;
  readonly fits: (bytes: number) => boolean;
}

export interface FittingContext {
  readonly contextLength: number;
  readonly needsBytes: number;
}

const CONTEXT_STEP = 256;
/** A shorter context is of no use for a chat. */
const SHORTEST_CONTEXT = 512;

/** The longest context that fits, by the estimate, corrected by what the whole was measured to take; undefined: none, or it cannot be told. Pure. */
export function longestContext({ description, profile, needsBytes, mostTokens, fits }: ContextQuestion): FittingContext | undefined {
  const facts = description?.memoryFacts;
  if (!description || !facts) return undefined;
  const bytesAt = (contextLength: number): number => estimateFootprint(description, { ...profile, contextLength })?.bytes ?? 0;
  const errorBytes = needsBytes - bytesAt(profile.contextLength ?? facts.defaults.contextLength);
  let [good, tooLong] = [0, Math.floor(Math.min(mostTokens, description.trainedContextLength ?? mostTokens) / CONTEXT_STEP) + 1];
  while (tooLong - good > 1) {
    const middle = Math.floor((good + tooLong) / 2);
    if (fits(bytesAt(middle * CONTEXT_STEP) + errorBytes)) good = middle;
    else tooLong = middle;
  }
  const contextLength = good * CONTEXT_STEP;
  if (contextLength < SHORTEST_CONTEXT) return undefined;
  return { contextLength, needsBytes: bytesAt(contextLength) + errorBytes };
}
