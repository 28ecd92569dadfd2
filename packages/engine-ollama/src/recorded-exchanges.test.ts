import type { EngineError, EnginePart, Network } from '@pilotlight/contract';
import { describe, expect, test } from 'vitest';

import { engineOver, replay } from './testing/replay.ts';
import type { Replay } from './testing/replay.ts';

interface Outcome {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly unknown[];
  readonly finish: EnginePart | undefined;
  readonly error: unknown;
}

async function streamFrom(network: Network, model = 'smollm2:135m'): Promise<Outcome> {
  const request = { model, messages: [{ role: 'user', content: 'Say hi.' }] as const, options: {}, profile: {} };
  const parts: EnginePart[] = [];
  let error: unknown;
  try {
    for await (const part of engineOver(network).stream(request, new AbortController().signal)) parts.push(part);
  } catch (thrown) {
    error = thrown;
  }
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    reasoning: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: parts.flatMap((part) => (part.type === 'tool_call' ? [part.call] : [])),
    finish: parts.find((part) => part.type === 'finish'),
    error,
  };
}

const HELP = "Hello there. I'm here to help";
const PARIS = { name: 'get_weather', arguments: { city: 'Paris' } };

const WHOLE: readonly [name: string, expected: object, finish: object][] = [
  ['api/chat-stream', { text: HELP }, { reason: 'length', usage: { promptTokens: 12, completionTokens: 8 } }],
  ['api/chat-cold-stream', { text: HELP }, { reason: 'length', usage: { promptTokens: 12, completionTokens: 8 } }],
  ['api/chat-jinja-stream', { text: HELP }, { reason: 'length' }],
  [
    'api/chat-natural-stop',
    { text: 'Yes, I can definitely help with that.' },
    { reason: 'stop', usage: { promptTokens: 17, completionTokens: 10 } },
  ],
  ['api/chat-stop', { text: 'Hello there' }, { reason: 'stop' }],
  ['api/chat-num-predict-1', { text: 'Hello' }, { reason: 'length', usage: { promptTokens: 12, completionTokens: 1 } }],
  ['api/chat-logprobs', { text: 'Hello there' }, { reason: 'length' }],
  ['api/chat-format-schema', { text: '{\n  "a": 1\n}' }, { reason: 'stop' }],
  ['api/chat-think-stream', { text: '2', reasoning: 'Two.\n' }, { reason: 'stop' }],
  ['api/chat-think-format', { text: '{"a":2}', reasoning: 'Two and two make four.\n' }, { reason: 'stop' }],
  ['api/chat-jinja-think-stream', { reasoning: '\nTwo.\n' }, { reason: 'stop' }],
  ['api/chat-tools-stream', { text: '', calls: [{ id: 'call_bsuc38rk', ...PARIS }] }, { reason: 'tool_calls' }],
  ['api/chat-jinja-tools-stream', { text: '', calls: [{ id: 'NaoNopXgkwz5tbVe2wejT9MgLwftf8pc', ...PARIS }] }, { reason: 'tool_calls' }],
];

describe('a recorded answer', () => {
  for (const [name, expected, finish] of WHOLE) {
    for (const framing of ['as recorded', 'all at once', 'byte by byte'] as const) {
      test(`${name}, ${framing}`, async () => {
        const outcome = await streamFrom(replay({ '/api/chat': [name] }, framing));
        expect(outcome).toMatchObject({ ...expected, error: undefined });
        expect(outcome.finish).toMatchObject({ type: 'finish', ...finish });
      });
    }
  }

  test('durations are in milliseconds', async () => {
    const { finish } = await streamFrom(replay({ '/api/chat': ['api/chat-think-stream'] }));
    expect(finish).toMatchObject({ timings: { promptMs: expect.closeTo(153.335, -2) } });
  });
});

const FAILING: readonly [name: string, failure: string, message: RegExp][] = [
  ['api/chat-repeat-31', 'cut', /without its end marker/],
  ['lifecycle/kill-mid-stream-chat#stream', 'died', /runner of smollm2:135m ended/],
  ['lifecycle/kill-mid-stream-chat-jinja#stream', 'died', /unexpected EOF/],
  ['lifecycle/kill-before-first-token#stream', 'died', /unexpected EOF/],
  ['lifecycle/kill-during-load#cold', 'died', /signal: killed/],
  ['lifecycle/sigterm-mid-stream#chat', 'cut', /broke in the middle/],
  ['lifecycle/sigterm-during-load#cold', 'cut', /broke/],
  ['lifecycle/load-timeout#cold', 'failed', /no progress within Ollama's own limit/],
  ['lifecycle/max-queue#cold 3', 'overloaded', /too many requests/],
  ['api/chat-broken-model-stream', 'bad_file', /exceeds file size/],
  ['api/err-chat-unknown-model', 'absent', /no model smollm2:135m/],
  ['api/chat-embed-model', 'unsupported', /does not support chat/],
  ['api/chat-tools-unsupported', 'unsupported', /smollm2:135m does not support tools$/],
  ['api/chat-image-jinja', 'unsupported', /image input is not supported/],
  ['api/chat-format-bad-schema', 'invalid', /unrecognized type wibble/],
  ['api/chat-format-bad-string', 'invalid', /invalid format/],
  ['api/chat-option-wrong-type', 'invalid', /must be of type float32/],
  ['api/chat-shift-false-long', 'too_long', /longer than the context/],
  ['api/chat-truncate-false-long', 'too_long', /1,510 tokens; the context of smollm2:135m holds 256/],
  ['api/err-host', 'failed', /refuses requests from here/],
  ['api/err-chat-cloud-name', 'failed', /no such host/],
];

describe('a recorded failure', () => {
  test('of a prompt that is too long has its figures, by which the next one is made shorter', async () => {
    const { error } = await streamFrom(replay({ '/api/chat': ['api/chat-truncate-false-long'] }));
    expect((error as EngineError).lengths).toEqual({ promptTokens: 1510, contextLength: 256 });
  });

  for (const [name, failure, message] of FAILING) {
    test(`${name} is "${failure}"`, async () => {
      const { error, finish } = await streamFrom(replay({ '/api/chat': [name] }));
      expect(error).toMatchObject({ name: 'EngineError', failure });
      const said = (error as Error).message;
      expect(said).toMatch(message);
      expect(said).not.toMatch(/[{}]|<registry>|library\/|https?:/);
      expect(finish).toBeUndefined();
    });
  }

  test('what came before it stays', async () => {
    const { text } = await streamFrom(replay({ '/api/chat': ['lifecycle/kill-mid-stream-chat#stream'] }));
    expect(text).toMatch(/^In the/);
  });
});

describe('the recorded catalogue', () => {
  const SHOWS = {
    'smollm2:135m': 'api/show',
    'smollm2:think': 'api/show-think',
    'smollm2:tools': 'api/show-tools',
    'smollm2:embed': 'api/show-embed',
    'smollm2:jinja': 'api/show-jinja',
  } as const;

  function catalogue(): Replay {
    const tags = replay({ '/api/tags': ['api/tags'], '/api/ps': ['api/ps-two'], '/api/version': ['api/version'] });
    return {
      requests: tags.requests,
      request(request) {
        if (!request.url.endsWith('/api/show')) return tags.request(request);
        const { model } = JSON.parse(request.body ?? '{}') as { readonly model: keyof typeof SHOWS };
        tags.requests.push(request);
        return replay({ '/api/show': [SHOWS[model] ?? 'api/show-unknown'] }).request(request);
      },
    };
  }

  test('names, sizes, capabilities and context come from tags and show; what has gone meanwhile is left out', async () => {
    const models = await engineOver(catalogue()).list();
    expect(models.map((model) => model.name).sort()).toEqual(Object.keys(SHOWS).sort());
    expect(models.find((model) => model.name === 'smollm2:135m')).toEqual({
      name: 'smollm2:135m',
      weightsKey: 'sha256:941f309b54caaad6747569ba43712bcde44a2be3bae16c3282ff499c37c54af5',
      sizeBytes: 98_362_985,
      family: 'llama',
      parameterSize: '134.52M',
      quantization: 'Q4_1',
      memoryFacts: {
        weightsBytes: 98_362_985,
        layers: 30,
        kvHeads: 3,
        keyLength: 64,
        valueLength: 64,
        embeddingLength: 576,
        feedForwardLength: 1536,
        vocabulary: 49_152,
        defaults: { contextLength: 4096, slots: 1 },
      },
      trainedContextLength: 8192,
      capabilities: ['completion'],
    });
    const capabilities = Object.fromEntries(models.map((model) => [model.name, model.capabilities]));
    expect(capabilities).toMatchObject({ 'smollm2:think': ['completion', 'thinking'], 'smollm2:embed': ['embedding'] });
    expect(capabilities['smollm2:jinja']).toEqual(['completion', 'tools']);
  });

  test('models on the same weights have the same key, others another', async () => {
    const models = await engineOver(catalogue()).list();
    const key = (name: string): string | undefined => models.find((model) => model.name === name)?.weightsKey;
    expect(key('smollm2:think')).toBe(key('smollm2:135m'));
    expect(key('smollm2:tools')).toBe(key('smollm2:135m'));
    expect(new Set([key('smollm2:135m'), key('smollm2:embed'), key('smollm2:jinja')]).size).toBe(3);
  });

  test('show is asked once for each model, until its digest or date change', async () => {
    const network = catalogue();
    const engine = engineOver(network);
    await engine.list();
    const count = (): number => network.requests.filter((request) => request.url.endsWith('/api/show')).length;
    const first = count();
    await engine.list();
    await engine.describe('smollm2:135m');
    expect(count() - first).toBe(12 - Object.keys(SHOWS).length);
  });

  test('a row of ps stands for every known name on its weights, its memory counted once', async () => {
    const engine = engineOver(catalogue());
    await engine.list();
    const rows = await engine.resident();
    const expiresAtMs = Date.parse('2026-11-24T12:42:12.210Z');
    expect(rows).toContainEqual({ name: 'smollm2:135m', memoryBytes: 210_690_374, gpuBytes: 0, contextLength: 4096, expiresAtMs });
    expect(rows).toContainEqual({ name: 'smollm2:tools', contextLength: 4096 });
    expect(rows.map((row) => row.name)).not.toContain('smollm2:embed');
    expect(rows.filter((row) => row.memoryBytes !== undefined)).toHaveLength(2);
  });

  test('check has the version', async () => {
    expect(await engineOver(catalogue()).check()).toMatchObject({
      reachable: true,
      version: '0.33.0-rc2',
      address: 'http://127.0.0.1:11434',
    });
  });
});

describe('recorded embeddings', () => {
  const embed = (name: string, texts: readonly string[]): Promise<unknown> =>
    engineOver(replay({ '/api/embed': [name] })).embed('smollm2:embed', texts, new AbortController().signal);

  test('vectors come in order, of unit length', async () => {
    const vectors = (await embed('api/embed-many', ['a', 'b', 'c'])) as number[][];
    expect(vectors.map((vector) => vector[1]?.toFixed(3))).toEqual(['-0.573', '-0.580', '-0.558']);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  test('fewer vectors than texts are refused', async () => {
    await expect(embed('api/embed-one', ['a', 'b'])).rejects.toMatchObject({ failure: 'protocol' });
  });

  for (const [name, failure] of [
    ['api/embed-completion-model', 'unsupported'],
    ['api/embed-truncate-false', 'too_long'],
    ['api/embed-unknown', 'absent'],
    ['lifecycle/kill-embed#/api/embed', 'died'],
  ] as const) {
    test(`${name} is "${failure}"`, async () => {
      await expect(embed(name, ['a'])).rejects.toMatchObject({ name: 'EngineError', failure });
    });
  }

  test('a dead runner is told without its address', async () => {
    await expect(embed('lifecycle/kill-embed#/api/embed', ['a'])).rejects.toThrow(/^(?!.*127\.0\.0\.1).*ended/);
  });
});

describe('recorded loads and unloads', () => {
  const shown = { '/api/tags': ['api/tags'], '/api/show': ['api/show'] };
  const load = (network: Network, contextLength?: number): Promise<unknown> =>
    engineOver(network).load('smollm2:135m', {
      profile: contextLength === undefined ? {} : { contextLength },
      signal: new AbortController().signal,
      onProgress: () => {},
    });

  test('the load idiom resolves with what ps then shows', async () => {
    const network = replay({ ...shown, '/api/generate': ['api/load-generate-hot'], '/api/ps': ['api/ps-two'] });
    expect(await load(network, 2048)).toEqual({ contextLength: 4096, memoryBytes: 210_690_374, gpuBytes: 0, slots: 1 });
    const sent = network.requests.find((request) => request.url.endsWith('/api/generate'));
    expect(JSON.parse(sent?.body ?? '')).toEqual({ model: 'smollm2:135m', options: { num_ctx: 2048 }, keep_alive: '5m', stream: false });
  });

  test('a model that is gone at once is no loaded model', async () => {
    const network = replay({ ...shown, '/api/generate': ['api/load-generate-hot'], '/api/ps': ['api/ps-empty'] });
    await expect(load(network)).rejects.toMatchObject({ failure: 'failed', message: expect.stringMatching(/let it go at once/) });
  });

  test('an embedding model is loaded by an embedding without text', async () => {
    const network = replay({
      '/api/tags': ['api/tags'],
      '/api/show': ['api/show-embed'],
      '/api/embed': ['api/embed-load'],
      '/api/ps': ['api/ps-two'],
    });
    await load(network);
    const sent = network.requests.find((request) => request.url.endsWith('/api/embed'));
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({ input: '' });
  });

  test('unload waits until ps no longer has it', async () => {
    const network = replay({ '/api/generate': ['api/unload-generate'], '/api/ps': ['api/ps-two', 'api/ps-two', 'api/ps-empty'] });
    await engineOver(network).unload('smollm2:135m');
    expect(network.requests.map((request) => new URL(request.url).pathname)).toEqual(['/api/generate', '/api/ps', '/api/ps', '/api/ps']);
    expect(JSON.parse(network.requests[0]?.body ?? '')).toEqual({ model: 'smollm2:135m', keep_alive: 0 });
  });

  test('unloading what was deleted meanwhile says why it stays', async () => {
    const network = replay({ '/api/generate': ['api/unload-unknown'], '/api/ps': ['api/ps-two'] });
    await expect(engineOver(network).unload('smollm2:135m')).rejects.toThrow(/deleted while it was in memory/);
    const gone = replay({ '/api/generate': ['api/unload-unknown'], '/api/ps': ['api/ps-empty'] });
    await engineOver(gone).unload('smollm2:135m');
  });
});
