import type { Network, OptionName, Options } from '@pilotlight/contract';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { startFakeEngineHere, systemClock } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createOllamaEngine } from './ollama-engine.ts';

const never = new AbortController().signal;
const SCHEMA = { type: 'object', properties: { a: { type: 'number' } } };

/** Every option, what is asked, and what of it Ollama gets: among its options, or beside them; nothing of what belongs to the deployment. */
const TABLE: Record<OptionName, { readonly asked: Options; readonly options?: object; readonly beside?: object }> = {
  temperature: { asked: { temperature: 0.3 }, options: { temperature: 0.3 } },
  top_p: { asked: { top_p: 0.5 }, options: { top_p: 0.5 } },
  top_k: { asked: { top_k: 7 }, options: { top_k: 7 } },
  min_p: { asked: { min_p: 0.2 }, options: { min_p: 0.2 } },
  repeat_penalty: { asked: { repeat_penalty: 1.3 }, options: { repeat_penalty: 1.3 } },
  presence_penalty: { asked: { presence_penalty: -1 }, options: { presence_penalty: -1 } },
  frequency_penalty: { asked: { frequency_penalty: 1.5 }, options: { frequency_penalty: 1.5 } },
  seed: { asked: { seed: 9 }, options: { seed: 9 } },
  stop: { asked: { stop: ['END', '\n'] }, options: { stop: ['END', '\n'] } },
  max_tokens: { asked: { max_tokens: 3 }, options: { num_predict: 3 } },
  format: { asked: { format: SCHEMA }, beside: { format: SCHEMA } },
  thinking: { asked: { thinking: 'low' }, beside: { think: 'low' } },
  context_length: { asked: { context_length: 32_768 } },
  keep_alive: { asked: { keep_alive: -1 } },
  queue_timeout: { asked: { queue_timeout: 5 } },
  total_timeout: { asked: { total_timeout: '10m' } },
};

describe('what of each option goes over the wire to Ollama', () => {
  let fake: Awaited<ReturnType<typeof startFakeEngineHere>>;
  let network: ReturnType<typeof createUndiciNetwork>;
  const bodies: Record<string, unknown>[] = [];
  beforeAll(async () => {
    fake = await startFakeEngineHere({
      models: [{ name: 'thinker:latest', capabilities: ['completion', 'thinking'] }, { name: 'plain:latest' }],
    });
    network = createUndiciNetwork();
  });
  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });

  const watched: Network = {
    request(request) {
      if (request.url.endsWith('/api/chat')) bodies.push(JSON.parse(request.body ?? '{}') as Record<string, unknown>);
      return network.request(request);
    },
  };

  async function send(model: string, options: Options): Promise<Record<string, unknown>> {
    await using engine = createOllamaEngine({ id: 'ollama', address: fake.url, network: watched, clock: systemClock, keepAlive: '5m' });
    const profile = { contextLength: 2048 };
    await engine.load(model, { profile, signal: never, onProgress: () => {} });
    let last: string | undefined;
    const messages = [{ role: 'user', content: 'What is 2 + 2?' }] as const;
    for await (const { type } of engine.stream({ model, messages, options, profile }, never)) last = type;
    expect(last).toBe('finish');
    return bodies.at(-1) ?? {};
  }

  const BASE = { model: 'thinker:latest', stream: true, truncate: false, keep_alive: '5m' };

  test.each(Object.entries(TABLE))('%s', async (_name, { asked, options = {}, beside = {} }) => {
    const { messages: _messages, ...body } = await send('thinker:latest', asked);
    expect(body).toEqual({ ...BASE, options: { ...options, num_ctx: 2048 }, ...beside });
  });

  test('a model that cannot think is not told to, which Ollama would refuse, and says so', async () => {
    expect(await send('plain:latest', { thinking: true })).not.toHaveProperty('think');
    await using engine = createOllamaEngine({ id: 'ollama', address: fake.url, network, clock: systemClock });
    await engine.list();
    expect(engine.optionsNotApplied?.('plain:latest', { thinking: true })).toEqual([
      { name: 'thinking', reason: 'plain:latest cannot think before it answers' },
    ]);
    expect(engine.optionsNotApplied?.('thinker:latest', { thinking: true })).toEqual([]);
  });

  test('what it thinks comes apart from what it says, and off is off', async () => {
    await using engine = createOllamaEngine({ id: 'ollama', address: fake.url, network, clock: systemClock });
    await engine.load('thinker:latest', { profile: {}, signal: never, onProgress: () => {} });
    const typesOf = async (thinking: boolean): Promise<Set<string>> => {
      const request = {
        model: 'thinker:latest',
        messages: [{ role: 'user', content: 'What is 2 + 2?' }] as const,
        options: { thinking },
        profile: {},
      };
      return new Set(await Array.fromAsync(engine.stream(request, never), ({ type }) => type));
    };
    expect([await typesOf(true), await typesOf(false)]).toEqual([new Set(['reasoning', 'text', 'finish']), new Set(['text', 'finish'])]);
  });
});
