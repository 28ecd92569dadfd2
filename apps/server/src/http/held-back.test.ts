import { spawn, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { createEventStreamParser, createHoldWatch } from '@pilotlight/contract';
import type { GatewayPart } from '@pilotlight/contract';
import { createManualClock, createTemporaryFolder, startBufferingProxy } from '@pilotlight/test-kit';
import type { ManualClock } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { createScriptedGateway, RECEIPT } from '../testing/scripted-gateway.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import type { TestServer } from '../testing/start-test-server.ts';

const WORDS = 12;
const WORD_MS = 500;

interface SlowAnswer extends AsyncDisposable {
  readonly server: TestServer;
  readonly clock: ManualClock;
  /** Lets the next word be said. */
  readonly say: () => void;
}

/** A server whose answer comes word by word, as the test says. */
async function startSlowAnswer(): Promise<SlowAnswer> {
  const clock = createManualClock();
  const gateway = createScriptedGateway();
  const gates = Array.from({ length: WORDS }, () => Promise.withResolvers<void>());
  let said = 0;
  gateway.script = async function* (): AsyncGenerator<GatewayPart> {
    for (const { promise } of gates) {
      await promise;
      yield { type: 'text', text: 'word ' };
    }
    yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
  };
  const server = await startTestServer({ gateway, clock });
  return {
    server,
    clock,
    say: () => gates[said++]?.resolve(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Resolves when the answer's log has so many words. */
async function untilLogged({ server }: SlowAnswer, words: number): Promise<void> {
  const { chat } = server.services;
  let generation: string | undefined;
  await expect.poll(async () => (generation ??= (await chat.list({ limit: 1 })).conversations[0]?.running_generation_id)).toBeDefined();
  let seen = 0;
  for await (const { part } of chat.follow(generation ?? '', 0, new AbortController().signal)) {
    if (part.type === 'text') seen += 1;
    if (seen === words) return;
  }
}

interface Reading {
  /** Words that had come before the last one was said. */
  readonly early: number;
  readonly isHeldBack: boolean;
}

/** Reads the answer through an address, on the clock of the server. */
async function readThrough(url: string, answer: SlowAnswer, isLive: boolean): Promise<Reading> {
  const { clock, say } = answer;
  const watch = createHoldWatch(() => clock.monotonic());
  const parse = createEventStreamParser(watch.take);
  let words = 0;
  let isHeldBack = false;
  const reading = (async () => {
    const response = await fetch(`${url}/api/chat/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"Speak"}',
    });
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      words += parse(piece).filter(({ event }) => event === 'text').length;
      isHeldBack ||= watch.look();
    }
  })();
  let early = 0;
  for (let said = 1; said <= WORDS; said += 1) {
    if (said === WORDS) early = words;
    say();
    await untilLogged(answer, said);
    // No time passes while it is on its way through the sockets.
    if (isLive && said < WORDS) await expect.poll(() => words).toBe(said);
    if (said < WORDS) await clock.advance(WORD_MS);
  }
  await reading;
  expect(words).toBe(WORDS);
  return { early, isHeldBack };
}

it('a stream that comes as it is sent is not taken for one that is held back', async () => {
  await using answer = await startSlowAnswer();
  expect(await readThrough(answer.server.url, answer, true)).toEqual({ early: WORDS - 1, isHeldBack: false });
});

it('a proxy that gathers what it passes on is seen by the stamps of the server, and nothing is lost', async () => {
  await using answer = await startSlowAnswer();
  await using proxy = await startBufferingProxy({ target: answer.server.url, bufferBytes: 1_000_000 });
  expect(await readThrough(proxy.url, answer, false)).toEqual({ early: 0, isHeldBack: true });
});

it('a proxy that gathers a little at a time is seen too', async () => {
  await using answer = await startSlowAnswer();
  await using proxy = await startBufferingProxy({ target: answer.server.url, bufferBytes: 700 });
  expect(await readThrough(proxy.url, answer, false)).toMatchObject({ isHeldBack: true });
});

const hasNginx = spawnSync('nginx', ['-v']).error === undefined;

/** A real nginx in front of the server that compresses streams, for which it gathers them, unless it heeds what the server asks of it. */
async function startNginx(target: string, heeds: boolean): Promise<{ readonly url: string } & AsyncDisposable> {
  const folder = await createTemporaryFolder();
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  await mkdir(join(folder.path, 'temp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder.path}/temp/${name};`);
  const config = `daemon off; pid ${folder.path}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(' ')}
    server { listen 127.0.0.1:${port}; location / { proxy_pass ${target}; proxy_http_version 1.1; proxy_set_header Host ${new URL(target).host};
    gzip on; gzip_proxied any; gzip_min_length 1; gzip_types text/event-stream;
    ${heeds ? '' : 'proxy_ignore_headers X-Accel-Buffering;'} } } }`;
  await writeFile(join(folder.path, 'nginx.conf'), config);
  const child = spawn('nginx', ['-c', join(folder.path, 'nginx.conf'), '-p', folder.path], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await expect.poll(async () => (await fetch(`${url}/livez`).catch(() => undefined))?.status).toBe(200);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}

it.skipIf(!hasNginx)('nginx lets a stream through as it is, since the server asks for that', async () => {
  await using answer = await startSlowAnswer();
  await using nginx = await startNginx(answer.server.url, true);
  expect(await readThrough(nginx.url, answer, true)).toMatchObject({ isHeldBack: false });
});

it.skipIf(!hasNginx)('nginx that compresses the stream and does not heed it is seen to hold it back', async () => {
  await using answer = await startSlowAnswer();
  await using nginx = await startNginx(answer.server.url, false);
  expect(await readThrough(nginx.url, answer, false)).toMatchObject({ isHeldBack: true });
});
