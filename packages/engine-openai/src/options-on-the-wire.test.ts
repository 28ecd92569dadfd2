import type { Network, OptionName, Options } from '@pilotlight/contract';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { startFakeEngineHere, systemClock } from '@pilotlight/test-kit';
import type { FakeEngineConfig } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createOpenaiEngine } from './openai-engine.ts';

const never = new AbortController().signal;
const SCHEMA = { type: 'object', properties: { a: { type: 'number' } } };
const RESPONSE_FORMAT = { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: SCHEMA } } };
const TEMPLATE = { chat_template_kwargs: { enable_thinking: true, thinking: true }, reasoning_effort: 'low' };

type Manner = FakeEngineConfig['openai'];
const MANNERS: readonly Manner[] = ['plain', 'vllm', 'lm-studio', 'llama-server', 'llama-router'];

interface Row {
  readonly asked: Options;
  readonly sent: Readonly<Record<string, unknown>>;
  /** Where a server has its own name for it. */
  readonly but?: Readonly<Partial<Record<Manner, Readonly<Record<string, unknown>>>>>;
  /** Which servers do not tell whether they honour it. */
  readonly doubted?: readonly Manner[];
}

/** Every option, and what each kind of server gets; nothing of what belongs to the deployment. */
const TABLE: Record<OptionName, Row> = {
  temperature: { asked: { temperature: 0.3 }, sent: { temperature: 0.3 } },
  top_p: { asked: { top_p: 0.5 }, sent: { top_p: 0.5 } },
  top_k: { asked: { top_k: 0 }, sent: { top_k: 0 }, but: { vllm: { top_k: -1 } }, doubted: ['plain'] },
  min_p: { asked: { min_p: 0.2 }, sent: { min_p: 0.2 }, doubted: ['plain', 'lm-studio'] },
  repeat_penalty: {
    asked: { repeat_penalty: 1.3 },
    sent: { repeat_penalty: 1.3 },
    but: { vllm: { repetition_penalty: 1.3 }, plain: { repeat_penalty: 1.3, repetition_penalty: 1.3 } },
    doubted: ['plain'],
  },
  presence_penalty: { asked: { presence_penalty: -1 }, sent: { presence_penalty: -1 } },
  frequency_penalty: { asked: { frequency_penalty: 1.5 }, sent: { frequency_penalty: 1.5 } },
  seed: { asked: { seed: 9 }, sent: { seed: 9 } },
  stop: { asked: { stop: ['END'] }, sent: { stop: ['END'] } },
  max_tokens: { asked: { max_tokens: 3 }, sent: { max_tokens: 3 } },
  format: { asked: { format: SCHEMA }, sent: RESPONSE_FORMAT },
  thinking: {
    asked: { thinking: 'low' },
    sent: TEMPLATE,
    but: { plain: { reasoning_effort: 'low' }, 'lm-studio': { reasoning_effort: 'low' } },
    doubted: ['plain', 'lm-studio'],
  },
  context_length: { asked: { context_length: 32_768 }, sent: {} },
  keep_alive: { asked: { keep_alive: '1h' }, sent: {} },
  queue_timeout: { asked: { queue_timeout: 5 }, sent: {} },
  total_timeout: { asked: { total_timeout: '10m' }, sent: {} },
};

describe.each(MANNERS)('what of each option goes over the wire to a server of the kind %s', (manner) => {
  let fake: Awaited<ReturnType<typeof startFakeEngineHere>>;
  let network: ReturnType<typeof createUndiciNetwork>;
  const bodies: Record<string, unknown>[] = [];
  beforeAll(async () => {
    fake = await startFakeEngineHere({ models: [{ name: 'mistral:latest' }], openai: manner });
    network = createUndiciNetwork();
  });
  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });

  const watched: Network = {
    request(request) {
      if (new URL(request.url).pathname === '/v1/chat/completions')
        bodies.push(JSON.parse(request.body ?? '{}') as Record<string, unknown>);
      return network.request(request);
    },
  };

  async function send(options: Options): Promise<{ readonly body: Record<string, unknown>; readonly doubted: boolean }> {
    await using engine = createOpenaiEngine({ id: 'openai', address: fake.url, network: watched, clock: systemClock });
    await engine.load('mistral:latest', { profile: {}, signal: never, onProgress: () => {} });
    const messages = [{ role: 'user', content: 'What is 2 + 2?' }] as const;
    let last: string | undefined;
    for await (const { type } of engine.stream({ model: 'mistral:latest', messages, options, profile: {} }, never)) last = type;
    expect(last).toBe('finish');
    const notes = engine.optionsNotApplied?.('mistral:latest', options) ?? [];
    return { body: bodies.at(-1) ?? {}, doubted: notes.length > 0 };
  }

  test.each(Object.entries(TABLE))('%s', async (_name, { asked, sent, but, doubted = [] }) => {
    const { body, doubted: isDoubted } = await send(asked);
    const { model: _model, messages: _messages, stream: _stream, stream_options: _usage, return_progress: _progress, ...options } = body;
    expect(options).toEqual(but?.[manner] ?? sent);
    expect(isDoubted).toBe(doubted.includes(manner));
  });

  test('not thinking, and thinking without an effort', async () => {
    const isTemplate = manner !== 'plain' && manner !== 'lm-studio';
    const kwargs = (isOn: boolean): object => ({ chat_template_kwargs: { enable_thinking: isOn, thinking: isOn } });
    expect((await send({ thinking: false })).body).toMatchObject(isTemplate ? kwargs(false) : { reasoning_effort: 'none' });
    expect((await send({ thinking: true })).body).toMatchObject(isTemplate ? kwargs(true) : { reasoning_effort: 'medium' });
  });
});
