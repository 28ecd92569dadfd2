import { readFileSync } from 'node:fs';

import type { Engine, HttpRequest, Network } from '@pilotlight/contract';
import { systemClock } from '@pilotlight/test-kit';
import { describe, expect, test } from 'vitest';

import { createOpenaiEngine } from './openai-engine.ts';

type Answers = Record<string, unknown>;

function read(name: string): Answers {
  const file = readFileSync(new URL(`fixtures/documented/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(file) as { readonly answers: Answers }).answers;
}

interface Server extends AsyncDisposable {
  readonly engine: Engine;
  readonly asked: readonly { readonly what: string; readonly body: unknown }[];
}

/** A server that answers as documented; what is asked for with a body may change what it answers. */
function serve(answers: Answers, onPost: (path: string, body: Record<string, unknown>) => unknown = () => undefined): Server {
  const asked: { what: string; body: unknown }[] = [];
  const network: Network = {
    request({ method, url, body }: HttpRequest) {
      const { pathname } = new URL(url);
      const what = `${method} ${pathname}`;
      const sent = body === undefined ? undefined : (JSON.parse(body) as Record<string, unknown>);
      if (sent) asked.push({ what, body: sent });
      const answer = sent ? onPost(pathname, sent) : answers[what];
      const text = JSON.stringify(answer ?? { error: { message: 'not found' } });
      return Promise.resolve({ status: answer === undefined ? 404 : 200, headers: {}, body: toBody(text) });
    },
  };
  const engine = createOpenaiEngine({ id: 'openai', address: 'http://gpu:1234', network, clock: systemClock });
  return { engine, asked, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}

async function* toBody(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

interface Expected {
  readonly reportsResidency: boolean;
  /** Name, capabilities, longest context. */
  readonly models: readonly (readonly [string, readonly string[], number | undefined])[];
  /** Name and context of what is in memory. */
  readonly resident: readonly (readonly [string, number | undefined])[];
}

const SERVERS: Record<string, Expected> = {
  'lm-studio-0.4': {
    reportsResidency: true,
    models: [
      ['acme/thinker-8b:latest', ['completion', 'tools', 'thinking'], 131_072],
      ['acme/eyes-4b:latest', ['completion', 'vision'], 32_768],
      ['acme/vectors:latest', ['embedding'], 2_048],
    ],
    resident: [['acme/thinker-8b:latest', 8_192]],
  },
  'lm-studio-0.3': {
    reportsResidency: true,
    models: [
      ['eyes-7b:latest', ['completion', 'vision'], 32_768],
      ['talker-8b:latest', ['completion', 'tools'], 131_072],
    ],
    resident: [['talker-8b:latest', 4_096]],
  },
  vllm: {
    reportsResidency: true,
    models: [
      ['acme/talker-8b:latest', [], 16_384],
      ['poet:latest', [], undefined],
    ],
    resident: [
      ['acme/talker-8b:latest', 16_384],
      ['poet:latest', undefined],
    ],
  },
  // It scales to nothing and back as it likes: what is listed is in memory or not, and only an answer shows it.
  'ray-serve': {
    reportsResidency: false,
    models: [
      ['talker-0.5b:latest', ['completion'], 4_096],
      ['eyes-2b:latest', ['completion', 'vision'], undefined],
    ],
    resident: [],
  },
  'llama-router': {
    reportsResidency: true,
    models: [
      ['acme/talker-8b-GGUF:Q4_K_M', ['completion', 'vision'], undefined],
      ['acme/thinker-4b-GGUF:Q8_0', [], undefined],
      ['acme/sleeper-4b-GGUF:Q8_0', [], undefined],
      ['acme/broken-1b-GGUF:Q8_0', [], undefined],
    ],
    resident: [['acme/talker-8b-GGUF:Q4_K_M', undefined]],
  },
};

describe.each(Object.entries(SERVERS))('%s, as documented', (name, { reportsResidency, models, resident }) => {
  test('says what models can do, and what is in memory where it can tell', async () => {
    await using server = serve(read(name));
    const listed = await server.engine.list();
    expect(listed.map((model) => [model.name, model.capabilities, model.trainedContextLength])).toEqual(models);
    expect(server.engine.reportsResidency).toBe(reportsResidency);
    expect((await server.engine.resident()).map((model) => [model.name, model.contextLength])).toEqual(resident);
  });
});

test('an adapter of vLLM stands on the weights of its model, and so shares its deployment', async () => {
  await using server = serve(read('vllm'));
  expect(new Set((await server.engine.list()).map(({ weightsKey }) => weightsKey))).toEqual(new Set(['acme/talker-8b']));
});

describe('LM Studio from 0.4 on', () => {
  const never = new AbortController().signal;
  type Instance = { id: string; config: { context_length: number; parallel?: number } };

  /** Its list, in which a load puts an instance and an unload takes one out. */
  function lmStudio(): Server & { readonly instances: (index: number) => Instance[] } {
    const answers = read('lm-studio-0.4');
    const { models } = answers['GET /api/v1/models'] as { models: { key: string; loaded_instances: Instance[] }[] };
    const server = serve(answers, (path, body) => {
      const model = models.find(({ key }) => key === body['model']);
      if (path === '/api/v1/models/load' && model) {
        const id = model.loaded_instances.length === 0 ? model.key : `${model.key}:${model.loaded_instances.length + 1}`;
        model.loaded_instances.push({
          id,
          config: { context_length: Number(body['context_length'] ?? 4_096), parallel: 3 },
        });
        return { type: 'llm', instance_id: id, load_time_seconds: 1.2, status: 'loaded' };
      }
      if (path !== '/api/v1/models/unload') return undefined;
      for (const each of models) each.loaded_instances = each.loaded_instances.filter(({ id }) => id !== body['instance_id']);
      return { instance_id: body['instance_id'] };
    });
    return Object.assign(server, { instances: (index: number) => models[index]?.loaded_instances ?? [] });
  }

  test('loads with the profile, once, and says what came of it', async () => {
    await using server = lmStudio();
    const load = { profile: { contextLength: 8_192 }, signal: never, onProgress: () => {} };
    expect(await server.engine.load('acme/eyes-4b:latest', load)).toEqual({ contextLength: 8_192, slots: 3 });
    expect(server.asked).toEqual([{ what: 'POST /api/v1/models/load', body: { model: 'acme/eyes-4b', context_length: 8_192 } }]);
    expect(await server.engine.load('acme/eyes-4b:latest', load)).toMatchObject({ slots: 3 });
    expect(server.asked).toHaveLength(1);
  });

  test('lets every instance of a model go, and none of another', async () => {
    await using server = lmStudio();
    const second = { id: 'acme/thinker-8b:2', config: { context_length: 4_096 } };
    server.instances(0).push(second);
    await server.engine.list();
    await server.engine.unload('acme/thinker-8b:latest');
    expect(server.asked.map(({ body }) => body)).toEqual([{ instance_id: 'acme/thinker-8b' }, { instance_id: 'acme/thinker-8b:2' }]);
    expect(await server.engine.resident()).toEqual([]);
  });

  test('a model that was let go at once is a failure, not a load', async () => {
    const answers = read('lm-studio-0.4');
    await using server = serve(answers, () => ({ instance_id: 'x', status: 'loaded' }));
    const load = server.engine.load('acme/eyes-4b:latest', { profile: {}, signal: never, onProgress: () => {} });
    await expect(load).rejects.toMatchObject({ failure: 'failed', message: expect.stringContaining('let it go at once') });
  });

  test('before 0.4 it cannot be told to let a model go', async () => {
    await using server = serve(read('lm-studio-0.3'));
    await expect(server.engine.unload('talker-8b:latest')).rejects.toMatchObject({ failure: 'unsupported' });
    await server.engine.unload('eyes-7b:latest');
  });

  test('what it tells of thinking is believed', async () => {
    await using server = lmStudio();
    await server.engine.list();
    expect(server.engine.optionsNotApplied?.('acme/thinker-8b:latest', { thinking: true })).toEqual([]);
    expect(server.engine.optionsNotApplied?.('acme/eyes-4b:latest', { thinking: true })).toHaveLength(1);
  });
});
