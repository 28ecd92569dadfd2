import { dirname } from 'node:path';

import { chatReplySchema, modelsViewSchema } from '@pilotlight/contract';
import { createTemporaryFolder, findInstructModel, NO_INSTRUCT_MODEL } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { launchBrowser } from './browser.ts';
import { startRealServer } from './real-server.ts';
import { lastAnswer, openWatched, textOf } from './watched-page.ts';

const path = findInstructModel();
const LIMIT_MS = 240_000;

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/api/chat/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

it(
  `a real instruct model from a folder of one's own keeps three turns in mind, and the page shows them${path === undefined ? ` (${NO_INSTRUCT_MODEL})` : ''}`,
  { timeout: LIMIT_MS },
  async ({ skip }) => {
    if (path === undefined) return skip(NO_INSTRUCT_MODEL);
    await using folder = await createTemporaryFolder();
    await using server = await startRealServer(folder.path, { PILOTLIGHT_MODELS: dirname(path) });
    const { models } = modelsViewSchema.parse(await (await fetch(`${server.url}/api/models`)).json());
    const model = models.find(({ name }) => /instruct/.test(name))?.name;
    const conversation = { conversation_id: 'three-turns', model, options: { temperature: 0, max_tokens: 60 } };
    const replies = [];
    for (const message of ['My dog is called Rex.', 'What is the capital of France?', 'What is the name of my dog?']) {
      replies.push(chatReplySchema.parse(await post(server.url, { ...conversation, message })));
    }
    expect(replies[1]?.response).toMatch(/Paris/);
    expect(replies[2]?.response).toMatch(/Rex/);
    expect(replies[2]?.receipt.cached_tokens).toBeGreaterThan(replies[1]?.receipt.cached_tokens ?? 0);

    await using stack = new AsyncDisposableStack();
    const browser = await launchBrowser();
    stack.defer(() => browser.close());
    const { page, complaints } = await openWatched(await browser.newContext(), `${server.url}/c/three-turns`);
    await lastAnswer(page)
      .getByText(/tokens\/s/)
      .waitFor();
    expect(await textOf(page)).toMatch(/Rex/);
    expect(await page.locator('article.answer').count()).toBe(3);
    expect(complaints).toEqual([]);
  },
);
