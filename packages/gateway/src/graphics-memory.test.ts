import type { GpuReading, LoadedModel, ResidentModel } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Bench, BenchOptions } from './testing/bench.ts';
import type { ScriptedEngine } from './testing/scripted-engine.ts';

const SIZES: Readonly<Record<string, number>> = { 'a:latest': 6000, 'b:latest': 6000, 'big:latest': 9000, 'huge:latest': 15_000 };
const models = Object.entries(SIZES).map(([name, bytes]) => ({ name, sizeBytes: bytes / 1.2 }));
const CARD = { name: 'a card', totalBytes: 10_000, freeBytes: 10_000, isUnified: false };

interface House {
  readonly gpus?: () => GpuReading;
  /** Of a model in memory: what its engine says lies in graphics memory. */
  readonly gpuBytesOf?: (model: string, bytes: number) => number;
  readonly observation?: 'push' | 'poll';
  readonly settings?: BenchOptions['settings'];
}

/** A machine with 8,500 of memory and a card with 10,000. */
async function setUp({
  gpus = () => ({ gpus: [CARD] }),
  gpuBytesOf = (_, bytes) => bytes,
  observation = 'poll',
  settings = {},
}: House = {}): Promise<Bench> {
  const engines = [{ models, observation, memoryOf: (model: string): number => SIZES[model] ?? 0 }];
  // What lies on the card does not show on the machine.
  const machineShows = (): number => 0;
  const bench = await setUpBench({ machineBytes: 8500, machineShows, gpus, engines, settings: { minResidencyMs: 0, ...settings } });
  const load: ScriptedEngine['load'] = bench.engine.load.bind(bench.engine);
  const resident: ScriptedEngine['resident'] = bench.engine.resident.bind(bench.engine);
  const placed = <T extends LoadedModel | ResidentModel>(name: string, told: T): T => ({
    ...told,
    gpuBytes: gpuBytesOf(name, told.memoryBytes ?? 0),
  });
  Object.assign(bench.engine, {
    load: async (...call: Parameters<typeof load>) => placed(call[0], await load(...call)),
    resident: async () => (await resident()).map((row) => placed(row.name, row)),
  });
  return bench;
}

async function answer(bench: Bench, model: string): Promise<unknown> {
  return bench.clock.advanceUntil(bench.ask({ model }).ended);
}

describe('graphics memory of this machine', () => {
  it('holds what its own memory could not, and is shown', async () => {
    await using bench = await setUp();
    expect(bench.gateway.plan('big')).toMatchObject({
      verdict: 'fits',
      reason: 'needs 9 kB; 10 kB of graphics memory free',
      needs: { gpu_bytes: 9000 },
      free_gpu: { bytes: 10_000, basis: 'a card (10 kB)' },
    });
    expect(await answer(bench, 'big')).toBeUndefined();
    expect(bench.view('big')).toMatchObject({ memory_bytes: 9000, gpu_bytes: 9000 });
    expect(bench.gateway.models().memory.gpus).toEqual([{ name: 'a card', total_bytes: 10_000, free_bytes: 10_000, unified: false }]);
  });

  it('has idle models leave it for one that would fit whole without them', async () => {
    await using bench = await setUp();
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(bench.gateway.plan('b')).toMatchObject({
      verdict: 'after_unloading',
      reason: 'needs 6 kB; 4 kB of graphics memory free; fits without a:latest',
      free_gpu: { basis: 'a card (10 kB), of which a:latest holds 6 kB' },
    });
    expect(await answer(bench, 'b')).toBeUndefined();
    expect([...bench.engine.inMemory]).toEqual(['b:latest']);
  });

  it('takes a part of what is larger than it, and the machine the rest', async () => {
    await using bench = await setUp();
    expect(bench.gateway.plan('huge')).toMatchObject({
      verdict: 'fits',
      reason: 'needs 15 kB, 5 kB of it outside of graphics memory; 10 kB of graphics memory free, and 8.5 kB of memory',
    });
  });

  it('is less by what other programs have in it', async () => {
    let freeBytes = 500;
    await using bench = await setUp({ gpus: () => ({ gpus: [{ ...CARD, freeBytes }] }) });
    expect(codeOf(await answer(bench, 'huge'))).toBe('model_too_large');
    expect(bench.gateway.plan('a')).toMatchObject({
      free_gpu: { bytes: 500, basis: 'a card (10 kB), of which other programs hold 9.5 kB' },
    });
    freeBytes = 10_000;
    await bench.clock.advance(10_000);
    expect(await answer(bench, 'huge')).toBeUndefined();
  });

  it('counts for nothing with an engine whose loads were seen not to use it, and with the built-in one, until one was', async () => {
    await using bench = await setUp({ gpuBytesOf: () => 0 });
    expect(await answer(bench, 'a')).toBeUndefined();
    const reason = 'needs 15 kB; 8.5 kB free; 15 kB with all other models unloaded';
    expect(bench.gateway.plan('huge')).toMatchObject({ verdict: 'never', reason });
    await using builtIn = await setUp({ observation: 'push' });
    expect(builtIn.gateway.plan('big').verdict).toBe('never');
    expect(await answer(builtIn, 'a')).toBeUndefined();
    expect(builtIn.gateway.plan('huge')).toMatchObject({ verdict: 'after_unloading', needs: { gpu_bytes: 10_000 } });
  });

  it('is within the budget as all other memory is', async () => {
    await using bench = await setUp({ settings: { memoryBudgetBytes: 8000 } });
    expect(bench.gateway.plan('big').verdict).toBe('never');
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(bench.gateway.plan('b').verdict).toBe('after_unloading');
  });

  it('changes nothing where it is the machine’s own memory', async () => {
    await using bench = await setUp({ gpus: () => ({ gpus: [{ ...CARD, isUnified: true }] }) });
    expect(bench.gateway.plan('big')).toMatchObject({ verdict: 'never', reason: 'needs 9 kB; 8.5 kB free' });
    expect(bench.gateway.models().memory.gpus).toMatchObject([{ unified: true }]);
  });

  it('says why it cannot be read, and limits nothing then that was seen to use it', async () => {
    const unknown = 'nvidia-smi gave no answer within 10 s';
    await using bench = await setUp({ gpus: () => ({ gpus: [], unknown }) });
    expect(bench.gateway.models().memory.gpus_unknown).toBe(unknown);
    expect(bench.gateway.plan('big')).toMatchObject({ verdict: 'never', gpus_unknown: unknown });
    expect(await answer(bench, 'a')).toBeUndefined();
    expect(bench.gateway.plan('big')).toMatchObject({ verdict: 'fits', gpus_unknown: unknown });
  });
});
