import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';

import type { FakeEngine } from './start-fake-engine.ts';
import { startFakeEngine, startFakeEngineHere } from './start-fake-engine.ts';

interface Ask {
  readonly model?: string;
  readonly content?: string;
  readonly [name: string]: unknown;
}

function ask(engine: FakeEngine, { content = 'What is 2 + 2?', ...fields }: Ask = {}, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model: 'fake:latest', messages: [{ role: 'user', content }], ...fields });
  return fetch(`${engine.url}/api/chat`, { method: 'POST', body, signal: signal ?? null });
}

async function linesOf(response: Response): Promise<Record<string, unknown>[]> {
  const text = await response.text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function residentOf(engine: FakeEngine): Promise<string[]> {
  const { models } = (await (await fetch(`${engine.url}/api/ps`)).json()) as { models: { name: string }[] };
  return models.map((model) => model.name);
}

async function until(engine: FakeEngine, type: string, count = 1): Promise<void> {
  for (;;) {
    const { events } = await engine.control.state();
    if (events.filter((event) => event.type === type).length >= count) return;
  }
}

const count = async (engine: FakeEngine, type: string): Promise<number> =>
  (await engine.control.state()).events.filter((event) => event.type === type).length;

describe('answers', () => {
  test('chat answers by rule, ends with done and metrics, and echoes what it has no rule for', async () => {
    await using engine = await startFakeEngineHere();
    const lines = await linesOf(await ask(engine));
    expect(lines[0]).toMatchObject({ message: { content: '4' }, done: false });
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: 'stop', eval_count: 1 });
    const whole = (await (await ask(engine, { content: 'hello there', stream: false })).json()) as Record<string, unknown>;
    expect(whole).toMatchObject({ message: { content: 'You said: hello there' }, done: true });
  });

  test('num_predict ends as length, stop as stop without the text', async () => {
    await using engine = await startFakeEngineHere();
    const short = await linesOf(await ask(engine, { content: 'count to 9', options: { num_predict: 3 } }));
    expect(short.at(-1)).toMatchObject({ done_reason: 'length', eval_count: 3 });
    const stopped = await linesOf(await ask(engine, { content: 'count to 9', options: { stop: ['4'] } }));
    expect(stopped.map((line) => (line['message'] as { content: string }).content).join('')).toBe('1 2 3 ');
  });

  test('more than 30 equal tokens end without a mark', async () => {
    await using engine = await startFakeEngineHere({ models: [{ name: 'fake:latest', answer: 'ha '.repeat(80) }] });
    const lines = await linesOf(await ask(engine));
    expect(lines).toHaveLength(31);
    expect(lines.at(-1)).toMatchObject({ done: false });
  });

  test('OpenAI streams end with a reason, usage if asked, and [DONE]', async () => {
    await using engine = await startFakeEngineHere();
    const body = {
      model: 'fake:latest',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: '2 + 2' }],
    };
    const response = await fetch(`${engine.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
    const events = (await response.text()).trim().split('\n\n');
    expect(events).toHaveLength(4);
    expect(events[0]).toContain('"content":"4"');
    expect(events[1]).toContain('"finish_reason":"stop"');
    expect(events[2]).toContain('"completion_tokens":1');
    expect(events[3]).toBe('data: [DONE]');
  });

  test('tokens keep their pace over the whole answer', async () => {
    await using engine = await startFakeEngineHere({ tokensPerSecond: 500 });
    const start = performance.now();
    await (await ask(engine, { content: '101 tokens' })).text();
    expect(performance.now() - start).toBeGreaterThanOrEqual(200);
  });
});

describe('memory', () => {
  test('a loading model is absent from ps, and 20 cold requests load it once', async () => {
    await using engine = await startFakeEngineHere({ loadMs: -1, loadSurvivesClient: true });
    const answers = Array.from({ length: 20 }, () => ask(engine).then((response) => response.text()));
    for (const answer of answers) answer.catch(() => {});
    await until(engine, 'load-start');
    expect(await residentOf(engine)).toEqual([]);
    await using other = await startFakeEngineHere({ loadMs: 80 });
    await Promise.all(Array.from({ length: 20 }, () => ask(other).then((response) => response.text())));
    expect(await residentOf(other)).toEqual(['fake:latest']);
    expect(await count(other, 'load-start')).toBe(1);
  });

  test('a client that leaves ends its load; with the flag it goes on', async () => {
    for (const loadSurvivesClient of [false, true]) {
      // Long enough that a busy machine sees the client leave before the load has ended.
      await using engine = await startFakeEngineHere({ loadMs: 1_500, loadSurvivesClient });
      const controller = new AbortController();
      const answer = ask(engine, {}, controller.signal).catch(() => undefined);
      await until(engine, 'load-start');
      controller.abort();
      await answer;
      await until(engine, loadSurvivesClient ? 'load-end' : 'load-aborted');
    }
  });

  test('one more model than fits evicts; the load waits for the busy one', async () => {
    const models = [{ name: 'a:latest' }, { name: 'b:latest' }];
    await using engine = await startFakeEngineHere({ models, maxLoaded: 1, tokensPerSecond: 100 });
    const busy = ask(engine, { model: 'a', content: '20 tokens' }).then((response) => response.text());
    await until(engine, 'answer-start');
    await (await ask(engine, { model: 'b' })).text();
    await busy;
    expect(await residentOf(engine)).toEqual(['b:latest']);
    const order = (await engine.control.state()).events.map((event) => `${event.type} ${event.model ?? ''}`);
    expect(order.indexOf('unload a:latest')).toBeLessThan(order.indexOf('load-start b:latest'));
  });

  test('unload waits until the answer has ended; a copy shares the runner', async () => {
    const models = [
      { name: 'a:latest', weights: 'w' },
      { name: 'copy:latest', weights: 'w' },
    ];
    await using engine = await startFakeEngineHere({ models, tokensPerSecond: 100 });
    const busy = ask(engine, { model: 'a', content: '20 tokens' }).then(linesOf);
    await until(engine, 'answer-start');
    const unload = await fetch(`${engine.url}/api/generate`, { method: 'POST', body: '{"model":"copy","keep_alive":0}' });
    expect(await unload.json()).toMatchObject({ done: true, done_reason: 'unload' });
    expect(await residentOf(engine)).toEqual(['a:latest']);
    expect((await busy).at(-1)).toMatchObject({ done: true });
    await until(engine, 'unload');
    expect(await residentOf(engine)).toEqual([]);
  });

  test('another num_ctx loads again, and so does none after an explicit one', async () => {
    await using engine = await startFakeEngineHere();
    for (const options of [{}, {}, { num_ctx: 512 }, { num_ctx: 512 }, {}]) await (await ask(engine, { options })).text();
    expect(await count(engine, 'load-start')).toBe(3);
  });

  test('one slot: the second answer begins after the first has ended', async () => {
    await using engine = await startFakeEngineHere({ tokensPerSecond: 200 });
    await Promise.all([1, 2].map(() => ask(engine, { content: '10 tokens' }).then((response) => response.text())));
    const order = (await engine.control.state()).events.flatMap(({ type }) => (type.startsWith('answer') ? [type] : []));
    expect(order).toEqual(['answer-start', 'answer-end', 'answer-start', 'answer-end']);
  });

  test('a keep_alive on the victim rescues it, and the cold request waits until it is unloaded by hand', async () => {
    const models = [{ name: 'a:latest' }, { name: 'b:latest' }];
    await using engine = await startFakeEngineHere({ models, maxLoaded: 1, tokensPerSecond: 100 });
    const busy = ask(engine, { model: 'a', content: '30 tokens' }).then((response) => response.text());
    await until(engine, 'answer-start');
    const cold = ask(engine, { model: 'b' }).then(linesOf);
    await until(engine, 'evict');
    await (await ask(engine, { model: 'a', content: '1 tokens', keep_alive: '5m' })).text();
    await busy;
    expect(await residentOf(engine)).toEqual(['a:latest']);
    await (await fetch(`${engine.url}/api/generate`, { method: 'POST', body: '{"model":"a","keep_alive":0}' })).text();
    expect((await cold).at(-1)).toMatchObject({ done: true });
  });

  test('an idle model leaves when its keep_alive is over', async () => {
    await using engine = await startFakeEngineHere();
    await (await ask(engine, { keep_alive: '20ms' })).text();
    await until(engine, 'unload');
    expect(await residentOf(engine)).toEqual([]);
  });

  test('health tells of a running load, with its fraction where that is switched on', async () => {
    for (const reportsProgress of [false, true]) {
      await using engine = await startFakeEngineHere({ loadMs: -1, reportsProgress });
      const waiting = ask(engine).catch(() => undefined);
      await until(engine, 'load-start');
      const health = await fetch(`${engine.url}/health`);
      expect(health.status).toBe(503);
      expect('progress' in ((await health.json()) as object)).toBe(reportsProgress);
      await engine[Symbol.asyncDispose]();
      await waiting;
    }
  });

  test('cold requests beyond the queue are refused', async () => {
    await using engine = await startFakeEngineHere({ loadMs: -1, maxQueue: 2 });
    const waiting = Array.from({ length: 3 }, () => ask(engine).catch(() => undefined));
    await until(engine, 'request', 3);
    const refused = await ask(engine);
    expect(refused.status).toBe(503);
    await engine[Symbol.asyncDispose]();
    await Promise.all(waiting);
  });
});

describe('faults', () => {
  test('an error is a status before the first token and a line after it', async () => {
    await using engine = await startFakeEngineHere();
    await engine.control.fault({ kind: 'error', text: 'broken', times: 1 });
    await engine.control.fault({ kind: 'error', text: 'broken', after: 2, times: 1 });
    const before = await ask(engine);
    expect([before.status, await before.json()]).toEqual([500, { error: 'broken' }]);
    const after = await linesOf(await ask(engine, { content: '5 tokens' }));
    expect(after).toHaveLength(3);
    expect(after[2]).toEqual({ error: 'broken' });
    expect((await linesOf(await ask(engine))).at(-1)).toMatchObject({ done: true });
  });

  test('a cut has no last chunk, an end has one but no mark', async () => {
    await using engine = await startFakeEngineHere();
    await engine.control.fault({ kind: 'cut', after: 2, times: 1 });
    await engine.control.fault({ kind: 'end', after: 2, times: 1 });
    const cut = await ask(engine, { content: '5 tokens' });
    await expect(cut.text()).rejects.toThrow('terminated');
    const ended = await linesOf(await ask(engine, { content: '5 tokens' }));
    expect(ended).toHaveLength(2);
    expect(ended.every((line) => line['done'] === false)).toBe(true);
  });

  test('slices, half characters and malformed lines keep or break the lines as they should', async () => {
    await using engine = await startFakeEngineHere();
    await engine.control.set({
      faults: [
        { kind: 'slices', times: 1 },
        { kind: 'half-character', after: 1, times: 1 },
      ],
    });
    expect((await linesOf(await ask(engine))).at(-1)).toMatchObject({ done: true });
    const half = await linesOf(await ask(engine, { content: '2 tokens' }));
    expect(half[1]).toMatchObject({ message: { content: ' café' } });
    await engine.control.fault({ kind: 'malformed', after: 1, times: 1 });
    await expect(linesOf(await ask(engine))).rejects.toThrow(SyntaxError);
  });

  test('a path can hang while others answer', async () => {
    await using engine = await startFakeEngineHere();
    await engine.control.fault({ kind: 'hang', on: '/api/ps' });
    const controller = new AbortController();
    const hanging = fetch(`${engine.url}/api/ps`, { signal: controller.signal });
    expect((await fetch(`${engine.url}/api/version`)).status).toBe(200);
    controller.abort();
    await expect(hanging).rejects.toThrow('aborted');
  });

  test('runners killed: the answer ends with an error line, the server stays', async () => {
    await using engine = await startFakeEngineHere({ tokensPerSecond: 100 });
    const answer = ask(engine, { content: '500 tokens' }).then(linesOf);
    await until(engine, 'answer-start');
    await engine.control.killRunners();
    expect((await answer).at(-1)).toHaveProperty('error');
    expect(await residentOf(engine)).toEqual([]);
  });
});

describe('as a program', () => {
  test('it runs on its own, takes its port again after a death, and ends at SIGTERM', async () => {
    let port: number;
    {
      await using engine = await startFakeEngine();
      port = engine.port;
      expect((await linesOf(await ask(engine))).at(-1)).toMatchObject({ done: true });
      await engine.control.die();
      await expect(fetch(engine.url)).rejects.toThrow('fetch failed');
    }
    await using again = await startFakeEngine({ port });
    expect((await fetch(again.url)).status).toBe(200);
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    process.kill(again.pid, 'SIGTERM');
    await closed;
  });

  test('it can be deaf to SIGTERM', async () => {
    await using engine = await startFakeEngine({ ignoreSigterm: true });
    process.kill(engine.pid, 'SIGTERM');
    expect((await linesOf(await ask(engine))).at(-1)).toMatchObject({ done: true });
  });
});
