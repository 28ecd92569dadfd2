import { readFileSync } from 'node:fs';
import { NetworkError } from '@pilotlight/contract';
import type { Engine, EnginePart, HttpResponse, Network } from '@pilotlight/contract';
import { systemClock } from '@pilotlight/test-kit';
import { describe, expect, test } from 'vitest';

import { createOpenaiEngine } from './openai-engine.ts';

interface Recorded {
  readonly request: { readonly path: string };
  readonly response: { readonly status: number; readonly body: readonly { readonly text?: string }[] };
  readonly end: { readonly kind: string };
}

const read = (name: string): Recorded => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as Recorded;

type Framing = 'as recorded' | 'all at once' | 'byte by byte';
const FRAMINGS: readonly Framing[] = ['as recorded', 'all at once', 'byte by byte'];

function frame(texts: readonly string[], framing: Framing): Uint8Array[] {
  if (framing === 'as recorded') return texts.map((text) => Buffer.from(text));
  const whole = Buffer.from(texts.join(''));
  return framing === 'all at once' ? [whole] : [...whole].map((byte) => Uint8Array.of(byte));
}

async function* toBody({ response, end }: Recorded, framing: Framing): AsyncIterable<Uint8Array> {
  yield* frame(
    response.body.flatMap(({ text }) => (text === undefined ? [] : [text])),
    framing,
  );
  if (end.kind !== 'complete') throw new NetworkError('cut', 'the connection broke');
}

/** The list of models, and one recorded exchange for whatever else is asked. */
function replay(name: string, framing: Framing): Network {
  return {
    async request({ url }): Promise<HttpResponse> {
      const { pathname } = new URL(url);
      if (pathname.startsWith('/api/')) return { status: 404, headers: {}, body: toBody(read('chat-unknown-model-stream'), framing) };
      const exchange = read(pathname === '/v1/models' ? 'models' : name);
      return { status: exchange.response.status, headers: {}, body: toBody(exchange, framing) };
    },
  };
}

function engineOver(network: Network): Engine {
  return createOpenaiEngine({ id: 'openai', address: 'http://127.0.0.1:11434', network, clock: systemClock });
}

interface Outcome {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly unknown[];
  readonly finish: EnginePart | undefined;
  readonly error: unknown;
}

async function stream(name: string, framing: Framing): Promise<Outcome> {
  const request = { model: 'smollm2:135m', messages: [{ role: 'user', content: 'Say hi.' }] as const, options: {}, profile: {} };
  const parts: EnginePart[] = [];
  let error: unknown;
  try {
    for await (const part of engineOver(replay(name, framing)).stream(request, new AbortController().signal)) parts.push(part);
  } catch (thrown) {
    error = thrown;
  }
  const join = (type: 'text' | 'reasoning'): string => parts.map((part) => (part.type === type ? part.text : '')).join('');
  return {
    text: join('text'),
    reasoning: join('reasoning'),
    calls: parts.flatMap((part) => (part.type === 'tool_call' ? [part.call] : [])),
    finish: parts.at(-1)?.type === 'finish' ? parts.at(-1) : undefined,
    error,
  };
}

const PARIS = { name: 'get_weather', arguments: { city: 'Paris' } };
const ANSWERS: readonly (readonly [name: string, expected: object])[] = [
  ['chat-stream-usage', { text: /^Hello there/, finish: { reason: 'length', usage: { completionTokens: 8 } } }],
  ['chat-stream', { text: /help/, finish: { reason: 'length', usage: {} } }],
  ['chat-stream-length-1', { text: /^Hello$/, finish: { reason: 'length' } }],
  ['chat-think', { reasoning: /^Two/, finish: { reason: 'stop' } }],
  ['chat-tools-stream', { calls: [{ id: 'call_7khxkure', ...PARIS }], finish: { reason: 'tool_calls', usage: { promptTokens: 194 } } }],
  ['chat-jinja-tools-stream', { calls: [PARIS], finish: { reason: 'tool_calls' } }],
];
const REFUSALS: readonly (readonly [name: string, failure: string, words: RegExp])[] = [
  ['chat-unknown-model-stream', 'absent', /has no model smollm2:135m/],
  ['chat-broken-model', 'bad_file', /cannot be loaded/],
  ['chat-embed-model', 'unsupported', /does not support chat/],
];

describe.each(FRAMINGS)('recorded answers, %s', (framing) => {
  test.each(ANSWERS)('%s', async (name, expected) => {
    const { text, reasoning, ...outcome } = await stream(name, framing);
    const { text: words = /^/, reasoning: thoughts = /^/, ...rest } = expected as { text?: RegExp; reasoning?: RegExp };
    expect(outcome.error).toBeUndefined();
    expect(text).toMatch(words);
    expect(reasoning).toMatch(thoughts);
    expect(outcome).toMatchObject(rest);
  });

  test.each(REFUSALS)('%s is "%s"', async (name, failure, words) => {
    const { finish, error } = await stream(name, framing);
    expect(finish).toBeUndefined();
    expect(error).toMatchObject({ name: 'EngineError', failure, message: expect.stringMatching(words) });
  });
});

test('an answer that lost any of its last chunks is never whole', async () => {
  const { response } = read('chat-stream-usage');
  const texts = response.body.map(({ text }) => text ?? '');
  const marker = texts.findIndex((text) => text.includes('"finish_reason":"'));
  for (let count = 1; count <= marker; count += 1) {
    const whole = replay('chat-stream-usage', 'as recorded');
    const cut: Network = {
      async request(request) {
        if (!request.url.endsWith('/chat/completions')) return whole.request(request);
        const recorded = { ...read('chat-stream-usage'), response: { status: 200, body: response.body.slice(0, count) } };
        return { status: 200, headers: {}, body: toBody(recorded, 'as recorded') };
      },
    };
    const request = { model: 'smollm2:135m', messages: [{ role: 'user', content: 'Say hi.' }] as const, options: {}, profile: {} };
    const reading = (async () => {
      for await (const part of engineOver(cut).stream(request, new AbortController().signal)) expect(part.type).not.toBe('finish');
    })();
    await expect(reading).rejects.toMatchObject({ failure: 'cut' });
  }
});

test('the list, and embeddings of unit length', async () => {
  const engine = engineOver(replay('embeddings-many', 'as recorded'));
  expect((await engine.list()).map(({ name }) => name)).toContain('gemma3:270m');
  expect(engine.reportsResidency).toBe(false);
  const vectors = await engine.embed('smollm2:embed', ['a', 'b'], new AbortController().signal);
  expect(vectors.map((vector) => Math.hypot(...vector))).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
});

test('embeddings that a model cannot make are "unsupported"', async () => {
  const engine = engineOver(replay('embeddings-completion-model', 'as recorded'));
  await expect(engine.embed('smollm2:135m', ['a'], new AbortController().signal)).rejects.toMatchObject({ failure: 'unsupported' });
});
