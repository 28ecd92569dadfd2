import type { LaunchProfile } from '@pilotlight/contract';

import type { CatalogModel } from './models/model-catalog.ts';
import type { OpenSettings } from './protocol.ts';

const MEBIBYTE = 2 ** 20;
/** Below this a model computes faster on one core than two can agree on who does what. */
const ONE_THREAD_BELOW = 32 * MEBIBYTE;
/** Each slot has a context of its own; by default there are as many as this holds, at least one, for models smaller than `SEVERAL_SLOTS_BELOW`. */
const CACHE_BUDGET = 256 * MEBIBYTE;
const SEVERAL_SLOTS_BELOW = 1024 * MEBIBYTE;
const MOST_DEFAULT_SLOTS = 4;
const MOST_SLOTS = 64;
const DEFAULT_CONTEXT = 4096;
const SHORTEST_CONTEXT = 256;
const MOST_THREADS = 16;

/** The settings that a model is opened with: the profile where it says something, else what suits the model's size and the machine. */
export function toOpenSettings(model: CatalogModel, profile: LaunchProfile, cores: number): OpenSettings {
  const trained = model.description.trainedContextLength ?? DEFAULT_CONTEXT;
  const wanted = profile.contextLength ?? Math.min(trained, DEFAULT_CONTEXT);
  const contextLength = Math.max(Math.min(SHORTEST_CONTEXT, trained), Math.min(wanted, trained));
  const isEmbedding = !model.description.capabilities.includes('completion');
  const slots = profile.slots ?? toDefaultSlots(model, contextLength);
  return {
    path: model.path,
    purpose: isEmbedding ? 'embedding' : 'completion',
    contextLength,
    slots: isEmbedding ? 1 : Math.max(1, Math.min(slots, MOST_SLOTS)),
    threads: model.sizeBytes < ONE_THREAD_BELOW ? 1 : Math.max(1, Math.min(cores, MOST_THREADS)),
    ...(!isEmbedding && profile.cacheType !== undefined && { cacheType: profile.cacheType }),
  };
}

function toDefaultSlots({ sizeBytes, facts }: CatalogModel, contextLength: number): number {
  const cacheBytes = facts?.cacheBytesPerToken;
  if (sizeBytes >= SEVERAL_SLOTS_BELOW || cacheBytes === undefined) return 1;
  return Math.max(1, Math.min(MOST_DEFAULT_SLOTS, Math.floor(CACHE_BUDGET / (cacheBytes * contextLength))));
}
