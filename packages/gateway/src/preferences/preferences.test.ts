import type { GatewayPart } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { setUpBench } from '../testing/bench.ts';
import type { Bench } from '../testing/bench.ts';

const MODELS = [{ name: 'a:latest' }, { name: 'b:latest' }, { name: 'embed:latest', capabilities: ['embedding'] as const }];

function receiptOf(parts: readonly GatewayPart[]): Extract<GatewayPart, { type: 'finish' }>['receipt'] {
  const last = parts.at(-1);
  if (last?.type !== 'finish') throw new Error('no finish');
  return last.receipt;
}

async function ask(bench: Bench, request: Parameters<Bench['ask']>[0] = {}): Promise<ReturnType<typeof receiptOf>> {
  const answer = bench.ask(request);
  expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
  return receiptOf(answer.parts);
}

describe('routes that change at run time', () => {
  it('hold for the next request, and lose none that waits or runs', async () => {
    await using bench = await setUpBench({ engines: [{ models: MODELS, answer: () => ({ firstMs: 100, gapMs: 1_000, tokens: 20 }) }] });
    const { preferences } = bench.gateway;
    preferences.setTasks({ chat: ['a'] });
    const running = bench.ask();
    await bench.clock.advance(4_000);
    const waiting = bench.ask();
    await bench.clock.advance(100);
    preferences.setTasks({ chat: ['b'] });
    const later = await ask(bench);
    await bench.clock.advanceUntil(Promise.all([running.ended, waiting.ended]));
    expect([receiptOf(running.parts).model, receiptOf(waiting.parts).model, later.model]).toEqual(['a:latest', 'a:latest', 'b:latest']);
    expect(bench.engine.violations).toEqual([]);
    preferences.setTasks(undefined);
    expect(preferences.tasks()).toMatchObject({ from: 'none' });
  });

  it('try the models in the order of the list, and say why one was passed over', async () => {
    await using bench = await setUpBench({
      engines: [{ models: [{ name: 'a:latest', trainedContextLength: 512 }, { name: 'b:latest' }] }],
    });
    bench.gateway.preferences.setTasks({ chat: ['gone', 'a', 'b'] });
    expect((await ask(bench)).fallback_reason).toBe('gone:latest is on no engine');
    const long = await ask(bench, { options: { context_length: 99_840 } });
    expect(long).toMatchObject({ model: 'a:latest', options_not_applied: [{ name: 'context_length' }] });
    const seeing = bench.ask({ needs: { capabilities: ['vision'] } });
    expect(await bench.clock.advanceUntil(seeing.ended)).toMatchObject({
      code: 'not_supported',
      detail: expect.stringContaining('a:latest cannot see images'),
    });
  });

  it('pass over a model whose context is too short, with a word in the receipt', async () => {
    await using bench = await setUpBench({
      engines: [{ models: MODELS }],
      settings: { profiles: { a: { contextLength: 512 }, b: { contextLength: 8_192 } } },
    });
    bench.gateway.preferences.setTasks({ chat: ['a', 'b'] });
    const reason = 'holds 512 tokens, where about 4,096 are needed';
    expect(await ask(bench, { options: { context_length: 4_096 } })).toMatchObject({
      model: 'b:latest',
      fallback_reason: `a:latest ${reason}`,
      passed_over: [{ model: 'a:latest', engine: 'ollama', reason }],
    });
    expect((await ask(bench)).model).toBe('a:latest');
  });

  it('are shown with who would answer now', async () => {
    await using bench = await setUpBench({
      engines: [{ models: MODELS }],
      settings: { routes: { code: { models: ['gone'], fallback: ['b'] } } },
    });
    const byTask = () => Object.fromEntries(bench.gateway.preferences.tasks().tasks.map((view) => [view.task, view]));
    expect(byTask()['code']).toEqual({
      task: 'code',
      models: ['gone:latest', 'b:latest'],
      needs: 'completion',
      from: 'settings',
      first: 'b:latest',
      reason: 'gone:latest is on no engine',
    });
    bench.gateway.preferences.setTasks({ embedding: ['embed'], night: ['a'] });
    expect(byTask()).toMatchObject({
      embedding: { first: 'embed:latest', from: 'kept' },
      night: { first: 'a:latest' },
      code: { from: 'none' },
    });
  });

  it('refuse a model that no engine has, with those that are near, but not one that the table had', async () => {
    await using bench = await setUpBench({ engines: [{ models: MODELS }], settings: { routes: { code: { models: ['away:7b'] } } } });
    const { preferences } = bench.gateway;
    expect(() => preferences.checkTasks({ chat: ['a', 'embd'] })).toThrow(
      expect.objectContaining({
        code: 'model_not_found',
        field: 'tasks.chat.1',
        facts: { near: expect.arrayContaining(['embed:latest']) },
      }),
    );
    expect(() => preferences.checkTasks({ chat: ['away:7b', 'a'], embedding: ['embed'] })).not.toThrow();
  });
});

describe('defaults of a model', () => {
  it('hold below what a request says, from the settings and from run time, and the receipt says whose word each is', async () => {
    await using bench = await setUpBench({
      engines: [{ models: MODELS }],
      settings: { defaultModel: 'a', modelOptions: { a: { temperature: 0.2, seed: 5 } } },
    });
    expect((await ask(bench, { options: { seed: 7 } })).applied).toEqual({
      options: { temperature: { value: 0.2, from: 'model' }, seed: { value: 7, from: 'request' } },
    });
    expect(bench.engine.answers.at(-1)?.options).toEqual({ temperature: 0.2, seed: 7 });
    bench.gateway.preferences.setDefaults('a:latest', { options: { top_k: 3 } });
    expect((await ask(bench)).applied).toEqual({ options: { top_k: { value: 3, from: 'model' } } });
    expect(bench.gateway.preferences.defaults('a')).toMatchObject({ name: 'a:latest', options: { top_k: 3 }, from: 'kept' });
    bench.gateway.preferences.setDefaults('a', undefined);
    expect(bench.gateway.preferences.defaults('a')).toMatchObject({ options: { temperature: 0.2, seed: 5 }, from: 'settings' });
  });

  it('never load a model again: another context in a request, and a profile that changed, leave it as it is until its next load', async () => {
    await using bench = await setUpBench({
      engines: [{ models: MODELS }],
      settings: { defaultModel: 'a', profiles: { a: { contextLength: 2048 } } },
    });
    for (const context_length of [512, 8_192, 32_768]) await ask(bench, { options: { context_length } });
    bench.gateway.preferences.setDefaults('a', { profile: { context_length: 8_192 } });
    await ask(bench);
    expect(bench.engine.loads).toEqual(['a:latest']);
    expect(new Set(bench.engine.answers.map(({ profile }) => profile.contextLength))).toEqual(new Set([2048]));
    expect(bench.gateway.preferences.defaults('a').notes).toEqual([
      { field: 'profile', reason: 'a:latest is in memory with another one; this one holds from its next load on' },
    ]);
    bench.gateway.unload('a');
    await bench.clock.advance(5_000);
    await ask(bench);
    expect(bench.engine.answers.at(-1)?.profile).toEqual({ contextLength: 8_192 });
    expect(bench.engine.loads).toEqual(['a:latest', 'a:latest']);
  });

  it('say which part of a profile an engine cannot bring about', async () => {
    await using bench = await setUpBench({ engines: [{ models: MODELS }] });
    bench.gateway.preferences.setDefaults('a', { profile: { slots: 2, cache_type: 'q8_0', context_length: 4096 } });
    expect(bench.gateway.preferences.defaults('a').notes.map(({ field }) => field)).toEqual(['profile.slots', 'profile.cache_type']);
  });

  it('say that a model gets no longer context than it was trained on: it was taken and left out without a word', async () => {
    await using bench = await setUpBench({
      engines: [{ id: 'llama.cpp', observation: 'push', models: [{ name: 'pilot:latest', trainedContextLength: 2048 }] }],
    });
    const { preferences } = bench.gateway;
    preferences.setDefaults('pilot', { profile: { context_length: 100_000 } });
    expect(preferences.defaults('pilot').notes).toEqual([
      { field: 'profile.context_length', reason: 'pilot:latest was trained on 2,048 tokens, and is loaded with no more' },
    ]);
    preferences.setDefaults('pilot', { profile: { context_length: 2048 } });
    expect(preferences.defaults('pilot').notes).toEqual([]);
  });
});

describe('keep_alive of a request', () => {
  const settings = { keepAliveMs: 60_000, defaultModel: 'a' };

  it('makes a model stay longer, not shorter, and only as long as nobody needs its place', async () => {
    const models = MODELS.map((model) => ({ ...model, sizeBytes: 4_500 }));
    await using bench = await setUpBench({
      engines: [{ models, observation: 'push', memoryOf: () => 5_000 }],
      settings,
      machineBytes: 8_500,
    });
    await ask(bench, { options: { keep_alive: '10m' } });
    await ask(bench, { options: { keep_alive: 0 } });
    await bench.clock.advance(9 * 60_000);
    expect(bench.view('a').ready).toBe(true);
    await bench.clock.advance(2 * 60_000);
    expect(bench.view('a').phase).toBe('cold');
    await ask(bench, { options: { keep_alive: -1 } });
    await bench.clock.advance(5 * 60 * 60_000);
    expect(bench.view('a').ready).toBe(true);
    expect((await ask(bench, { model: 'b' })).model).toBe('b:latest');
    expect(bench.view('a').phase).toBe('cold');
  });
});
