import type { LaunchProfile, ModelDescription, WayToFit } from '@pilotlight/contract';

import { isMovable } from './holding.ts';
import type { Holder } from './holding.ts';
import { longestContext } from './longest-context.ts';

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

/** What would fit in place of a load that does not: the longest context that does, the fewest models to do without, the largest other model. Pure. */
export function whatWouldFit(misfit: Misfit): readonly WayToFit[] {
  const ways = [shorterContext(misfit), without(misfit), otherModel(misfit)];
  return ways.filter((way) => way !== undefined);
}

/** Shorter than the one that does not fit. */
function shorterContext({ description, profile, needsBytes, mostBytes }: Misfit): WayToFit | undefined {
  const wanted = profile.contextLength ?? description?.memoryFacts?.defaults.contextLength ?? 0;
  const trained = description?.trainedContextLength ?? wanted;
  const mostTokens = Math.min(wanted, trained) - 1;
  const found = longestContext({ description, profile, needsBytes, mostTokens, fits: (bytes) => bytes <= mostBytes });
  return found && { type: 'shorter_context', context_length: found.contextLength, needs_bytes: found.needsBytes };
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
