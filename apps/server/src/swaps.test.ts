import { runSwapTraffic } from '@pilotlight/test-kit';
import type { Options } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { setUpFakeHouse } from './testing/fake-house.ts';
import type { FakeHouse } from './testing/fake-house.ts';

/** Real sockets, and a server that schedules, evicts and reloads as Ollama was seen to. It has memory for one of three models. */

const MODELS = ['a:latest', 'b:latest', 'c:latest'];
const LONGEST_WAIT_MS = 30_000;

function setUp(): Promise<FakeHouse> {
  const models = MODELS.map((name) => ({ name, sizeBytes: 300e6 }));
  return setUpFakeHouse({
    engines: [{ models, maxLoaded: 1, loadMs: 100, unloadMs: 5, tokensPerSecond: 2_000 }],
    settings: { defaultModel: 'a:latest', memoryBudgetBytes: 900e6, maxSwapWaitMs: LONGEST_WAIT_MS },
  });
}

async function ask(house: FakeHouse, model: string, options: Options = {}): Promise<number> {
  const startMs = performance.now();
  const answer = house.ask({ model, options, priority: 'api' });
  const problem = await answer.ended;
  if (problem) throw problem;
  return performance.now() - startMs;
}

async function loadsOf(house: FakeHouse): Promise<number> {
  const reports = await Promise.all(house.fakes.map(({ control }) => control.state()));
  return reports.flatMap(({ events }) => events).filter(({ type }) => type === 'load-start').length;
}

describe('three models with memory for one', () => {
  it.each([
    ['plain', () => ({})],
    ['each client with a keep_alive of its own', (client: number) => ({ keep_alive: `${client + 1}m` })],
    ['each client with a context length of its own', (client: number) => ({ context_length: 1024 + 256 * client })],
  ] as const)(
    'answer six clients, %s: nobody fails, few loads, no wait beyond the maximum',
    { timeout: 60_000 },
    async (_name, optionsOf) => {
      await using house = await setUp();
      const result = await runSwapTraffic({
        seed: 7,
        clients: 6,
        models: MODELS,
        pauseMs: 5,
        goesOn: ({ answers }) => answers < 8,
        ask: ({ model, client }) => ask(house, model, optionsOf(client)),
      });
      expect([result.failures, result.answers]).toEqual([[], 48]);
      // By itself such a server needs two loads for three answers; with clients that come to their end one after the other, no order needs fewer than a fifth.
      expect((await loadsOf(house)) / result.answers).toBeLessThan(0.4);
      expect(result.waitsMs.at(-1)).toBeLessThan(LONGEST_WAIT_MS);
    },
  );

  it('make one load of fifty cold requests', async () => {
    await using house = await setUp();
    await Promise.all(Array.from({ length: 50 }, () => ask(house, 'a:latest')));
    expect(await loadsOf(house)).toBe(1);
  });

  it('are not loaded again for requests with other options', async () => {
    await using house = await setUp();
    const options: Options[] = [
      { temperature: 0 },
      { context_length: 2048 },
      { keep_alive: -1 },
      { context_length: 1024, seed: 3 },
      { max_tokens: 3 },
      {},
    ];
    for (const each of options) await ask(house, 'a:latest', each);
    expect(await loadsOf(house)).toBe(1);
  });
});
