import type { LaunchProfile, ModelDescription, WayToFit } from '@pilotlight/contract';

import { estimateFootprint } from './footprint.ts';
import { isMovable } from './holding.ts';
import type { Holder } from './holding.ts';

export interface Misfit {
  readonly description: ModelDescription | undefined;
  readonly profile: LaunchProfile;
  readonly needsBytes: number;
  /** What there is with everything unloaded that may be. */
  readonly mostBytes: number;
  /** Models in the way that may not be unloaded, or cannot be. */
  readonly fixed: readonly Holder[];
  readonly others: readonly { readonly model: string; readonly needsBytes: number }[];
}

const CONTEXT_STEP = 256;
/** A shorter context is of no use for a chat. */
const SHORTEST_CONTEXT = 512;

/** What would fit in place of a load that does not: the longest context that does, the fewest models to do without, the largest other model. Pure. */
export function whatWouldFit(misfit: Misfit): readonly WayToFit[] {
  const ways = [shorterContext(misfit), without(misfit), otherModel(misfit)];
  return ways.filter((way) => way !== undefined);
}

/** By the estimate, corrected by what the whole was measured to take. */
function shorterContext({ description, profile, needsBytes, mostBytes }: Misfit): WayToFit | undefined {
  const facts = description?.memoryFacts;
  if (!description || !facts) return undefined;
  const wanted = profile.contextLength ?? facts.defaults.contextLength;
  const bytesAt = (contextLength: number): number => estimateFootprint(description, { ...profile, contextLength })?.bytes ?? 0;
  const errorBytes = needsBytes - bytesAt(wanted);
  let [fits, tooLong] = [0, Math.ceil(Math.min(wanted, description.trainedContextLength ?? wanted) / CONTEXT_STEP)];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (bytesAt(middle * CONTEXT_STEP) + errorBytes <= mostBytes) fits = middle;
    else tooLong = middle;
  }
  const contextLength = fits * CONTEXT_STEP;
  if (contextLength < SHORTEST_CONTEXT) return undefined;
  return { type: 'shorter_context', context_length: contextLength, needs_bytes: bytesAt(contextLength) + errorBytes };
}

/** Only what its owner pinned can be let go of; what its server cannot unload stays. */
function without({ needsBytes, mostBytes, fixed }: Misfit): WayToFit | undefined {
  const pinned = fixed.filter((holder) => !isMovable(holder) && !holder.cannotUnload).toSorted((a, b) => b.bytes - a.bytes);
  const single = pinned.findLast(({ bytes }) => mostBytes + bytes >= needsBytes);
  const models: Holder[] = single ? [single] : [];
  let freedBytes = 0;
  for (const holder of single ? [] : pinned) {
    models.push(holder);
    freedBytes += holder.bytes;
    if (mostBytes + freedBytes >= needsBytes) break;
  }
  if (models.length === 0 || (!single && mostBytes + freedBytes < needsBytes)) return undefined;
  return { type: 'without', models: models.map(({ model, bytes }) => ({ model, bytes })) };
}

function otherModel({ mostBytes, others }: Misfit): WayToFit | undefined {
  const largest = others.filter(({ needsBytes }) => needsBytes <= mostBytes).toSorted((a, b) => b.needsBytes - a.needsBytes)[0];
  return largest && { type: 'other_model', model: largest.model, needs_bytes: largest.needsBytes };
}
