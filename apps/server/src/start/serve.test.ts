import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readlink, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { chatReplySchema, modelsViewSchema, modelViewSchema } from '@pilotlight/contract';
import type { ModelView } from '@pilotlight/contract';
import { createTemporaryFolder, startFakeEngine } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { allEvents, nextEvent, readEvents } from '../testing/read-events.ts';
import { childrenOf, startServerProcess } from '../testing/start-server-process.ts';
import type { ServerProcess } from '../testing/start-server-process.ts';

/** Real processes on a machine that may be busy. */
const PATIENT = { timeout: 15_000, interval: 50 };

/** Sampled almost evenly, an answer seldom meets its own end. */
const LONG = { max_tokens: 1_900, temperature: 5, top_k: 0, top_p: 1, min_p: 0, seed: 7 };

function ask(server: ServerProcess, message: string, more: object = {}): Promise<Response> {
  return fetch(`${server.url}/api/chat/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, ...more }),
  });
}

function askStreamed(server: ServerProcess, message: string, more: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}/api/chat/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, ...more }),
    ...(signal ? { signal } : {}),
  });
}

async function modelOf(server: ServerProcess, name: string): Promise<ModelView | undefined> {
  const response = await fetch(`${server.url}/api/models/${encodeURIComponent(name)}`);
  return response.ok ? modelViewSchema.parse(await response.json()) : undefined;
}

describe('the server with the model that ships', () => {
  it('answers, says what it found, and ends by SIGTERM with everything that it started', async () => {
    await using server = await startServerProcess();
    const reply = chatReplySchema.parse(await (await ask(server, 'What is 2 + 2?')).json());
    expect(reply.response).toMatch(/4/);
    expect(reply.receipt.engine).toBe('llama.cpp');
    await expect.poll(() => server.output(), PATIENT).toContain('Models\n');
    expect(server.output()).toMatch(/built in .+\n {2}ollama at .+/);
    expect(server.output()).toContain('pilot:latest (default)');
    const children = await childrenOf(server.pid);
    expect(children.length).toBeGreaterThan(0);
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const lines = server
      .errors()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(lines.map((line) => line.event)).toEqual(
      expect.arrayContaining(['server_listening', 'phase_changed', 'load_ended', 'attempt_ended', 'server_stopping', 'server_stopped']),
    );
    expect(server.errors()).not.toContain('2 + 2');
  });

  it('goes on by itself, with a seam, when the process of a model is killed in the middle of an answer', async () => {
    await using server = await startServerProcess();
    await ask(server, 'What is 2 + 2?');
    const events = readEvents(await askStreamed(server, 'Tell me a story.', { options: { ...LONG, max_tokens: 600 } }));
    const children = await childrenOf(server.pid);
    await nextEvent(events, (event) => event.event === 'text');
    for (const pid of children) process.kill(pid, 'SIGKILL');
    const seam = await nextEvent(events, (event) => event.event !== 'text' && event.event !== 'phase');
    expect(JSON.parse(seam.data)).toMatchObject({ type: 'seam', reason: expect.stringMatching(/SIGKILL|killed/i) });
    const last = await nextEvent(events, (event) => event.event === 'error' || event.event === 'finish');
    expect(JSON.parse(last.data)).toMatchObject({
      type: 'finish',
      receipt: { attempts: [{ outcome: 'failed', code: 'engine_died' }, { outcome: 'finished' }] },
    });
  });

  it('says so explicitly when that happens and it may not try again, and loads the model for the next', async () => {
    await using server = await startServerProcess({ MODEL_RETRIES: '1' });
    await ask(server, 'What is 2 + 2?');
    const events = readEvents(await askStreamed(server, 'Tell me a story.', { options: LONG }));
    const children = await childrenOf(server.pid);
    await nextEvent(events, (event) => event.event === 'text');
    for (const pid of children) process.kill(pid, 'SIGKILL');
    const last = await nextEvent(events, (event) => event.event === 'error' || event.event === 'finish');
    expect(JSON.parse(last.data)).toMatchObject({ type: 'error', code: 'engine_died', kept: true, source: 'upstream' });
    const failed = await modelOf(server, 'pilot:latest');
    expect(failed).toMatchObject({ phase: 'failed', ready: false });
    expect(failed?.reason).toMatch(/SIGKILL|killed/i);
    const again = chatReplySchema.parse(await (await ask(server, 'What is 2 + 2?')).json());
    expect(again.response).toMatch(/4/);
  });

  it('logs questions and answers only where that is asked for', async () => {
    await using server = await startServerProcess({ LOG_CONTENT: 'true' });
    const { response } = chatReplySchema.parse(await (await ask(server, 'What is 2 + 2?')).json());
    await expect.poll(() => server.errors(), PATIENT).toContain(`"text":${JSON.stringify(response)}`);
    expect(server.errors()).toContain('"text":"What is 2 + 2?"');
  });

  it('ends at once when Ctrl-C comes twice', async () => {
    await using server = await startServerProcess();
    await expect.poll(() => server.output(), PATIENT).toContain('Models\n');
    server.kill('SIGINT');
    server.kill('SIGINT');
    expect([0, 130]).toContain(await server.exited);
  });

  it('ends in the middle of an answer, whose end is in the log and in the database', async () => {
    await using data = await startServerProcess();
    const events = readEvents(await askStreamed(data, 'Tell me a story.', { conversation_id: 'c1', options: LONG }));
    await nextEvent(events, (event) => event.event === 'text');
    data.kill('SIGINT');
    const last = await nextEvent(events, (event) => event.event === 'error' || event.event === 'finish');
    expect(JSON.parse(last.data)).toMatchObject({ type: 'error', code: 'interrupted' });
    expect(await data.exited).toBe(0);
    await using again = await startServerProcess({ PILOTLIGHT_DATA: data.dataFolder });
    const history = (await (await fetch(`${again.url}/api/conversations/c1`)).json()) as {
      messages: { state?: string; content: string }[];
    };
    expect(history.messages[1]).toMatchObject({ state: 'interrupted' });
    expect(history.messages[1]?.content.length).toBeGreaterThan(0);
  });
});

describe('an error that nobody caught', () => {
  /** What happens at a signal that the server has no use for. */
  const planted = (fault: string): Record<string, string> => ({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${fault} })`)}`,
  });

  it('ends the server in order and with 1: it went on, whatever state it was left in', async () => {
    await using server = await startServerProcess(planted("throw new Error('planted')"));
    server.kill('SIGUSR2');
    expect(await server.exited).toBe(1);
    expect(server.errors()).toMatch(/planted[^]*"server_stopping"[^]*"server_stopped"/);
  });

  it('but came out of a promise is logged alone', async () => {
    await using server = await startServerProcess(planted("Promise.reject(new Error('planted'))"));
    server.kill('SIGUSR2');
    await expect.poll(() => server.errors(), PATIENT).toContain('planted');
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);
  });
});

describe('with an Ollama server', () => {
  it('50 first requests at once cause one load, and one that leaves does not end it', async () => {
    await using engine = await startFakeEngine({ models: [{ name: 'fake:latest', loadMs: 800 }], parallel: 50 });
    await using server = await startServerProcess({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: 'pilot', OLLAMA_NUM_PARALLEL: '50' });
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.phase, PATIENT).toBe('cold');
    const leaver = new AbortController();
    const left = askStreamed(server, 'What is 2 + 2?', { model: 'fake' }, leaver.signal).then((response) =>
      response.body?.getReader().read(),
    );
    const all = Array.from({ length: 50 }, () => ask(server, 'What is 2 + 2?', { model: 'fake' }));
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.phase, PATIENT).toMatch(/loading|warming/);
    await left;
    leaver.abort();
    const replies = await Promise.all(all.map(async (response) => chatReplySchema.parse(await (await response).json())));
    expect(new Set(replies.map((reply) => reply.response))).toEqual(new Set(['4']));
    const state = await engine.control.state();
    expect(state.events.filter((event) => event.type === 'load-start')).toHaveLength(1);
  });

  it('shows the load in the stream, and then the answer', async () => {
    await using engine = await startFakeEngine({ models: [{ name: 'fake:latest', loadMs: 1_500 }] });
    await using server = await startServerProcess({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: 'pilot' });
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.phase, PATIENT).toBe('cold');
    const events = await allEvents(await askStreamed(server, 'What is 2 + 2?', { model: 'fake' }));
    const phases = events.filter((event) => event.event === 'phase').map((event) => (JSON.parse(event.data) as { phase: string }).phase);
    expect(phases).toContain('loading');
    expect(events.at(-1)?.event).toBe('finish');
    expect(
      events
        .filter((event) => event.event === 'text')
        .map((event) => (JSON.parse(event.data) as { text: string }).text)
        .join(''),
    ).toBe('4');
  });

  it('follows it when it is killed and started again, and answers meanwhile', async () => {
    const first = await startFakeEngine();
    await using server = await startServerProcess({ OLLAMA_HOST: first.url, OLLAMA_MODEL: 'pilot' });
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.health, PATIENT).toBe(true);
    await first[Symbol.asyncDispose]();
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.health, { timeout: 3_000, interval: 50 }).toBe(false);
    const view = modelsViewSchema.parse(await (await fetch(`${server.url}/api/models`)).json());
    expect(view.engines.find((candidate) => candidate.id === 'ollama')?.reachable).toBe(false);
    expect((await ask(server, 'What is 2 + 2?')).status).toBe(200);
    // Asked while it is away: tried again until it is back.
    const waiting = ask(server, 'What is 2 + 2?', { model: 'fake' });
    await using _second = await startFakeEngine({ port: first.port });
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.health, { timeout: 3_000, interval: 50 }).toBe(true);
    expect(chatReplySchema.parse(await (await waiting).json()).response).toBe('4');
  }, 40_000);

  it('answers what is known at once while it hangs', async () => {
    await using engine = await startFakeEngine();
    await using server = await startServerProcess({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: 'pilot' });
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.health, PATIENT).toBe(true);
    await engine.control.fault({ kind: 'hang', on: '*' });
    await expect.poll(async () => (await modelOf(server, 'fake:latest'))?.health, PATIENT).toBe(false);
    for (const path of ['/api/models', '/api/models/health', '/health', '/readyz', '/livez']) {
      expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 200]);
    }
  });
});

/** Which process has a lock on this data folder: its number, 0 for none. */
async function startedIn(folder: string): Promise<number> {
  const children = await childrenOf(process.pid);
  for (const pid of children) {
    const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const files = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
    if (files.includes(`${folder}/pilotlight.lock`)) return pid;
  }
  return 0;
}

describe('a start that cannot be', () => {
  it('names the process at a port that is taken, and ends with 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await using server = await startServerProcess({ PILOTLIGHT_PORT: String(port) });
    expect(await server.exited).toBe(1);
    expect(server.errors()).toContain(`Port ${port} is taken by process ${process.pid} (`);
    expect(server.errors()).toContain(`PILOTLIGHT_PORT=${port + 1}`);
    other.close();
  });

  it.each(['/etc/passwd', ...(process.platform === 'linux' ? ['/proc/nope'] : [])])(
    'with %s as its data folder says one sentence: it printed a stack, loaded a model, or never ended',
    async (folder) => {
      await using server = await startServerProcess({ PILOTLIGHT_DATA: folder });
      expect(await server.exited).toBe(1);
      expect(server.errors()).toMatch(/^PILOTLIGHT_DATA: \S+ [^\n]+; name a(nother)? folder\.\n$/);
      expect(server.errors()).toContain(folder);
      expect(server.output()).toBe('');
    },
  );

  it.runIf(process.platform === 'linux')(
    'ends by SIGTERM although the disk does not answer, which it waited for without end',
    async () => {
      await using folder = await createTemporaryFolder();
      // Opening a pipe that nobody reads stands for a disk that has gone.
      execFileSync('mkfifo', [`${folder.path}/pilotlight.db`]);
      const started = startServerProcess({ PILOTLIGHT_DATA: folder.path });
      const lock = `${folder.path}/pilotlight.lock`;
      await expect.poll(() => existsSync(lock), PATIENT).toBe(true);
      await expect.poll(() => startedIn(folder.path), PATIENT).toBeGreaterThan(0);
      process.kill(await startedIn(folder.path), 'SIGTERM');
      await using server = await started;
      await server.exited;
      expect(server.output()).toBe('');
    },
    30_000,
  );

  it('elsewhere than on this machine without a token ends with 2 and the way out', async () => {
    await using server = await startServerProcess({ PILOTLIGHT_HOST: '0.0.0.0' });
    expect(await server.exited).toBe(2);
    expect(server.errors()).toContain('PILOTLIGHT_TOKEN');
    expect(server.output()).toBe('');
  });

  it('with a database that is none ends with 1 and says so', async () => {
    await using folder = await createTemporaryFolder();
    await writeFile(
      `${folder.path}/pilotlight.db`,
      'this is no database, and longer than a header of one has to be to be read at all, surely',
    );
    await using server = await startServerProcess({ PILOTLIGHT_DATA: folder.path });
    expect(await server.exited).toBe(1);
    expect(server.errors()).toMatch(/database/i);
  });

  it('on a data folder that another server has ends with 1 and the way out, and works as soon as that one is gone, however it went', async () => {
    await using first = await startServerProcess();
    const question = askStreamed(first, 'Tell me a story.', {
      conversation_id: 'c1',
      options: { max_tokens: 2_000, temperature: 1.5, seed: 7 },
    });
    const events = readEvents(await question);
    await nextEvent(events, (event) => event.event === 'text');
    {
      await using second = await startServerProcess({ PILOTLIGHT_DATA: first.dataFolder });
      expect(await second.exited).toBe(1);
      expect(second.output()).toBe('');
      expect(second.errors()).toContain(`Another Pilotlight (pid ${first.pid}) uses this data folder.\n`);
      expect(second.errors()).toContain('PILOTLIGHT_DATA');
    }
    // The first was not disturbed: its answer was not ended as interrupted.
    const view = (await (await fetch(`${first.url}/api/conversations/c1`)).json()) as { messages: { state?: string }[] };
    expect(['running', 'complete']).toContain(view.messages[1]?.state);

    first.kill('SIGKILL');
    await first.exited;
    await using third = await startServerProcess({ PILOTLIGHT_DATA: first.dataFolder });
    expect((await fetch(`${third.url}/api/conversations/c1`)).status).toBe(200);
  });
});
