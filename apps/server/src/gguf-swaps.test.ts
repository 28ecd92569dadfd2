import type { Options } from '@pilotlight/contract';
import { runSwapTraffic } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { setUpBuiltInHouse } from './testing/built-in-house.ts';
import type { BuiltInHouse } from './testing/built-in-house.ts';

/** Real model files through the built-in engine. What is counted are the processes that were really started, of which each is one load. */

const NAMES = ['one', 'two', 'three'];
const MODELS = NAMES.map((name) => `${name}:latest`);
/** A busy machine takes many seconds for what an idle one does in one. */
const PATIENT = { timeout: 180_000 };

/** Memory for one of three models and not for two. */
async function setUp(): Promise<BuiltInHouse> {
  await using unbounded = await setUpBuiltInHouse({ copies: NAMES });
  const needs = MODELS.map((name) => unbounded.gateway.plan(name).needs?.bytes ?? 0);
  return await setUpBuiltInHouse({ copies: NAMES, settings: { memoryBudgetBytes: Math.round(Math.max(...needs) * 1.6) } });
}

async function ask(house: BuiltInHouse, model: string, options: Options = {}): Promise<void> {
  const answer = house.ask({ model, messages: [{ role: 'user', content: 'What is 2 + 2?' }], options, priority: 'api' });
  const problem = await answer.ended;
  if (problem) throw problem;
  expect(answer.parts.at(-1)?.type).toBe('finish');
  expect(answer.text()).toContain('4');
}

describe('three model files with memory for one', () => {
  it('answer six clients: nobody fails, few loads, and nobody is passed over for long', PATIENT, async () => {
    await using house = await setUp();
    const loadsPassed: number[] = [];
    const result = await runSwapTraffic({
      seed: 7,
      clients: 6,
      models: MODELS,
      pauseMs: 5,
      goesOn: ({ answers }) => answers < 3,
      async ask({ model }) {
        const before = house.started();
        await ask(house, model);
        return loadsPassed.push(house.started() - before);
      },
    });
    expect([result.failures, result.answers]).toEqual([[], 18]);
    // Alternating between them would take two loads for three answers.
    expect(house.started() / result.answers).toBeLessThan(0.6);
    // Its own, and each of the other two models twice at the most.
    expect(Math.max(...loadsPassed)).toBeLessThanOrEqual(5);
    const resident = house.gateway.models().models.filter(({ ready }) => ready);
    expect(resident).toHaveLength(1);
  });
});

describe('one model file', () => {
  it('is loaded once for fifty cold requests', PATIENT, async () => {
    await using house = await setUp();
    await Promise.all(Array.from({ length: 50 }, () => ask(house, 'one:latest')));
    expect(house.started()).toBe(1);
  });

  it('is not loaded again for requests with other options', PATIENT, async () => {
    await using house = await setUp();
    const options: Options[] = [
      { temperature: 0 },
      { context_length: 512 },
      { keep_alive: -1 },
      { context_length: 1024, seed: 3, keep_alive: '1m' },
      { top_k: 1, top_p: 0.5, min_p: 0.2 },
      { repeat_penalty: 1, presence_penalty: 0, frequency_penalty: 0 },
      { context_length: 768, keep_alive: '10m', max_tokens: 8, stop: ['\n\n'] },
      {},
    ];
    for (const each of options) await ask(house, 'one:latest', each);
    await Promise.all(options.map((each) => ask(house, 'one:latest', each)));
    expect(house.started()).toBe(1);
  });
});
