import { describe, expect, it } from 'vitest';

import { setUpBench } from './testing/bench.ts';
import type { Bench } from './testing/bench.ts';

async function ready(bench: Bench): Promise<void> {
  await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
}
async function ask(bench: Bench): Promise<void> {
  expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
}

describe('an Ollama that others use too', () => {
  it('loads a model of ours with another context: that is seen, said, logged once, and not fought over', async () => {
    await using bench = await setUpBench();
    await ready(bench);
    bench.engine.loadByOthers('mistral:latest', 8192);
    await bench.clock.advance(3000);
    expect(bench.view('mistral')).toMatchObject({
      phase: 'ready',
      context_length: 8192,
      notice: {
        text: 'another client of Ollama on localhost:11434 loaded it with a context of 8,192 tokens, before 4,096; it is used so until it leaves memory',
      },
    });
    for (let index = 0; index < 3; index += 1) await ask(bench);
    expect(bench.engine.reloads).toBe(0);
    expect(bench.engine.answers.map(({ profile }) => profile.contextLength)).toEqual([8192, 8192, 8192]);
    expect(bench.log.filter(({ name }) => name === 'foreign-change')).toHaveLength(1);
    expect(bench.view('mistral').notice).toBeDefined();
  });

  it('is seen while an answer is written too', async () => {
    await using bench = await setUpBench({ engines: [{ answer: () => ({ firstMs: 100, gapMs: 1000, tokens: 10 }) }] });
    await ready(bench);
    const answer = bench.ask();
    await bench.clock.advance(2000);
    bench.engine.loadByOthers('mistral:latest', 2048);
    await bench.clock.advance(3000);
    expect(bench.view('mistral')).toMatchObject({
      phase: 'busy',
      context_length: 2048,
      notice: { text: expect.stringContaining('2,048') },
    });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
  });

  it('has it unloaded and loaded by others: it is used as they loaded it, whatever the settings say', async () => {
    await using bench = await setUpBench({ settings: { profiles: { 'mistral:latest': { contextLength: 16_384 } } } });
    await ready(bench);
    bench.engine.unloadByOthers('mistral:latest');
    await bench.clock.advance(3000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'cold', reason: expect.stringContaining('another client') });
    bench.engine.loadByOthers('mistral:latest', 2048);
    await bench.clock.advance(3000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'unknown', reason: expect.stringContaining('another client') });
    await ask(bench);
    expect(bench.engine.reloads).toBe(0);
    expect(bench.view('mistral')).toMatchObject({ context_length: 2048, notice: { text: expect.stringContaining('2,048 tokens') } });
  });

  it('is asked for what the settings say again once the model has left memory', async () => {
    await using bench = await setUpBench({ settings: { profiles: { 'mistral:latest': { contextLength: 16_384 } } } });
    await ready(bench);
    bench.engine.loadByOthers('mistral:latest', 2048);
    await bench.clock.advance(3000);
    bench.engine.unloadByOthers('mistral:latest');
    await bench.clock.advance(3000);
    await ask(bench);
    expect(bench.view('mistral')).toMatchObject({ context_length: 16_384 });
    expect(bench.view('mistral')).not.toHaveProperty('notice');
  });

  it('found with a model in memory at the start is asked for what the settings say: nobody was seen to want anything else', async () => {
    await using bench = await setUpBench({ settings: { profiles: { 'mistral:latest': { contextLength: 16_384 } } } });
    bench.engine.kill();
    await bench.clock.advance(3000);
    bench.engine.loadByOthers('mistral:latest', 2048);
    bench.engine.start();
    await bench.clock.advance(3000);
    await ask(bench);
    expect(bench.view('mistral')).toMatchObject({ context_length: 16_384 });
  });
});
