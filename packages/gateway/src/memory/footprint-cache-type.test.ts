import { toMemoryFacts } from '@pilotlight/contract';
import { expect, it } from 'vitest';

import { estimateFootprint } from './footprint.ts';

/** Llama 3 8B: 1 GiB of keys and values for 8,192 tokens as 16-bit numbers. */
const LLAMA_3: Readonly<Record<string, unknown>> = {
  'general.architecture': 'llama',
  'llama.block_count': 32,
  'llama.embedding_length': 4096,
  'llama.attention.head_count': 32,
  'llama.attention.head_count_kv': 8,
};

it.each([
  [undefined, 2],
  ['f16', 2],
  ['q8_0', 34 / 32],
  ['q4_0', 18 / 32],
] as const)('the cache of a profile with %s takes %d bytes a number', (cacheType, bytes) => {
  const memoryFacts = toMemoryFacts({ read: (key) => LLAMA_3[key], weightsBytes: 1e9, defaults: { contextLength: 8192, slots: 1 } });
  if (!memoryFacts) throw new Error('no facts');
  const profile = { slots: 2, ...(cacheType !== undefined && { cacheType }) };
  expect(estimateFootprint({ memoryFacts }, profile)?.cacheBytes).toBe(2 * 32 * 8 * 256 * 8192 * bytes);
});
