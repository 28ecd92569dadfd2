import { startLlamaServer } from '@pilotlight/test-kit';

import { measure, SAMPLING, toQuestion } from './workload.ts';
import type { Measurement, OneAnswer, Workload } from './workload.ts';

/** Measures a llama-server binary on the same file, over HTTP on the loopback address. */
export async function measureLlamaServer(binary: string, workload: Workload): Promise<Measurement> {
  const { modelPath, contextLength, streams, threads } = workload;
  await using server = await startLlamaServer({ binary, modelPath, contextLength, slots: streams, threads });
  await measure({ ...workload, rounds: 1 }, (stream, round) => ask(server.url, workload, [stream, round]));
  return await measure(workload, (stream, round) => ask(server.url, workload, [stream, round]));
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
