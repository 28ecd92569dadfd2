import { EngineError } from '@pilotlight/contract';
import { describeEngine } from '@pilotlight/contract/testing';
import type { EngineUnderTest } from '@pilotlight/contract/testing';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { systemClock } from '@pilotlight/test-kit';
import type { Engine, Options } from '@pilotlight/contract';
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
      goesOn: true,
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

  describe('every option has an effect on a real llama-server', () => {
    const hot = { temperature: 3, top_k: 0, top_p: 1, min_p: 0, seed: 5 };
    const long = { temperature: 0, max_tokens: 64 };
    // A model that is sure of a word keeps it in spite of a penalty: only where words are nearly as likely does it show, with the dice the same.
    const even = { ...hot, max_tokens: 64 };

    test.each([
      ['top_k', { top_k: 1 }],
      ['top_p', { top_p: 0.000_01 }],
      ['min_p', { min_p: 1 }],
      ['temperature', { temperature: 0 }],
    ] as const)('%s at its strictest', async (_name, strict) => {
      await using subject = await makeSubject();
      const greedy = await write(subject, { temperature: 0, max_tokens: 24 });
      expect(await write(subject, { ...hot, max_tokens: 24 })).not.toBe(greedy);
      expect(await write(subject, { ...hot, max_tokens: 24, ...strict })).toBe(greedy);
    });

    test.each([
      ['repeat_penalty', { repeat_penalty: 5 }],
      ['presence_penalty', { presence_penalty: 2 }],
      ['frequency_penalty', { frequency_penalty: 2 }],
    ] as const)('%s', async (_name, penalty) => {
      await using subject = await makeSubject();
      expect(await write(subject, { ...even, ...penalty })).not.toBe(await write(subject, even));
    });

    test('seed', async () => {
      await using subject = await makeSubject();
      const first = await write(subject, { ...hot, max_tokens: 24 });
      expect(await write(subject, { ...hot, max_tokens: 24 })).toBe(first);
      expect(await write(subject, { ...hot, max_tokens: 24, seed: 6 })).not.toBe(first);
    });

    test('format', async () => {
      await using subject = await makeSubject();
      const schema = { type: 'object', properties: { kind: { enum: ['dog', 'cat'] } }, required: ['kind'], additionalProperties: false };
      expect(JSON.parse(await write(subject, { format: schema, temperature: 0, max_tokens: 60 }))).toEqual({
        kind: expect.stringMatching(/^(?:dog|cat)$/),
      });
    });

    test('what belongs to the deployment goes nowhere, and is not refused', async () => {
      await using subject = await makeSubject();
      expect(await write(subject, { ...long, context_length: 32_768, keep_alive: '1h' })).toBe(await write(subject, long));
    });
  });
});

async function write({ engine, model }: Pick<EngineUnderTest, 'engine' | 'model'>, options: Options): Promise<string> {
  const messages = [{ role: 'user', content: 'Tell me a story' }] as const;
  const parts = await Array.fromAsync(engine.stream({ model, messages, options, profile: {} }, new AbortController().signal));
  return parts.map((part) => (part.type === 'text' || part.type === 'reasoning' ? part.text : '')).join('');
}

/** A llama-server whose template thinks unless it is told not to, and takes an effort: any model will do, with `--chat-template-file`. */
const THINKER = process.env['TEST_LLAMA_SERVER_THINKING'];

describe.skipIf(THINKER === undefined)('with TEST_LLAMA_SERVER_THINKING set', () => {
  test('thinking on, off and with an effort; what is thought comes apart from what is said', async () => {
    await using network = createUndiciNetwork();
    await using engine = createOpenaiEngine({ id: 'openai', address: THINKER ?? '', network, clock: systemClock });
    const [first] = await engine.list();
    const model = first?.name ?? '';
    await engine.load(model, { profile: {}, signal: new AbortController().signal, onProgress: () => {} });
    expect(engine.optionsNotApplied?.(model, { thinking: 'low' })).toEqual([]);
    const on = await think(engine, model, true);
    const off = await think(engine, model, false);
    const low = await think(engine, model, 'low');
    expect([on.types, off.types]).toEqual([new Set(['reasoning', 'finish']), new Set(['text', 'finish'])]);
    expect(low.promptTokens).toBeGreaterThan(on.promptTokens);
  });
});

async function think(
  engine: Engine,
  model: string,
  thinking: Options['thinking'],
): Promise<{ readonly types: ReadonlySet<string>; readonly promptTokens: number }> {
  const messages = [{ role: 'user', content: 'Tell me a story' }] as const;
  const request = { model, messages, options: { thinking, temperature: 0, max_tokens: 6 }, profile: {} };
  const parts = await Array.fromAsync(engine.stream(request, new AbortController().signal));
  const finish = parts.at(-1);
  return {
    types: new Set(parts.map(({ type }) => type).filter((type) => type !== 'reading')),
    promptTokens: finish?.type === 'finish' ? (finish.usage.promptTokens ?? 0) : 0,
  };
}
