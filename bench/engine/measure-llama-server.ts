import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { measure, SAMPLING, toQuestion } from './workload.ts';
import type { Measurement, OneAnswer, Workload } from './workload.ts';

const START_LIMIT_MS = 60_000;

/** Measures a llama-server binary on the same file, over HTTP on the loopback address. */
export async function measureLlamaServer(binary: string, workload: Workload): Promise<Measurement> {
  const port = await freePort();
  const { modelPath, contextLength, streams, threads } = workload;
  const args = ['-m', modelPath, '-c', String(contextLength * streams), '-np', String(streams), '-t', String(threads), '--jinja'];
  const server = spawn(binary, [...args, '--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const failed = once(server, 'exit').then(() => Promise.reject(new Error('llama-server ended before it was measured')));
  failed.catch(() => {});
  try {
    const address = `http://127.0.0.1:${port}`;
    await Promise.race([untilReady(address), failed]);
    await measure({ ...workload, rounds: 1 }, (stream, round) => ask(address, workload, [stream, round]));
    return await Promise.race([measure(workload, (stream, round) => ask(address, workload, [stream, round])), failed]);
  } finally {
    server.kill('SIGTERM');
  }
}

async function ask(address: string, { maxTokens }: Workload, [stream, round]: readonly [number, number]): Promise<OneAnswer> {
  const { content, seed } = toQuestion(stream, round);
  const startedMs = performance.now();
  const response = await fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [{ role: 'user', content }],
      ...SAMPLING,
      seed,
      max_tokens: maxTokens,
      stream: true,
      stream_options: { include_usage: true },
    }),
  });
  if (!response.ok || response.body === null) throw new Error(`llama-server answered ${response.status}`);
  let firstTokenMs = 0;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    if (firstTokenMs === 0 && chunk.includes('"content":"')) firstTokenMs = performance.now() - startedMs;
    text += chunk;
  }
  const tokens = Number(/"completion_tokens":\s*(\d+)/u.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(tokens)) throw new Error('llama-server did not say how many tokens it wrote');
  return { tokens, firstTokenMs };
}

async function untilReady(address: string): Promise<void> {
  const giveUpMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < giveUpMs) {
    const response = await fetch(`${address}/health`).catch(() => undefined);
    if (response?.ok === true) return;
    await wait(100);
  }
  throw new Error(`llama-server was not ready within ${START_LIMIT_MS / 1000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
