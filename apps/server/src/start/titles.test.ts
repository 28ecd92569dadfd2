import { conversationViewSchema } from '@pilotlight/contract';
import { startFakeEngine } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { startServerProcess } from '../testing/start-server-process.ts';
import type { ServerProcess } from '../testing/start-server-process.ts';

/** Real processes on a machine that may be busy. */
const PATIENT = { timeout: 15_000, interval: 50 };
const QUESTION = 'How do I bake bread with rye flour?';

function post(server: ServerProcess, path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function ask(server: ServerProcess, message: string, conversation: string): Promise<void> {
  const answer = await post(server, '/api/chat/message', { message, conversation_id: conversation });
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
}

async function titleOf(server: ServerProcess, id: string): Promise<string> {
  return conversationViewSchema.parse(await (await fetch(`${server.url}/api/conversations/${id}`)).json()).title;
}

describe('the title of a conversation', () => {
  it('is made in the background, which tabs are told of, unless somebody has given one', async () => {
    await using engine = await startFakeEngine({ models: [{ name: 'fake:latest', answer: '"Rye bread at home."' }] });
    await using server = await startServerProcess({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: 'fake:latest', PILOTLIGHT_TITLES: 'true' });
    await ask(server, QUESTION, 'c1');
    await expect.poll(() => titleOf(server, 'c1'), PATIENT).toBe('Rye bread at home');
    const renamed = await fetch(`${server.url}/api/conversations/c1`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"Mine"}',
    });
    expect(renamed.status).toBe(200);
    await ask(server, 'And with wheat?', 'c1');
    await ask(server, 'Another one, please.', 'c2');
    await expect.poll(() => titleOf(server, 'c2'), PATIENT).toBe('Rye bread at home');
    expect(await titleOf(server, 'c1')).toBe('Mine');
  }, 60_000);

  it('keeps its first words where that is turned off', async () => {
    await using engine = await startFakeEngine({ models: [{ name: 'fake:latest', answer: 'A title' }] });
    await using server = await startServerProcess({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: 'fake:latest' });
    await ask(server, QUESTION, 'c1');
    await ask(server, 'And with wheat?', 'c1');
    expect(await titleOf(server, 'c1')).toBe(QUESTION);
  }, 60_000);
});
