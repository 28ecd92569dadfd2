import { describeEngine } from '@pilotlight/contract/testing';
import type { EngineUnderTest } from '@pilotlight/contract/testing';
import { startFakeEngineHere, systemClock } from '@pilotlight/test-kit';

import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createOllamaEngine } from './ollama-engine.ts';

const MODELS = [
  { name: 'mistral:latest', weights: 'mistral' },
  { name: 'embed:latest', capabilities: ['embedding'] },
  {
    name: 'broken:1',
    loadError: { status: 500, text: 'tensor "blk.7.ffn_up.weight" offset+size (49600576) exceeds file size (49181216)' },
  },
];

async function makeSubject(): Promise<EngineUnderTest> {
  const fake = await startFakeEngineHere({ models: MODELS, tokensPerSecond: 400, loadMs: 20, unloadMs: 20 });
  const network = createUndiciNetwork();
  const engine = createOllamaEngine({ id: 'ollama', address: fake.url, network, clock: systemClock, keepAlive: '5m' });
  return {
    engine,
    model: 'mistral:latest',
    profile: { contextLength: 2048 },
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
    async loading() {
      while ((await fake.control.state()).loading === undefined);
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

describeEngine('engine-ollama', {
  make: makeSubject,
  abilities: {
    loads: true,
    measuresLoads: 'Ollama tells nothing while it loads',
    hasBrokenModel: true,
    refusesUnloaded: 'Ollama loads whatever model it is asked for',
    repeatsItself: true,
    goesOn: true,
    timesAnswers: true,
    embeds: true,
    countsTokens: 'Ollama has no such call',
    ownsProcesses: 'the processes are the server’s own',
    failsBefore: true,
    failsAfter: true,
    cuts: true,
    dies: true,
  },
});
