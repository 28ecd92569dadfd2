import { EngineError } from '@pilotlight/contract';
import type { ModelStore } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Bench, BenchOptions } from './testing/bench.ts';

const models = ['a', 'b', 'c'].map((name) => ({ name: `${name}:latest`, sizeBytes: 3200 }));

/** Three models of 4,000 bytes on a machine of 5,000. */
function setUp(options: BenchOptions = {}): Promise<Bench> {
  const engines = [{ models, memoryOf: () => 4000, answer: () => ({ firstMs: 100, gapMs: 100, tokens: 10 }), ...options.engines?.[0] }];
  return setUpBench({ machineBytes: 5_000, ...options, settings: { defaultModel: 'a', ...options.settings }, engines });
}

function storeOf(pinned: readonly string[]): ModelStore & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    pins: () => Promise.resolve(pinned),
    setPin: (model, isPinned) => Promise.resolve(void calls.push(`${isPinned ? 'pin' : 'unpin'} ${model}`)),
    learned: () => Promise.resolve([]),
    keepLearned: () => Promise.resolve(),
  };
}

describe('a pinned model', () => {
  it('is loaded at the start, and only where no other has to leave memory for it', async () => {
    await using bench = await setUp({ store: storeOf(['b:latest', 'c:latest', 'gone:latest']) });
    await bench.clock.advance(3_000);
    expect(bench.engine.loads).toEqual(['b:latest']);
    expect(bench.view('b')).toMatchObject({ pinned: true, phase: 'ready' });
    expect(bench.view('c')).toMatchObject({ pinned: true, phase: 'cold' });
  });

  it('is never unloaded for another until it is unpinned, and both are stored', async () => {
    const store = storeOf([]);
    await using bench = await setUp({ store });
    expect(await bench.clock.advanceUntil(bench.ask({ model: 'a' }).ended)).toBeUndefined();
    expect(await bench.gateway.setPinned('a', true)).toMatchObject({ name: 'a:latest', pinned: true });
    const refused = await bench.clock.advanceUntil(bench.ask({ model: 'b' }).ended);
    expect(refused).toMatchObject({
      code: 'model_too_large',
      facts: { would_fit: [{ type: 'without', models: [{ model: 'a:latest', bytes: 4000 }] }] },
    });
    await bench.gateway.setPinned('a:latest', false);
    expect(await bench.clock.advanceUntil(bench.ask({ model: 'b' }).ended)).toBeUndefined();
    expect(store.calls).toEqual(['pin a:latest', 'unpin a:latest']);
    await expect(bench.gateway.setPinned('nothing', true)).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('is not pinned where that cannot be stored', async () => {
    const store = { ...storeOf([]), setPin: () => Promise.reject(new Error('the disk is full')) };
    await using bench = await setUp({ store });
    await expect(bench.gateway.setPinned('a', true)).rejects.toThrow('the disk is full');
    expect(bench.view('a').pinned).toBe(false);
  });

  it('is another thing than one that its server cannot unload', async () => {
    await using bench = await setUp({ settings: { maxSwapWaitMs: 1000 } });
    expect(await bench.clock.advanceUntil(bench.ask({ model: 'a' }).ended)).toBeUndefined();
    Object.assign(bench.engine, { unload: () => Promise.reject(new EngineError('unsupported', 'it cannot be told to let it go')) });
    const refused = await bench.clock.advanceUntil(bench.ask({ model: 'b' }).ended);
    expect(refused).toMatchObject({ detail: expect.stringContaining('cannot be unloaded: a:latest') });
    expect(bench.view('a')).toMatchObject({ pinned: false, can_unload: false });
    expect(bench.gateway.plan('b')).toMatchObject({ verdict: 'never', pinned: [], cannot_unload: ['a:latest'], would_fit: [] });
  });
});

describe('background work', () => {
  it('stops for a request that waits for its slot, and says why', async () => {
    await using bench = await setUp();
    bench.gateway.load('a');
    await bench.clock.advance(3_000);
    const title = bench.ask({ model: 'a', priority: 'background' });
    await bench.clock.advance(300);
    const startMs = bench.clock.monotonic();
    const answer = bench.ask({ model: 'a' });
    const end = await bench.clock.advanceUntil(title.ended);
    expect(end).toMatchObject({ code: 'queue_full', facts: { reason: 'gave_way' } });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect((answer.times[answer.parts.findIndex(({ type }) => type === 'text')] ?? 0) - startMs).toBeLessThanOrEqual(100);
    expect(bench.engine.openStreams).toBe(0);
  });

  it('is no reason to wait for the memory of a model that it alone uses', async () => {
    await using bench = await setUp({ settings: { minResidencyMs: 0 } });
    bench.gateway.load('a');
    await bench.clock.advance(3_000);
    const title = bench.ask({ model: 'a', priority: 'background' });
    await bench.clock.advance(300);
    expect(await bench.clock.advanceUntil(bench.ask({ model: 'b' }).ended)).toBeUndefined();
    expect(codeOf(await title.ended)).toBe('queue_full');
    expect([...bench.engine.inMemory]).toEqual(['b:latest']);
  });
});

describe('a queue that is full', () => {
  it('says how many wait, which place it would have been, how long that takes and when to come back', async () => {
    await using bench = await setUp({ settings: { maxWaiting: 2 } });
    expect(await bench.clock.advanceUntil(bench.ask({ model: 'a' }).ended)).toBeUndefined();
    const asked = Array.from({ length: 4 }, () => bench.ask({ model: 'a' }));
    expect(await asked[3]?.ended).toMatchObject({
      code: 'queue_full',
      retryAfterSeconds: 2,
      facts: { reason: 'queue_full', position: 3, estimate: { seconds: 2, basis: 'as long as the last answer' } },
    });
    expect(await bench.clock.advanceUntil(Promise.all(asked.slice(0, 3).map(({ ended }) => ended)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is bounded for all models together as well', async () => {
    await using bench = await setUp({ settings: { maxWaitingInAll: 2 } });
    const asked = ['a', 'b', 'c'].map((model) => bench.ask({ model }));
    expect(await asked[2]?.ended).toMatchObject({ code: 'queue_full', facts: { reason: 'server_full', position: 1 } });
  });
});
