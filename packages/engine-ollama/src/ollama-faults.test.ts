import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EngineError } from '@pilotlight/contract';
import type { Clock, Engine, EnginePart, Options } from '@pilotlight/contract';
import { createManualClock, startFakeEngine, startFakeEngineHere, systemClock } from '@pilotlight/test-kit';
import type { FakeEngine, FakeEngineConfig } from '@pilotlight/test-kit';
import { describe, expect, test } from 'vitest';

import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createOllamaEngine } from './ollama-engine.ts';

interface Subject extends AsyncDisposable {
  readonly fake: FakeEngine;
  readonly engine: Engine;
}

async function connect(fake: FakeEngine, clock: Clock = systemClock): Promise<Subject> {
  const network = createUndiciNetwork();
  const engine = createOllamaEngine({ id: 'ollama', address: fake.url, network, clock, keepAlive: '30' });
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

async function start(config: Partial<FakeEngineConfig> = {}, clock?: Clock): Promise<Subject> {
  return connect(await startFakeEngineHere(config), clock);
}

const signal = (): AbortSignal => new AbortController().signal;

function load(engine: Engine, model = 'fake:latest', aborted = signal()): Promise<unknown> {
  return engine.load(model, { profile: { contextLength: 1024 }, signal: aborted, onProgress: () => {} });
}

interface Question {
  readonly content?: string;
  readonly model?: string;
  readonly options?: Options;
}

function ask(
  engine: Engine,
  { content = 'count to 9', model = 'fake:latest', options = {} }: Question = {},
  aborted = signal(),
): AsyncIterable<EnginePart> {
  return engine.stream({ model, messages: [{ role: 'user', content }], options, profile: { contextLength: 1024 } }, aborted);
}

async function textOf(parts: AsyncIterable<EnginePart>): Promise<string> {
  let text = '';
  for await (const part of parts) if (part.type === 'text') text += part.text;
  return text;
}

async function until(fake: FakeEngine, type: string): Promise<void> {
  while (!(await fake.control.state()).events.some((event) => event.type === type));
}

const count = async (fake: FakeEngine, type: string): Promise<number> =>
  (await fake.control.state()).events.filter((event) => event.type === type).length;

describe('what arrives broken', () => {
  test('bytes one by one, and a character in two halves, change nothing', async () => {
    await using subject = await start({
      answers: [{ when: 'accents', say: 'déjà vu à la carte 😀' }],
      faults: [{ kind: 'slices', times: 1 }],
    });
    expect(await textOf(ask(subject.engine, { content: 'accents' }))).toBe('déjà vu à la carte 😀');
    await subject.fake.control.fault({ kind: 'half-character', after: 1, times: 1 });
    expect(await textOf(ask(subject.engine, { content: 'count to 2' }))).toBe('1 café 2');
  });

  test('a line that is no JSON is "protocol", and ends the exchange', async () => {
    await using subject = await start({ faults: [{ kind: 'malformed', after: 2, times: 1 }], tokensPerSecond: 50 });
    await expect(textOf(ask(subject.engine))).rejects.toMatchObject({ name: 'EngineError', failure: 'protocol' });
    await until(subject.fake, 'left');
  });

  test('an endless line is "protocol" before it fills memory', async () => {
    await using subject = await start({ faults: [{ kind: 'long-line', bytes: 6_000_000 }] });
    await expect(textOf(ask(subject.engine))).rejects.toMatchObject({
      failure: 'protocol',
      message: expect.stringMatching(/4,194,304 bytes/),
    });
  });

  for (const kind of ['cut', 'reset', 'end'] as const) {
    test(`"${kind}" in the middle is "cut", never a short answer`, async () => {
      await using subject = await start({ faults: [{ kind, after: 3 }] });
      await expect(textOf(ask(subject.engine))).rejects.toMatchObject({ name: 'EngineError', failure: 'cut' });
    });
  }

  test('a page instead of the list is "protocol"', async () => {
    await using subject = await start({ faults: [{ kind: 'malformed', on: '/api/tags' }] });
    await expect(subject.engine.list()).rejects.toMatchObject({ failure: 'protocol' });
  });

  test('the whole server killed in the middle of an answer is "cut"; its next life is seen', async () => {
    const fake = await startFakeEngine({ tokensPerSecond: 100 });
    await using subject = await connect(fake);
    const reading = textOf(ask(subject.engine, { content: '1000 tokens' }));
    reading.catch(() => {});
    await until(fake, 'answer-start');
    await fake.control.die();
    await expect(reading).rejects.toMatchObject({ failure: 'cut' });
    expect(await subject.engine.check()).toMatchObject({
      reachable: false,
      reason: expect.stringMatching(/^(?:the )?connection [a-z]+$/),
    });
    await expect(subject.engine.list()).rejects.toMatchObject({ failure: 'unreachable' });
    await expect(subject.engine.resident()).rejects.toMatchObject({ failure: 'unreachable' });
    await using _again = await startFakeEngine({ port: fake.port });
    expect(await subject.engine.check()).toMatchObject({ reachable: true });
  });
});

describe('what does not answer', () => {
  for (const [path, question] of [
    ['/api/ps', 'resident'],
    ['/api/tags', 'list'],
  ] as const) {
    test(`${question} gives up after its limit`, async () => {
      const clock = createManualClock();
      await using subject = await start({ faults: [{ kind: 'hang', on: path }] }, clock);
      const asking = subject.engine[question]();
      await Promise.all([
        expect(asking).rejects.toMatchObject({ failure: 'unreachable', message: expect.stringMatching(/did not answer within/) }),
        until(subject.fake, 'request').then(() => clock.advance(5_000)),
      ]);
    });
  }

  test('check says so instead of throwing', async () => {
    const clock = createManualClock();
    await using subject = await start({ faults: [{ kind: 'hang', on: '/api/version' }] }, clock);
    const [status] = await Promise.all([subject.engine.check(), until(subject.fake, 'request').then(() => clock.advance(2_000))]);
    expect(status).toMatchObject({ reachable: false, durationMs: 2_000 });
  });

  test('a model that cannot be shown is listed by what the list says', async () => {
    await using subject = await start({ faults: [{ kind: 'status', on: '/api/show', status: 500, text: 'no' }] });
    expect(await subject.engine.list()).toContainEqual(
      expect.objectContaining({ name: 'fake:latest', weightsKey: expect.stringMatching(/^manifest:/) }),
    );
  });
});

describe('a list with a show that hangs', () => {
  test('costs one limit, not one for each model', async () => {
    const clock = createManualClock();
    const models = Array.from({ length: 20 }, (_, index) => ({ name: `m${index}:latest` }));
    await using subject = await start({ models, faults: [{ kind: 'hang', on: '/api/show' }] }, clock);
    const listing = subject.engine.list();
    while ((await count(subject.fake, 'request')) < 5);
    await clock.advance(5_000);
    expect(await listing).toHaveLength(20);
    expect(await count(subject.fake, 'request')).toBe(5);
  });
});

describe('loads', () => {
  test('leaving a load closes its connection, and Ollama ends it', async () => {
    await using subject = await start({ loadMs: -1 });
    const controller = new AbortController();
    const reason = new Error('not now');
    const loading = load(subject.engine, 'fake:latest', controller.signal);
    await Promise.all([expect(loading).rejects.toBe(reason), until(subject.fake, 'load-start').then(() => controller.abort(reason))]);
    await until(subject.fake, 'load-aborted');
    expect(await subject.engine.resident()).toEqual([]);
  });

  test('every call carries the same load options: one load for load, chat and embedding', async () => {
    await using subject = await start({ models: [{ name: 'both:latest', capabilities: ['completion', 'embedding'] }] });
    await load(subject.engine, 'both:latest');
    await textOf(ask(subject.engine, { model: 'both:latest' }));
    await subject.engine.embed('both:latest', ['one'], signal());
    await textOf(ask(subject.engine, { model: 'both:latest', options: { temperature: 0.1, top_k: 3, max_tokens: 4 } }));
    expect(await count(subject.fake, 'load-start')).toBe(1);
    expect(await subject.engine.resident()).toMatchObject([{ name: 'both:latest', contextLength: 1024 }]);
  });

  test('a failed load tells its cause', async () => {
    const loadError = { status: 500, text: 'model requires more system memory (19.1 GiB) than is available (11.0 GiB)' };
    await using subject = await start({ models: [{ name: 'big:70b', loadError }] });
    await expect(load(subject.engine, 'big:70b')).rejects.toMatchObject({
      failure: 'out_of_memory',
      message: expect.stringMatching(/19\.1 GiB/),
    });
  });

  test('a copy is in memory with its original, and unloading either ends both', async () => {
    const models = [
      { name: 'a:latest', weights: 'w' },
      { name: 'copy:latest', weights: 'w' },
    ];
    await using subject = await start({ models });
    await subject.engine.list();
    await load(subject.engine, 'a:latest');
    expect((await subject.engine.resident()).map((row) => row.name)).toEqual(['a:latest', 'copy:latest']);
    await subject.engine.unload('copy:latest');
    expect(await subject.engine.resident()).toEqual([]);
  });

  test('unload waits for an answer that another program reads', async () => {
    await using subject = await start({ tokensPerSecond: 200 });
    const body = JSON.stringify({ model: 'fake:latest', messages: [{ role: 'user', content: '30 tokens' }] });
    const other = fetch(`${subject.fake.url}/api/chat`, { method: 'POST', body }).then((response) => response.text());
    await until(subject.fake, 'answer-start');
    await subject.engine.unload('fake:latest');
    expect(await other).toContain('"done":true');
  });

  test('models that run elsewhere are left out', async () => {
    await using subject = await start({
      models: [{ name: 'here:latest' }, { name: 'far:latest', remoteHost: 'https://far.example' }, { name: 'big:cloud' }],
    });
    expect((await subject.engine.list()).map((model) => model.name)).toEqual(['here:latest']);
    await expect(subject.engine.describe('big:cloud')).rejects.toMatchObject({ failure: 'absent' });
  });
});

describe('requests', () => {
  test('a path before the API is kept', async () => {
    await using subject = await start();
    await using network = createUndiciNetwork();
    await using engine = createOllamaEngine({ id: 'ollama', address: `${subject.fake.url}/behind/`, network, clock: systemClock });
    await expect(engine.list()).rejects.toMatchObject({ name: 'EngineError' });
    expect((await subject.fake.control.state()).events).toContainEqual(expect.objectContaining({ path: '/behind/api/tags' }));
  });

  test('options of a wrong kind are refused before they are sent', async () => {
    await using subject = await start();
    for (const options of [{ max_tokens: 1.5 }, { temperature: 9 }, { stop: 'end' }, { num_ctx: 5 }] as unknown as Options[]) {
      await expect(textOf(ask(subject.engine, { options }))).rejects.toMatchObject({
        failure: 'invalid',
        message: expect.stringMatching(/^options\./),
      });
    }
    expect(await count(subject.fake, 'request')).toBe(0);
  });

  test('an empty conversation is refused: Ollama would take it for a load', async () => {
    await using subject = await start();
    const empty = subject.engine.stream({ model: 'fake:latest', messages: [], options: {}, profile: {} }, signal());
    await expect(textOf(empty)).rejects.toMatchObject({ failure: 'invalid' });
  });

  test('a prompt longer than the context is refused with both numbers, not shortened', async () => {
    await using subject = await start();
    const long = ask(subject.engine, { content: 'word '.repeat(1_100) });
    await expect(textOf(long)).rejects.toMatchObject({
      failure: 'too_long',
      message: expect.stringMatching(/1,105 tokens; .* holds 1,024/),
    });
  });

  test('a closed engine refuses new answers', async () => {
    await using subject = await start();
    await subject.engine[Symbol.asyncDispose]();
    await expect(textOf(ask(subject.engine))).rejects.toBeInstanceOf(EngineError);
  });

  test('a whole answer leaves its connection for the next one', async () => {
    let [connections, dropped] = [0, 0];
    const line = (fields: object): string =>
      `${JSON.stringify({ model: 'fake:latest', message: { role: 'assistant', content: 'hi' }, ...fields })}\n`;
    const server = createServer((request, response) => {
      request.resume();
      response.write(line({ done: false }));
      setImmediate(() => {
        response.write(line({ done: true, done_reason: 'stop' }));
        setImmediate(() => response.end());
      });
    });
    server.on('connection', (socket) => {
      connections += 1;
      socket.on('close', () => (dropped += 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await using network = createUndiciNetwork();
    await using engine = createOllamaEngine({ id: 'ollama', address: `http://127.0.0.1:${port}`, network, clock: systemClock });
    for (let index = 0; index < 10; index += 1) {
      expect(await textOf(ask(engine))).toBe('hihi');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // Whether the end of an answer was read before the next one is asked for is up to the machine; that none is given up is not.
    expect(dropped).toBe(0);
    expect(connections).toBeLessThan(5);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
