import { EngineError } from '@pilotlight/contract';
import type { LearnedFigure, ModelStore } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Bench } from './testing/bench.ts';

const SIZES: Readonly<Record<string, number>> = { 'a:latest': 6000, 'b:latest': 5000, 'c:latest': 4000, 'big:latest': 12_000 };
const models = Object.entries(SIZES).map(([name, bytes]) => ({ name, sizeBytes: bytes / 1.2 }));

function createStore(rows = new Map<string, string>()): ModelStore {
  return {
    learned: () => Promise.resolve([...rows].map(([key, value]): LearnedFigure => ({ key, value }))),
    keepLearned: (figures) => Promise.resolve(figures.forEach(({ key, value }) => rows.set(key, value))),
    pins: () => Promise.resolve([]),
    setPin: () => Promise.resolve(),
  };
}

function setUp(store = createStore(), load?: (model: string) => { readonly durationMs: number; readonly error?: Error }): Promise<Bench> {
  const engine = { id: 'gpu', isLocal: false, models, memoryOf: (model: string): number => SIZES[model] ?? 0, ...(load && { load }) };
  return setUpBench({ engines: [engine], store, settings: { minResidencyMs: 0 } });
}

async function answer(bench: Bench, model: string): Promise<unknown> {
  return bench.clock.advanceUntil(bench.ask({ model }).ended);
}

/** The engine has room for one of the two, and puts the other out. */
async function seeEviction(bench: Bench): Promise<void> {
  expect(await answer(bench, 'a')).toBeUndefined();
  await bench.clock.advance(2_000);
  bench.engine.unloadByOthers('a:latest');
  bench.engine.loadByOthers('b:latest');
  await bench.clock.advance(4_000);
}

describe('the memory of an engine elsewhere that nobody set', () => {
  it('is what it was seen to hold, at least, and limits nothing until an end was seen', async () => {
    await using bench = await setUp();
    for (const model of ['a', 'b']) expect(await answer(bench, model)).toBeUndefined();
    await bench.clock.advance(2_000);
    expect(bench.gateway.models().memory.engines).toEqual([
      { engine: 'gpu', total_bytes: 11_000, free_bytes: 0, at_least_bytes: 11_000, basis: 'was seen to hold 11 kB at once' },
    ]);
    expect(bench.gateway.plan('c')).toMatchObject({
      verdict: 'not_counted',
      reason: 'the memory of its engine is not counted here; it was seen to hold 11 kB at once',
    });
    expect(await answer(bench, 'c')).toBeUndefined();
    expect([...bench.engine.inMemory]).toEqual(['a:latest', 'b:latest', 'c:latest']);
  });

  it('ends where the engine put a model out for another: from then on that one is unloaded first, by us', async () => {
    await using bench = await setUp();
    await seeEviction(bench);
    expect(bench.gateway.plan('a')).toMatchObject({
      verdict: 'after_unloading',
      reason: 'needs 6 kB; 6 kB free; fits without b:latest',
      free: { basis: 'gpu was seen to hold 6 kB at once, and could not hold 11 kB together, of which b:latest holds 5 kB' },
      unload: [{ model: 'b:latest' }],
    });
    expect(await answer(bench, 'a')).toBeUndefined();
    expect([...bench.engine.inMemory]).toEqual(['a:latest']);
    // What is less than did not fit is let in beside it.
    expect(bench.gateway.plan('c').verdict).toBe('fits');
  });

  it('says nothing of one model alone, however large it is', async () => {
    await using bench = await setUp();
    await seeEviction(bench);
    expect(bench.gateway.plan('big')).toMatchObject({ verdict: 'after_unloading', unload: [{ model: 'b:latest' }] });
    expect(await answer(bench, 'big')).toBeUndefined();
    expect([...bench.engine.inMemory]).toEqual(['big:latest']);
  });

  it('refuses what failed for memory with nothing beside it, and says so', async () => {
    const error = new EngineError('out_of_memory', 'there is not enough memory');
    await using bench = await setUp(createStore(), (model) => (model === 'big:latest' ? { durationMs: 10, error } : { durationMs: 10 }));
    expect(codeOf(await answer(bench, 'big'))).toBe('model_out_of_memory');
    expect(bench.gateway.plan('big')).toMatchObject({ verdict: 'never', reason: 'needs 12 kB; 12 kB free' });
    expect(bench.gateway.plan('a').verdict).toBe('fits');
  });

  it('is kept over a restart, and forgotten with another version of the engine', async () => {
    const rows = new Map<string, string>();
    {
      await using bench = await setUp(createStore(rows));
      await seeEviction(bench);
      await bench.clock.advance(10_000);
    }
    await using again = await setUp(createStore(rows));
    expect(again.gateway.models().memory.engines).toMatchObject([{ at_least_bytes: 6000, at_most_bytes: 10_999 }]);
    const key = [...rows.keys()].find((each) => each.startsWith('memory of')) ?? '';
    rows.set(key, (rows.get(key) ?? '').replace('0.33.0', '0.32.0'));
    await using other = await setUp(createStore(rows));
    expect(other.gateway.models().memory.engines).toBeUndefined();
    expect(await answer(other, 'c')).toBeUndefined();
    await other.clock.advance(2_000);
    expect(other.gateway.models().memory.engines).toEqual([
      { engine: 'gpu', total_bytes: 4000, free_bytes: 0, at_least_bytes: 4000, basis: 'was seen to hold 4 kB at once' },
    ]);
  });
});
