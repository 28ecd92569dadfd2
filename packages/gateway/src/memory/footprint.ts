import type { LaunchProfile, MemoryFacts, ModelDescription } from '@pilotlight/contract';

/** How much memory a model takes with one launch profile, and what that rests on. */
export interface Footprint {
  readonly bytes: number;
  readonly weightsBytes?: number;
  readonly cacheBytes?: number;
  readonly computeBytes?: number;
  /** In words: "measured at its last load". */
  readonly basis: string;
}

/** llama.cpp, whose runners the engines use, reads a prompt in pieces of so many tokens (`n_ubatch`). */
const BATCH_TOKENS = 512;
/** It rounds the places of its key-value cache up to a multiple of this. */
const CACHE_STEP = 256;
/** Keys and values are 16-bit numbers unless a profile says otherwise: then 32 of them share a scale of 16 bits. */
const CACHE_NUMBER_BYTES: Readonly<Record<NonNullable<LaunchProfile['cacheType']>, number>> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };
const FLOAT_BYTES = 4;
/** Where only the size of the file is known: what runners of middling models take beside it. */
const UNKNOWN_SHARE = 1.2;

/** The estimate from what the engine tells; undefined where it tells not even a size. */
export function estimateFootprint(
  { memoryFacts, sizeBytes, trainedContextLength }: Pick<ModelDescription, 'memoryFacts' | 'sizeBytes' | 'trainedContextLength'>,
  profile: LaunchProfile,
): Footprint | undefined {
  if (!memoryFacts) {
    if (sizeBytes === undefined) return undefined;
    return { bytes: Math.ceil(sizeBytes * UNKNOWN_SHARE), basis: 'estimated from the size of its file' };
  }
  const wanted = profile.contextLength ?? memoryFacts.defaults.contextLength;
  const contextLength = Math.min(wanted, trainedContextLength ?? wanted);
  const slots = Math.max(1, profile.slots ?? memoryFacts.defaults.slots);
  const { weightsBytes, processBytes = 0 } = memoryFacts;
  const cacheBytes = Math.ceil(toCacheBytes(memoryFacts, contextLength, profile.cacheType)) * slots;
  const computeBytes = toComputeBytes(memoryFacts, contextLength * slots) + processBytes;
  const context = slots === 1 ? `${contextLength} tokens of context` : `${slots} slots of ${contextLength} tokens of context each`;
  const basis = `estimated: weights, ${context}, and buffers`;
  return { bytes: weightsBytes + cacheBytes + computeBytes, weightsBytes, cacheBytes, computeBytes, basis };
}

/**
 * Keys and values of one context: for every layer, places × heads that are kept × (key + value) × bytes of a number. A layer with a sliding window has
 * places for the window and one batch, no more (`llama_kv_cache_iswa` of llama.cpp).
 */
export function toCacheBytes(facts: MemoryFacts, contextLength: number, cacheType: LaunchProfile['cacheType'] = 'f16'): number {
  const places = roundUp(contextLength);
  const windowPlaces = Math.min(places, roundUp((facts.slidingWindow ?? contextLength) + BATCH_TOKENS));
  let headPlaces = 0;
  for (let layer = 0; layer < facts.layers; layer += 1) {
    const heads = typeof facts.kvHeads === 'number' ? facts.kvHeads : (facts.kvHeads[layer] ?? 0);
    headPlaces += heads * (facts.slidingLayers?.[layer] ? windowPlaces : places);
  }
  return headPlaces * (facts.keyLength + facts.valueLength) * CACHE_NUMBER_BYTES[cacheType];
}

/**
 * The buffer in which one batch is computed, with flash attention: its largest moment is either the scores of all words, or what one layer's feed-forward
 * part holds, beside the state of the batch; and the mask says who sees whom. For 512 tokens of Llama 3 8B (128,256 words, width 4,096) llama.cpp
 * reports 258.5 MiB; this gives 258.5 MiB and the mask.
 */
export function toComputeBytes(facts: MemoryFacts, contextTokens: number): number {
  const words = facts.vocabulary ?? 0;
  const feedForward = 2 * (facts.feedForwardLength ?? 4 * facts.embeddingLength);
  const numbers = BATCH_TOKENS * (Math.max(words, feedForward) + facts.embeddingLength + contextTokens);
  return numbers * FLOAT_BYTES;
}

function roundUp(tokens: number): number {
  return Math.ceil(tokens / CACHE_STEP) * CACHE_STEP;
}
