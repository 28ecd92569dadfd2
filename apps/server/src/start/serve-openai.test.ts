import { chatReplySchema, modelsViewSchema, modelViewSchema } from '@pilotlight/contract';
import type { ModelView } from '@pilotlight/contract';
import { startFakeEngine } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { startServerProcess } from '../testing/start-server-process.ts';
import type { ServerProcess } from '../testing/start-server-process.ts';

/** Real processes on a machine that may be busy. */
const PATIENT = { timeout: 15_000, interval: 50 };
const KEY = 'sk-only-for-the-gpu';

async function modelOf(server: ServerProcess, name: string): Promise<ModelView | undefined> {
  const response = await fetch(`${server.url}/api/models/${encodeURIComponent(name)}`);
  return response.ok ? modelViewSchema.parse(await response.json()) : undefined;
}

async function ask(server: ServerProcess, model: string): Promise<string> {
  const response = await fetch(`${server.url}/api/chat/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'What is 2 + 2?', model }),
  });
  return chatReplySchema.parse(await response.json()).response;
}

describe('with servers that speak the API of OpenAI', () => {
  it('answers by each, loads where it can be told to, sends each key to its own server, and shows it nowhere', async () => {
    await using gpu = await startFakeEngine({ models: [{ name: 'big:latest', loadMs: 200 }], openai: 'llama-router', apiKey: KEY });
    await using plain = await startFakeEngine({ models: [{ name: 'small:latest' }], openai: 'plain' });
    await using locked = await startFakeEngine({ models: [{ name: 'locked:latest' }], apiKey: 'sk-another' });
    await using server = await startServerProcess({
      OLLAMA_MODEL: 'pilot',
      PILOTLIGHT_SERVERS: `gpu=${gpu.url}/v1,${plain.url},locked=${locked.url}`,
      PILOTLIGHT_SERVER_KEYS: `gpu=${KEY}`,
    });
    await expect.poll(async () => (await modelOf(server, 'big:latest'))?.phase, PATIENT).toBe('cold');
    await expect.poll(async () => (await modelOf(server, 'small:latest'))?.phase, PATIENT).toBe('unknown');
    expect(await ask(server, 'big')).toBe('4');
    expect(await ask(server, 'small')).toBe('4');
    expect(await modelOf(server, 'big:latest')).toMatchObject({ phase: 'ready', provider: 'openai', engine: 'gpu' });
    expect(await modelOf(server, 'small:latest')).toMatchObject({ phase: 'ready', engine: `openai@127.0.0.1:${plain.port}` });
    const view = modelsViewSchema.parse(await (await fetch(`${server.url}/api/models`)).json());
    expect(view.engines.find(({ id }) => id === 'locked')).toMatchObject({
      reachable: false,
      reason: expect.stringMatching(/refuses the access key \(401\)/),
    });
    const said = server.output() + server.errors() + JSON.stringify(view);
    expect(said).toContain(`openai at ${plain.url}`);
    expect(said).not.toContain(KEY);
  });
});
