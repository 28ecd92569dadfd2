import { describeEngine } from '@pilotlight/contract/testing';
import type { EngineUnderTest } from '@pilotlight/contract/testing';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { startFakeEngineHere, systemClock } from '@pilotlight/test-kit';
import type { FakeEngineConfig } from '@pilotlight/test-kit';

import { createOpenaiEngine } from './openai-engine.ts';

const MODELS = [
  { name: 'mistral:latest', weights: 'mistral' },
  { name: 'embed:latest', capabilities: ['embedding'] },
  { name: 'broken:1', loadError: { status: 500, text: 'failed to load model' } },
];

async function makeSubject(openai: FakeEngineConfig['openai']): Promise<EngineUnderTest> {
  const fake = await startFakeEngineHere({ models: MODELS, tokensPerSecond: 400, loadMs: 20, unloadMs: 20, openai });
  const network = createUndiciNetwork();
  const engine = createOpenaiEngine({ id: 'openai', address: fake.url, network, clock: systemClock });
  return {
    engine,
    model: 'mistral:latest',
    profile: {},
    shortPrompt: [{ role: 'user', content: 'What is 2 + 2?' }],
    longPrompt: [{ role: 'user', content: 'Please count to 20000.' }],
    stopText: '17',
    brokenModel: 'broken:1',
    embeddingModel: 'embed:latest',
    faults: {
      failBefore: () => fake.control.fault({ kind: 'error', times: 1 }),
      failAfter: (after) => fake.control.fault({ kind: 'error', after, times: 1 }),
      cutAfter: (after) => fake.control.fault({ kind: 'end', after, times: 1 }),
      die: () => fake.control.killRunners(),
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

const COMMON = {
  repeatsItself: true,
  goesOn: true,
  timesAnswers: 'the fake server sends no timings; a real llama-server does',
  embeds: true,
  ownsProcesses: 'the processes are the server’s own',
  failsBefore: true,
  failsAfter: true,
  cuts: true,
  dies: true,
} as const;

describeEngine('engine-openai with a server that tells nothing of memory', {
  make: () => makeSubject('plain'),
  abilities: {
    ...COMMON,
    loads: 'such a server has no calls to load and unload',
    measuresLoads: 'such a server has no calls to load and unload',
    hasBrokenModel: 'a load is the first answer there, so its failure is one of the answer',
    refusesUnloaded: 'such a server loads whatever model it is asked for',
    countsTokens: 'the API of OpenAI has no such call',
  },
});

describeEngine('engine-openai with llama-server’s router', {
  make: () => makeSubject('llama-router'),
  abilities: {
    ...COMMON,
    loads: true,
    measuresLoads: true,
    hasBrokenModel: true,
    refusesUnloaded: true,
    countsTokens: true,
  },
});
