import { EngineError } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Bench, BenchOptions } from './testing/bench.ts';

const SIZES: Readonly<Record<string, number>> = {
  'a:latest': 4000,
  'b:latest': 4000,
  'c:latest': 3000,
  'small:latest': 1000,
  'huge:latest': 20_000,
};
const models = Object.entries(SIZES).map(([name, bytes]) => ({ name, sizeBytes: bytes / 1.25 }));
const memoryOf = (model: string): number => SIZES[model] ?? 0;

/** Models of 4, 4, 3, 1 and 20 thousand bytes on a machine of 8,500. */
function setUp(options: BenchOptions = {}): Promise<Bench> {
  const engines = [{ models, memoryOf, answer: () => ({ firstMs: 100, gapMs: 100, tokens: 10 }), ...options.engines?.[0] }];
  return setUpBench({ machineBytes: 8_500, ...options, settings: { defaultModel: 'a', minResidencyMs: 0, ...options.settings }, engines });
}

async function answer(bench: Bench, model: string): Promise<unknown> {
  return bench.clock.advanceUntil(bench.ask({ model }).ended);
}

describe('memory decided before a load', () => {
  it('loads what fits beside what is there', async () => {
    await using bench = await setUp();
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(await answer(bench, 'b')).toBeUndefined();
    expect([...bench.engine.inMemory]).toEqual(['a:latest', 'b:latest']);
  });

  it('unloads the cheapest sufficient set of idle models, and says for whom', async () => {
    await using bench = await setUp();
    for (const model of ['small', 'a', 'c']) expect(await answer(bench, model)).toBeUndefined();
    expect(await answer(bench, 'b')).toBeUndefined();
    // 500 are free: without "a" it fits, and without "c" and "small" together. One is less than two that cost as much, and was not used for longer.
    expect([...bench.engine.inMemory].toSorted()).toEqual(['b:latest', 'c:latest', 'small:latest']);
    expect(bench.view('a').reason).toBe('unloaded to make room for b:latest (an answer for “Test”)');
    // The label holds words of a person, which are no business of the log.
    expect(bench.log.filter(({ name }) => name === 'phase-change').length).toBeGreaterThan(10);
    expect(JSON.stringify(bench.log)).not.toContain('Test');
  });

  it('refuses what can never fit, with the numbers, without a word to the engine', async () => {
    await using bench = await setUp({ settings: { pinned: ['a'] } });
    expect(await answer(bench, 'a')).toBeUndefined();
    const startMs = bench.clock.monotonic();
    const refused = bench.ask({ model: 'huge' });
    const end = await refused.ended;
    expect(codeOf(end)).toBe('model_too_large');
    expect(end).toMatchObject({ detail: 'needs 19 kB; 4.5 kB free; pinned: a:latest' });
    expect(bench.clock.monotonic()).toBe(startMs);
    expect(bench.engine.loads).toEqual(['a:latest']);
    expect(bench.view('huge')).toMatchObject({ phase: 'cold', reason: 'needs 19 kB; 4.5 kB free; pinned: a:latest' });
  });

  it('keeps to the budget where that is less than the machine has', async () => {
    await using bench = await setUp({ settings: { memoryBudgetBytes: 5000 } });
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(await answer(bench, 'b')).toBeUndefined();
    expect([...bench.engine.inMemory]).toEqual(['b:latest']);
  });

  it('admits every load of an engine elsewhere that has no budget, and keeps to the one it has', async () => {
    await using free = await setUp({ engines: [{ isLocal: false, id: 'gpu' }] });
    expect(await answer(free, 'huge')).toBeUndefined();
    await using bound = await setUp({ engines: [{ isLocal: false, id: 'gpu' }], settings: { engineBudgets: { gpu: 5000 } } });
    expect(codeOf(await answer(bound, 'huge'))).toBe('model_too_large');
  });

  it('asks a server that cannot unload once, and never takes its model for a victim again', async () => {
    await using bench = await setUp({ machineBytes: 5000, settings: { maxSwapWaitMs: 1000 } });
    expect(await answer(bench, 'a')).toBeUndefined();
    const told: string[] = [];
    Object.assign(bench.engine, {
      unload(model: string) {
        told.push(model);
        return Promise.reject(new EngineError('unsupported', 'it cannot be told to let it go'));
      },
    });
    expect(codeOf(await answer(bench, 'b'))).toBe('model_too_large');
    expect(bench.view('a')).toMatchObject({ phase: 'unknown', reason: 'in memory; this server cannot unload a model' });
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(codeOf(await answer(bench, 'b'))).toBe('model_too_large');
    expect(told).toEqual(['a:latest']);
    expect(bench.view('a').phase).toBe('ready');
  });

  it('never unloads a pinned model', async () => {
    await using bench = await setUp({ machineBytes: 5000, settings: { pinned: ['a'], maxSwapWaitMs: 1000 } });
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(codeOf(await answer(bench, 'b'))).toBe('model_too_large');
    expect([...bench.engine.inMemory]).toEqual(['a:latest']);
  });

  it('goes by what a load measured, not by the estimate, from then on', async () => {
    await using bench = await setUp({
      machineBytes: 8_500,
      engines: [{ memoryOf: (model) => (model === 'b:latest' ? 5000 : memoryOf(model)) }],
    });
    expect(await answer(bench, 'b')).toBeUndefined();
    bench.gateway.unload('b');
    await bench.clock.advance(1000);
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(await answer(bench, 'b')).toBeUndefined();
    expect([...bench.engine.inMemory]).toEqual(['b:latest']);
  });
});

describe('memory that was freed and does not show on the machine yet', () => {
  it('is not waited for where the budget is what limits', async () => {
    // Machine figures that never move, as where other programs take what is freed at once.
    await using bench = await setUp({ settings: { memoryBudgetBytes: 5000 }, machineBytes: 50_000, machineShows: () => 0 });
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(await answer(bench, 'b')).toBeUndefined();
    const startMs = bench.clock.monotonic();
    expect(await answer(bench, 'a')).toBeUndefined();
    // A moment of rest, the unloading, the load, and the answer; what was freed for “b” would have been waited for until 3 s after.
    expect(bench.clock.monotonic() - startMs).toBeLessThan(2_600);
  });
});

describe('a plan without a load', () => {
  it('says what fits, what would be unloaded for it, and what never fits, each figure with what it rests on', async () => {
    await using bench = await setUp();
    expect(bench.gateway.plan('a')).toEqual({
      model: 'a:latest',
      engine: 'ollama',
      verdict: 'fits',
      reason: 'needs 3.8 kB; 8.5 kB free',
      needs: { bytes: 3840, basis: 'estimated from the size of its file' },
      free: { bytes: 8500, basis: 'what this machine has free of 8.5 kB' },
      unload: [],
      pinned: [],
    });
    for (const model of ['a', 'c']) expect(await answer(bench, model)).toBeUndefined();
    expect(bench.gateway.plan('a').verdict).toBe('resident');
    expect(bench.gateway.plan('b')).toMatchObject({
      verdict: 'after_unloading',
      unload: [{ model: 'c:latest', bytes: 3000, in_use: false }],
    });
    expect(bench.gateway.plan('huge')).toMatchObject({
      verdict: 'never',
      reason: 'needs 19 kB; 1.5 kB free; 8.5 kB with all other models unloaded',
    });
    expect(bench.engine.loads).toEqual(['a:latest', 'c:latest']);
  });

  it('counts what is in use as to be waited for, and says so', async () => {
    await using bench = await setUp({ machineBytes: 5000 });
    const running = bench.ask({ model: 'a' });
    await bench.clock.advance(1500);
    expect(bench.gateway.plan('b')).toMatchObject({ verdict: 'after_unloading', unload: [{ model: 'a:latest', in_use: true }] });
    await bench.clock.advanceUntil(running.ended);
  });

  it('says where nobody counts', async () => {
    await using bench = await setUp({ engines: [{ isLocal: false, id: 'gpu' }] });
    expect(bench.gateway.plan('huge')).toMatchObject({ verdict: 'not_counted', unload: [] });
  });
});

describe('swaps on a machine with memory for one', () => {
  it('lets what is in use end its answers while the waiter has time, and says what it waits for', async () => {
    await using bench = await setUp({ machineBytes: 5000, settings: { maxSwapWaitMs: 60_000 } });
    const first = bench.ask({ model: 'a' });
    await bench.clock.advance(1300);
    const second = bench.ask({ model: 'b' });
    await bench.clock.advance(300);
    expect(bench.view('b').phase).toBe('queued');
    expect(second.parts.at(-1)).toMatchObject({ phase: 'queued', reason: 'b:latest waits for the memory of a:latest, which is in use' });
    expect(await bench.clock.advanceUntil(Promise.all([first.ended, second.ended]))).toEqual([undefined, undefined]);
  });

  it('closes the fast path for a waiter that is overdue, and cuts no answer for it', async () => {
    await using bench = await setUp({ machineBytes: 5000, settings: { maxSwapWaitMs: 5000 } });
    const stream = setInterleaved(bench, 'a', 40);
    await bench.clock.advance(2500);
    const askedMs = bench.clock.monotonic();
    const waiter = bench.ask({ model: 'b' });
    expect(await bench.clock.advanceUntil(waiter.ended)).toBeUndefined();
    // Its maximum, the answer in the way, its load and its own answer.
    expect((waiter.times.at(-1) ?? 0) - askedMs).toBeLessThan(5000 + 1100 + 1100 + 1200);
    expect(await bench.clock.advanceUntil(stream)).toEqual(Array.from({ length: 40 }, () => undefined));
  });

  it('batches A B A B into one swap', async () => {
    await using bench = await setUp({ machineBytes: 5000 });
    const answers = ['a', 'b', 'a', 'b', 'a', 'b'].map((model) => bench.ask({ model }).ended);
    expect(await bench.clock.advanceUntil(Promise.all(answers))).toEqual(answers.map(() => undefined));
    expect(bench.engine.loads).toEqual(['a:latest', 'b:latest']);
  });

  it('leaves a model that was just loaded alone until it was idle for a moment', async () => {
    await using bench = await setUp({
      machineBytes: 5000,
      settings: { minResidencyMs: 10_000 },
      engines: [{ answer: () => ({ firstMs: 10, gapMs: 10, tokens: 1 }), load: () => ({ durationMs: 4000 }) }],
    });
    expect(await answer(bench, 'a')).toBeUndefined();
    const readyMs = bench.clock.monotonic();
    expect(await answer(bench, 'b')).toBeUndefined();
    expect(bench.clock.monotonic() - readyMs).toBeGreaterThanOrEqual(4000 + 500);
  });

  it('lets background work neither load nor unload', async () => {
    await using bench = await setUp({ machineBytes: 5000 });
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(codeOf(await bench.clock.advanceUntil(bench.ask({ model: 'b', priority: 'background' }).ended))).toBe('no_model');
    expect([...bench.engine.inMemory]).toEqual(['a:latest']);
  });
});

describe('a model that ran out of memory', () => {
  const failing = (model: string, number: number) =>
    number === 1 ? { durationMs: 500, error: new EngineError('out_of_memory', `${model} ran out of memory.`) } : { durationMs: 500 };

  it('is not tried again with that profile until a person insists', async () => {
    await using bench = await setUp({ engines: [{ load: failing }] });
    expect(codeOf(await answer(bench, 'a'))).toBe('model_out_of_memory');
    await bench.clock.advance(60_000);
    expect(codeOf(await answer(bench, 'a'))).toBe('model_out_of_memory');
    expect(bench.engine.loads).toHaveLength(1);
    bench.gateway.load('a');
    await bench.clock.advance(2000);
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(bench.engine.loads).toHaveLength(2);
  });
});

/** Asks again and again, two at a time, so that the model is never idle. */
async function setInterleaved(bench: Bench, model: string, count: number): Promise<unknown[]> {
  const ends: unknown[] = [];
  let left = count;
  async function client(): Promise<void> {
    while (left > 0) {
      left -= 1;
      ends.push(await bench.ask({ model }).ended);
    }
  }
  await Promise.all([client(), client()]);
  return ends;
}
