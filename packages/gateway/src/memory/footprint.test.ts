import { toMemoryFacts } from '@pilotlight/contract';
import type { MemoryFacts } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { estimateFootprint, toCacheBytes, toComputeBytes } from './footprint.ts';
import { toFootprintKey } from './footprint-key.ts';

const MEBIBYTE = 2 ** 20;

function facts(entries: Readonly<Record<string, unknown>>): MemoryFacts {
  const found = toMemoryFacts({ read: (key) => entries[key], weightsBytes: 1e9, defaults: { contextLength: 4096, slots: 1 } });
  if (!found) throw new Error('no facts');
  return found;
}

const LLAMA_3 = {
  'general.architecture': 'llama',
  'llama.block_count': 32,
  'llama.embedding_length': 4096,
  'llama.feed_forward_length': 14_336,
  'llama.attention.head_count': 32,
  'llama.attention.head_count_kv': 8,
  'llama.vocab_size': 128_256,
};
const GEMMA_3 = {
  'general.architecture': 'gemma3',
  'gemma3.block_count': 12,
  'gemma3.embedding_length': 640,
  'gemma3.attention.head_count': 4,
  'gemma3.attention.head_count_kv': 1,
  'gemma3.attention.key_length': 256,
  'gemma3.attention.value_length': 256,
  'gemma3.attention.sliding_window': 512,
};

describe('the memory of keys and values', () => {
  it('is layers × kept heads × (key + value) × places × two bytes', () => {
    expect(toCacheBytes(facts(LLAMA_3), 8192)).toBe(32 * 8 * (128 + 128) * 8192 * 2);
    expect(toCacheBytes(facts(LLAMA_3), 8192)).toBe(1024 * MEBIBYTE);
  });

  it('counts heads by layer where the file lists them, and none for layers that keep none', () => {
    const listed = { ...LLAMA_3, 'llama.block_count': 3, 'llama.attention.head_count_kv': [8, 0, 2] };
    expect(toCacheBytes(facts(listed), 256)).toBe(10 * 256 * 256 * 2);
    const hybrid = { ...LLAMA_3, 'llama.block_count': 8, 'llama.full_attention_interval': 4 };
    expect(toCacheBytes(facts(hybrid), 256)).toBe(2 * 8 * 256 * 256 * 2);
  });

  it('keeps no more than window and batch in layers that slide', () => {
    const gemma = facts(GEMMA_3);
    expect(gemma.slidingLayers?.filter((slides) => !slides)).toHaveLength(2);
    expect(toCacheBytes(gemma, 32_768)).toBe((2 * 32_768 + 10 * 1024) * 512 * 2);
    expect(toCacheBytes(gemma, 512)).toBe(12 * 512 * 512 * 2);
  });

  it('does not slide where llama.cpp does not, whatever the header says of a window', () => {
    expect(facts({ ...LLAMA_3, 'llama.attention.sliding_window': 4096 }).slidingLayers).toBeUndefined();
  });

  it('takes the listed layers that slide before the pattern of the architecture', () => {
    const told = Array.from({ length: 12 }, (_, layer) => layer < 3);
    expect(facts({ ...GEMMA_3, 'gemma3.attention.sliding_window_pattern': told }).slidingLayers).toEqual(told);
  });
});

describe('the estimate of a footprint', () => {
  it('gives the buffer that llama.cpp reports for Llama 3 8B, and the mask', () => {
    expect(toComputeBytes(facts(LLAMA_3), 0) / MEBIBYTE).toBeCloseTo(258.5, 1);
  });

  it('grows with context and slots of the profile, up to what the model was trained for', () => {
    const model = { memoryFacts: facts(LLAMA_3), trainedContextLength: 8192 };
    const one = estimateFootprint(model, { contextLength: 8192, slots: 1 });
    const two = estimateFootprint(model, { contextLength: 8192, slots: 2 });
    expect(one?.cacheBytes).toBe(1024 * MEBIBYTE);
    expect(two?.cacheBytes).toBe(2048 * MEBIBYTE);
    expect(estimateFootprint(model, { contextLength: 1_000_000, slots: 1 })?.bytes).toBe(one?.bytes);
    expect(estimateFootprint(model, {})?.cacheBytes).toBe(512 * MEBIBYTE);
  });

  it('says what it counted: one context, or one for each slot', () => {
    const model = { memoryFacts: facts(LLAMA_3), trainedContextLength: 8192 };
    const basisOf = (slots: number) => estimateFootprint(model, { contextLength: 4096, slots })?.basis;
    expect(basisOf(1)).toBe('estimated: weights, 4096 tokens of context, and buffers');
    expect(basisOf(4)).toBe('estimated: weights, 4 slots of 4096 tokens of context each, and buffers');
  });

  it('goes by the size of the file where that is all there is, and knows nothing without it', () => {
    expect(estimateFootprint({ sizeBytes: 1000 }, {})).toEqual({ bytes: 1200, basis: 'estimated from the size of its file' });
    expect(estimateFootprint({}, {})).toBeUndefined();
  });

  it('reads no facts out of a header without layers', () => {
    const read = (key: string): unknown => ({ ...LLAMA_3, 'llama.block_count': 0 })[key];
    expect(toMemoryFacts({ read, weightsBytes: 1, defaults: { contextLength: 1, slots: 1 } })).toBeUndefined();
  });
});

describe('the key of what was measured', () => {
  it('is another for other weights and for each part of the profile', () => {
    const keys = [{}, { contextLength: 4096 }, { contextLength: 8192 }, { slots: 2 }, { cacheType: 'q8_0' }] as const;
    expect(new Set([...keys.map((profile) => toFootprintKey('ollama a', profile)), toFootprintKey('ollama b', {})]).size).toBe(6);
    expect(toFootprintKey('ollama a', { slots: 2, contextLength: 1 })).toBe(toFootprintKey('ollama a', { contextLength: 1, slots: 2 }));
  });
});
