import { EngineError } from '@pilotlight/contract';
import { describeEngine } from '@pilotlight/contract/testing';
import type { EngineUnderTest } from '@pilotlight/contract/testing';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { systemClock } from '@pilotlight/test-kit';
import { describe, expect, test } from 'vitest';

import { createOpenaiEngine } from './openai-engine.ts';

/** A llama-server with models/pilot/pilot.gguf, started by whoever runs this: `llama-server -m models/pilot/pilot.gguf -c 1024 -np 2`. */
const ADDRESS = process.env['TEST_LLAMA_SERVER'];
const NOT_HERE = 'the server was started by somebody else';

async function makeSubject(): Promise<EngineUnderTest> {
  const network = createUndiciNetwork();
  const engine = createOpenaiEngine({ id: 'openai', address: ADDRESS ?? '', network, clock: systemClock });
  const [first] = await engine.list();
  if (first === undefined) throw new EngineError('absent', 'the server lists no model');
  return {
    engine,
    model: first.name,
    profile: {},
    shortPrompt: [{ role: 'user', content: 'What is 2 + 2?' }],
    longPrompt: [{ role: 'user', content: 'Please count to 30.' }],
    stopText: '12',
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(ADDRESS === undefined)('with TEST_LLAMA_SERVER set', () => {
  describeEngine('engine-openai with a real llama-server', {
    make: () => makeSubject(),
    abilities: {
      loads: NOT_HERE,
      measuresLoads: NOT_HERE,
      hasBrokenModel: NOT_HERE,
      refusesUnloaded: 'it has one model, always loaded',
      repeatsItself: true,
      timesAnswers: true,
      embeds: 'it was started without embeddings',
      countsTokens: true,
      ownsProcesses: NOT_HERE,
      failsBefore: NOT_HERE,
      failsAfter: NOT_HERE,
      cuts: NOT_HERE,
      dies: NOT_HERE,
    },
  });

  describe('what only a real llama-server shows', () => {
    test('residency, the file’s facts, the reading of the prompt, and a prompt that is too long', async () => {
      await using subject = await makeSubject();
      const { engine, model } = subject;
      await engine.load(model, { profile: {}, signal: new AbortController().signal, onProgress: () => {} });
      expect(engine.reportsResidency).toBe(true);
      expect(await engine.describe(model)).toMatchObject({ sizeBytes: expect.any(Number), parameterSize: expect.any(String) });
      expect(await engine.resident()).toMatchObject([{ name: model, contextLength: expect.any(Number) }]);
      const ask = (content: string): AsyncIterable<{ readonly type: string }> =>
        engine.stream(
          { model, messages: [{ role: 'user', content }], options: { max_tokens: 2 }, profile: {} },
          new AbortController().signal,
        );
      const types: string[] = [];
      for await (const { type } of ask('What is Ollama, and what is a model?')) types.push(type);
      expect(types[0]).toBe('reading');
      const tooLong = ask('word '.repeat(3_000))[Symbol.asyncIterator]().next();
      await expect(tooLong).rejects.toMatchObject({ failure: 'too_long', message: expect.stringMatching(/3,\d+ tokens/) });
    });
  });
});
