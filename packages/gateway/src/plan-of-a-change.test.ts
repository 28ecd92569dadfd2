import type { MemoryFacts } from '@pilotlight/contract';
import { expect, it } from 'vitest';

import { estimateFootprint } from './memory/footprint.ts';
import { setUpBench } from './testing/bench.ts';
import type { Bench, BenchOptions } from './testing/bench.ts';

/** 1,024 bytes of cache for a token in each slot; the rest stands. */
const memoryFacts: MemoryFacts = {
  weightsBytes: 10_000_000,
  layers: 1,
  kvHeads: 1,
  keyLength: 256,
  valueLength: 256,
  embeddingLength: 16,
  feedForwardLength: 16,
  vocabulary: 16,
  defaults: { contextLength: 4096, slots: 1 },
};
const model = { name: 'a:latest', memoryFacts, trainedContextLength: 32_768, sizeBytes: 10_000_000 };
const bytesAt = (contextLength: number, slots = 1): number => estimateFootprint(model, { contextLength, slots })?.bytes ?? 0;
const OTHER_BYTES = 20_000_000;

function setUp(options: BenchOptions = {}): Promise<Bench> {
  const memoryOf = (name: string): number => (name === 'a:latest' ? bytesAt(4096) : OTHER_BYTES);
  return setUpBench({
    machineBytes: 60_000_000,
    engines: [{ observation: 'push', models: [model, { name: 'b:latest', sizeBytes: OTHER_BYTES / 1.2 }], memoryOf }],
    ...options,
  });
}
async function load({ gateway, clock }: Bench, name: string): Promise<void> {
  gateway.load(name);
  await clock.advance(5_000);
  expect(gateway.model(name)?.phase).toBe('ready');
}

it('says what a longer context needs, what would be unloaded, and the longest that fits, and changes nothing', async () => {
  await using bench = await setUp();
  await load(bench, 'b');
  const plan = bench.gateway.plan('a', { contextLength: 12_288 });
  expect(plan).toMatchObject({
    verdict: 'after_unloading',
    profile: { context_length: 12_288 },
    needs: { bytes: bytesAt(12_288) },
    unload: [{ model: 'b:latest' }],
  });
  const { context_length: longest = 0, needs_bytes: needs, beside_others: beside = 0 } = plan.longest_context ?? {};
  expect(needs).toBe(bytesAt(longest));
  expect(needs).toBeLessThanOrEqual(60_000_000);
  expect(bytesAt(longest + 256)).toBeGreaterThan(60_000_000);
  expect(bytesAt(beside)).toBeLessThanOrEqual(60_000_000 - OTHER_BYTES);
  expect(bytesAt(beside + 256)).toBeGreaterThan(60_000_000 - OTHER_BYTES);
  expect(bench.gateway.plan('a')).toMatchObject({ verdict: 'fits', needs: { bytes: bytesAt(4096) } });
  expect(bench.engine.inMemory).toEqual(new Set(['b:latest']));
});

it('counts what a model in memory holds as free for its own next load', async () => {
  await using bench = await setUp();
  await load(bench, 'a');
  expect(bench.gateway.plan('a')).toMatchObject({ verdict: 'resident' });
  expect(bench.gateway.plan('a', {})).toMatchObject({
    verdict: 'resident',
    reason: 'it is in memory with this profile, or on its way there',
  });
  const plan = bench.gateway.plan('a', { contextLength: 12_288 });
  expect(plan).toMatchObject({ verdict: 'fits', free: { bytes: 60_000_000 }, unload: [] });
  expect(plan.reason).toMatch(/^it is in memory, or on its way there, with another profile, and would be loaded again: needs /);
  expect(bench.gateway.plan('a', { contextLength: 32_768, slots: 4 })).toMatchObject({
    verdict: 'never',
    needs: { bytes: bytesAt(32_768, 4) },
    would_fit: [{ type: 'shorter_context' }, { type: 'other_model', model: 'b:latest' }],
  });
  expect(bench.engine.loads).toEqual(['a:latest']);
});

it('does not take a load under way for one with the profile that is asked about', async () => {
  await using bench = await setUp();
  bench.gateway.load('a');
  await bench.clock.settle();
  expect(bench.view('a').phase).toBe('loading');
  expect(bench.gateway.plan('a', { contextLength: 12_288 })).toMatchObject({ verdict: 'fits', needs: { bytes: bytesAt(12_288) } });
  expect(bench.gateway.plan('a', {})).toMatchObject({ verdict: 'resident' });
});

it('changes what is named of a profile, and keeps the rest; and says what has no effect', async () => {
  await using bench = await setUp({
    settings: { profiles: { 'a:latest': { contextLength: 2048, slots: 2 } } },
    engines: [{ models: [model] }],
  });
  expect(bench.gateway.plan('a', { contextLength: 8192, cacheType: 'q8_0' })).toMatchObject({
    profile: { context_length: 8192, slots: 2, cache_type: 'q8_0' },
    notes: [{ field: 'profile.slots' }, { field: 'profile.cache_type' }],
    needs: { basis: 'estimated: weights, 2 slots of 8192 tokens of context each, and buffers' },
  });
});

it('takes what was measured with that very profile before any estimate', async () => {
  await using bench = await setUp({ settings: { profiles: { 'a:latest': { contextLength: 8192 } } } });
  await load(bench, 'a');
  bench.gateway.preferences.setDefaults('a', { profile: { context_length: 2048 } });
  expect(bench.gateway.plan('a', { contextLength: 8192 })).toMatchObject({
    verdict: 'resident',
    needs: { basis: 'measured at an earlier load' },
  });
  expect(bench.gateway.plan('a', { contextLength: 2048 }).needs?.basis).toMatch(/^estimated/);
});
