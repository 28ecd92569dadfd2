import { EngineError } from '@pilotlight/contract';
import type { GatewayPart, LaunchProfileWire, MemoryFacts } from '@pilotlight/contract';
import { expect, it } from 'vitest';

import { estimateFootprint } from './memory/footprint.ts';
import { codeOf, setUpBench } from './testing/bench.ts';
import type { Answer, Bench } from './testing/bench.ts';

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
const a = { name: 'a:latest', memoryFacts, trainedContextLength: 32_768, sizeBytes: 10_000_000 };
const b = { name: 'b:latest', sizeBytes: 20_000_000 };
const bytesAt = (contextLength: number): number => estimateFootprint(a, { contextLength })?.bytes ?? 0;
const LOAD_MS = 10_000;
const ANSWER = { firstMs: 100, gapMs: 100, tokens: 10 };

function setProfile({ gateway }: Bench, profile: LaunchProfileWire): void {
  gateway.preferences.setDefaults('a', { profile });
}
function receiptOf({ parts }: Answer): Extract<GatewayPart, { type: 'finish' }>['receipt'] | undefined {
  const last = parts.at(-1);
  return last?.type === 'finish' ? last.receipt : undefined;
}

it('that is set during a load waits for the next load: all who wait get the one that the load has, and the receipts say which', async () => {
  const profiles = { 'a:latest': { contextLength: 8192 } };
  await using bench = await setUpBench({
    machineBytes: 400_000_000,
    engines: [{ models: [a], load: () => ({ durationMs: LOAD_MS }), answer: () => ANSWER }],
    settings: { profiles },
  });
  const first = bench.ask({ model: 'a' });
  await bench.clock.advance(1_000);
  setProfile(bench, { context_length: 2048 });
  const second = bench.ask({ model: 'a', options: { context_length: 2048 } });
  await bench.clock.advance(1_000);
  setProfile(bench, { context_length: 16_384 });
  await bench.clock.advanceUntil(Promise.all([first.ended, second.ended]));
  for (const answer of [first, second]) expect(receiptOf(answer)).toMatchObject({ profile: { context_length: 8192 } });
  expect(bench.engine.loads).toHaveLength(1);
  expect(bench.engine.answers.map(({ profile }) => profile)).toEqual([{ contextLength: 8192 }, { contextLength: 8192 }]);
  bench.gateway.unload('a');
  await bench.clock.advance(5_000);
  const third = bench.ask({ model: 'a' });
  expect(await bench.clock.advanceUntil(third.ended)).toBeUndefined();
  expect(receiptOf(third)?.profile).toEqual({ context_length: 16_384 });
  expect(bench.engine.loads).toHaveLength(2);
});

it('that is set while requests wait for the load to begin is the one that they get', async () => {
  await using bench = await setUpBench({
    machineBytes: 40_000_000,
    engines: [
      { models: [a, b], memoryOf: (name) => (name === 'b:latest' ? 24_000_000 : bytesAt(8192)), answer: () => ({ ...ANSWER, tokens: 60 }) },
    ],
    settings: { profiles: { 'a:latest': { contextLength: 4096 } } },
  });
  const running = bench.ask({ model: 'b' });
  await bench.clock.advance(3_000);
  const waiting = [bench.ask({ model: 'a' }), bench.ask({ model: 'a' })];
  await bench.clock.settle();
  expect(bench.view('a').phase).toBe('queued');
  setProfile(bench, { context_length: 8192 });
  await bench.clock.advanceUntil(Promise.all([running, ...waiting].map(({ ended }) => ended)));
  expect(waiting.map((answer) => receiptOf(answer)?.profile)).toEqual([{ context_length: 8192 }, { context_length: 8192 }]);
  expect(bench.engine.loads).toEqual(['b:latest', 'a:latest']);
});

it('that changes again and again while callers come loads nothing again', async () => {
  await using bench = await setUpBench({ machineBytes: 400_000_000, engines: [{ models: [a], slots: 2, answer: () => ANSWER }] });
  const ends: Promise<unknown>[] = [];
  for (let round = 0; round < 12; round += 1) {
    setProfile(bench, { context_length: 2048 * (1 + (round % 3)), slots: 1 + (round % 2) });
    ends.push(bench.ask({ model: 'a', options: { context_length: 1024 * (1 + round) } }).ended);
    await bench.clock.advance(700);
  }
  expect(new Set(await bench.clock.advanceUntil(Promise.all(ends)))).toEqual(new Set([undefined]));
  expect(bench.engine.loads).toHaveLength(1);
  expect(bench.engine.reloads).toBe(0);
});

it('that takes less than that of the load under way leaves nobody else in: its memory is reserved as it was asked for', async () => {
  const limitBytes = 40_000_000;
  const memoryOf = (name: string): number => (name === 'b:latest' ? 24_000_000 : bytesAt(8192));
  await using bench = await setUpBench({
    machineBytes: limitBytes,
    showsLoads: () => false,
    engines: [
      { id: 'one', models: [a], memoryOf, load: () => ({ durationMs: LOAD_MS }) },
      { id: 'two', models: [b], memoryOf, load: () => ({ durationMs: LOAD_MS }) },
    ],
    settings: { profiles: { 'a:latest': { contextLength: 8192 } } },
  });
  const first = bench.ask({ model: 'a' });
  await bench.clock.advance(1_000);
  expect(bench.view('a').phase).toBe('loading');
  setProfile(bench, { context_length: 256 });
  const second = bench.ask({ model: 'b' });
  await bench.clock.advance(3_000);
  expect(bench.view('b').phase).toBe('queued');
  expect(bench.engines.reduce((sum, { usedBytes }) => sum + usedBytes, 0)).toBeLessThanOrEqual(limitBytes);
  await bench.clock.advanceUntil(Promise.all([first.ended, second.ended]));
});

it('leaves what was measured with the one before it, and takes none of it for its own', async () => {
  await using bench = await setUpBench({
    machineBytes: 400_000_000,
    engines: [{ models: [a], load: () => ({ durationMs: LOAD_MS }), answer: () => ANSWER }],
  });
  const first = bench.ask({ model: 'a' });
  await bench.clock.advance(2_000);
  setProfile(bench, { context_length: 2048 });
  await bench.clock.advanceUntil(first.ended);
  expect(bench.view('a').estimates?.load).toMatchObject({ seconds: LOAD_MS / 1000 });
  bench.gateway.unload('a');
  await bench.clock.advance(5_000);
  expect(bench.view('a').phase).toBe('cold');
  expect(bench.view('a').estimates?.load).toBeUndefined();
});

it('may be loaded though the one before it ran out of memory, which may not', async () => {
  let isDying = true;
  await using bench = await setUpBench({
    machineBytes: 400_000_000,
    engines: [
      {
        models: [a],
        answer: () => (isDying ? { ...ANSWER, error: { after: 2, error: new EngineError('out_of_memory', 'no memory left') } } : ANSWER),
      },
    ],
    settings: { profiles: { 'a:latest': { contextLength: 8192 } }, maxAttempts: 1 },
  });
  bench.gateway.load('a');
  await bench.clock.advance(5_000);
  setProfile(bench, { context_length: 2048 });
  expect(codeOf(await bench.clock.advanceUntil(bench.ask({ model: 'a' }).ended))).toBe('model_out_of_memory');
  isDying = false;
  expect(await bench.clock.advanceUntil(bench.ask({ model: 'a' }).ended)).toBeUndefined();
  bench.gateway.unload('a');
  setProfile(bench, { context_length: 8192 });
  await bench.clock.advance(5_000);
  expect(codeOf(await bench.clock.advanceUntil(bench.ask({ model: 'a' }).ended))).toBe('model_out_of_memory');
});
