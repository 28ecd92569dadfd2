import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Engine, EnginePart, Network } from '@pilotlight/contract';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createManualClock, startFakeEngineHere, systemClock } from '@pilotlight/test-kit';
import type { FakeEngine, FakeEngineConfig } from '@pilotlight/test-kit';
import { describe, expect, test } from 'vitest';

import { createOpenaiEngine } from './openai-engine.ts';

interface Subject extends AsyncDisposable {
  readonly fake: FakeEngine;
  readonly engine: Engine;
}

async function start(config: Partial<FakeEngineConfig> = {}, apiKey?: string, clock = systemClock): Promise<Subject> {
  const fake = await startFakeEngineHere(config);
  const network = createUndiciNetwork();
  const engine = createOpenaiEngine({ id: 'openai', address: fake.url, apiKey, network, clock });
  return {
    fake,
    engine,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

const signal = (): AbortSignal => new AbortController().signal;
const count = async (fake: FakeEngine, type: string): Promise<number> =>
  (await fake.control.state()).events.filter((event) => event.type === type).length;

function ask(engine: Engine, content = 'count to 9', model = 'fake:latest'): AsyncIterable<EnginePart> {
  return engine.stream({ model, messages: [{ role: 'user', content }], options: {}, profile: {} }, signal());
}

async function textOf(parts: AsyncIterable<EnginePart>): Promise<string> {
  let text = '';
  for await (const part of parts) if (part.type === 'text') text += part.text;
  return text;
}

/** A server of one's own, for what no engine would do. */
async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('keys', () => {
  test('the right one opens, and no key or a wrong one makes the server unreachable with words about the key', async () => {
    await using good = await start({ apiKey: 'sk-right' }, 'sk-right');
    expect(await good.engine.check()).toMatchObject({ reachable: true });
    expect(await textOf(ask(good.engine, '2 + 2'))).toBe('4');
    for (const key of [undefined, 'sk-wrong']) {
      await using bad = await start({ apiKey: 'sk-right' }, key);
      const status = await bad.engine.check();
      expect(status).toMatchObject({ reachable: false, reason: expect.stringMatching(/refuses the access key \(401\)/) });
      expect(JSON.stringify(status)).not.toContain('sk-');
    }
  });

  test('a redirect is not followed: the key goes nowhere else', async () => {
    let seen = 0;
    await using elsewhere = await serve((_request, response) => {
      seen += 1;
      response.end('{}');
    });
    await using server = await serve((_request, response) => response.writeHead(307, { location: `${elsewhere.url}/v1/models` }).end());
    await using network = createUndiciNetwork();
    await using engine = createOpenaiEngine({ id: 'x', address: server.url, apiKey: 'sk-1', network, clock: systemClock });
    await expect(engine.list()).rejects.toMatchObject({ failure: 'protocol', message: expect.stringMatching(/another address/) });
    expect(seen).toBe(0);
  });

  test('a server that repeats the key in an error does not bring it into a message', async () => {
    await using server = await serve((request, response) =>
      response.writeHead(400).end(JSON.stringify({ error: { message: `bad ${request.headers.authorization}` } })),
    );
    await using network = createUndiciNetwork();
    await using engine = createOpenaiEngine({ id: 'x', address: server.url, apiKey: 'sk-very-secret', network, clock: systemClock });
    const error = (await engine.list().catch((thrown: unknown) => thrown)) as Error;
    expect(`${error.message} ${String(error.cause)}`).toMatch(/bad Bearer …/);
  });
});

describe('limits', () => {
  test('check says within 2 s that nobody answers', async () => {
    const clock = createManualClock();
    await using subject = await start({ faults: [{ kind: 'hang', on: '/v1/models' }] }, undefined, clock);
    const checking = subject.engine.check();
    while ((await count(subject.fake, 'request')) === 0);
    await clock.advance(2_000);
    expect(await checking).toMatchObject({ reachable: false, durationMs: 2_000 });
  });

  test('an endless line is "protocol" before it fills memory', async () => {
    await using subject = await start({ faults: [{ kind: 'long-line', bytes: 6_000_000 }] });
    await expect(textOf(ask(subject.engine))).rejects.toMatchObject({ failure: 'protocol' });
  });

  test('an answer that is whole waits 2 s at most for a [DONE] that never comes', async () => {
    const clock = createManualClock();
    const sent = Promise.withResolvers<void>();
    await using server = await serve((request, response) => {
      if (request.method === 'GET') return void response.writeHead(request.url === '/v1/models' ? 200 : 404).end('{"data":[{"id":"a"}]}');
      response.write('data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n');
      sent.resolve();
    });
    await using network = createUndiciNetwork();
    await using engine = createOpenaiEngine({ id: 'x', address: server.url, network, clock });
    const iterator = ask(engine, 'hi', 'a:latest')[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ type: 'text', text: 'hi' });
    const last = iterator.next();
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2_000);
    expect((await last).value).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  test('bytes one by one, and a character in two halves, change nothing', async () => {
    await using subject = await start({ answers: [{ when: 'accents', say: 'déjà vu 😀' }], faults: [{ kind: 'slices', times: 1 }] });
    expect(await textOf(ask(subject.engine, 'accents'))).toBe('déjà vu 😀');
  });
});

describe('what each kind of server can tell', () => {
  test.each([
    ['plain', false, []],
    ['vllm', true, ['fake:latest', 'fake-embed:latest']],
    ['llama-server', true, ['fake:latest', 'fake-embed:latest']],
    ['llama-router', true, []],
    ['lm-studio', true, []],
  ] as const)('%s: reports residency %s', async (openai, reports, names) => {
    await using subject = await start({ openai });
    await subject.engine.list();
    expect(subject.engine.reportsResidency).toBe(reports);
    expect((await subject.engine.resident()).map(({ name }) => name)).toEqual(names);
  });

  test('LM Studio shows what an answer has loaded, with its context', async () => {
    await using subject = await start({ openai: 'lm-studio' });
    await textOf(ask(subject.engine));
    await subject.engine.list();
    expect(await subject.engine.resident()).toEqual([{ name: 'fake:latest', contextLength: 4_096 }]);
  });

  test('only the router can be told to unload; the others say so', async () => {
    for (const openai of ['plain', 'vllm', 'llama-server'] as const) {
      await using subject = await start({ openai });
      await expect(subject.engine.unload('fake:latest')).rejects.toMatchObject({ failure: 'unsupported' });
    }
  });

  test('a llama-server that still loads is waited for, and is not in memory before', async () => {
    await using subject = await start({ openai: 'llama-server', loadMs: 60, parallel: 3 });
    await subject.engine.list();
    const first = textOf(ask(subject.engine, '2 + 2'));
    while ((await count(subject.fake, 'load-start')) === 0);
    expect(await subject.engine.resident()).toEqual([]);
    expect(await subject.engine.load('fake:latest', { profile: {}, signal: signal(), onProgress: () => {} })).toMatchObject({ slots: 3 });
    expect(await count(subject.fake, 'load-end')).toBe(1);
    expect(await first).toBe('4');
  });

  test('a llama-server that sleeps is not in memory, and a load wakes it', async () => {
    await using subject = await start({ openai: 'llama-server', sleeps: true, loadMs: 30 });
    await subject.engine.list();
    expect(await subject.engine.resident()).toEqual([]);
    await subject.engine.load('fake:latest', { profile: {}, signal: signal(), onProgress: () => {} });
    expect(await count(subject.fake, 'load-end')).toBe(1);
    expect(await subject.engine.resident()).not.toEqual([]);
  });

  test('the router never loads for an answer, and says what became of a load', async () => {
    await using subject = await start({
      openai: 'llama-router',
      models: [{ name: 'fake:latest' }, { name: 'broken:1', loadError: { status: 500, text: 'no' } }],
    });
    await subject.engine.list();
    await expect(textOf(ask(subject.engine))).rejects.toMatchObject({ failure: 'died' });
    expect(await count(subject.fake, 'load-start')).toBe(0);
    const loading = subject.engine.load('broken:1', { profile: {}, signal: signal(), onProgress: () => {} });
    await expect(loading).rejects.toMatchObject({ failure: 'bad_file', message: expect.stringMatching(/ended with code 1/) });
  });
});

/** A llama-server that lists its model and is silent whatever else it is asked. */
function silentServer(asked: string[]): Network {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"data":[{"id":"m","owned_by":"llamacpp"}]}');
  }
  return {
    request({ url, signal }) {
      const { pathname } = new URL(url);
      asked.push(pathname);
      if (pathname === '/v1/models') return Promise.resolve({ status: 200, headers: {}, body: body() });
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal?.reason as Error));
      });
    },
  };
}

test('what is in memory is told or not within 2 s, however many questions that takes', async () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const engine = createOpenaiEngine({ id: 'openai', address: 'http://gpu:8000', network: silentServer(asked), clock });
  await engine.list();
  let end: unknown;
  void engine.resident().catch((error: unknown) => (end = error));
  await clock.advance(2_000);
  expect(asked).toContain('/props');
  expect(end).toMatchObject({ failure: 'unreachable', message: expect.stringContaining('within 2 s') });
});
