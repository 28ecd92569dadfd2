import { chatReplySchema } from '@pilotlight/contract';
import { fastTime, startFakeEngineHere } from '@pilotlight/test-kit';
import { expect, test } from 'vitest';

import { askServer } from './testing/ask-server.ts';
import type { SeenAnswer } from './testing/ask-server.ts';
import { startServerProcess } from './testing/start-server-process.ts';
import type { ServerProcess } from './testing/start-server-process.ts';
import { WHOLE } from './testing/stream-ends.ts';

/**
 * A load of ten minutes during which the model server says nothing, on real sockets. The server's time runs twenty times as fast, that of its HTTP client
 * included, so that every limit on the way that is shorter than the load would end it; none is changed but the one that is a setting.
 */

const MODEL = 'mistral:latest';
const TIME = 20;
const LOAD_S = 600;
/** Fewer than the 60 that are due, for a machine on which timers come late and together. */
const SIGNS_OF_LIFE = 20;

async function askForJson({ url }: ServerProcess): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${url}/api/chat/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, message: 'count to 60' }),
  });
  return { status: response.status, text: await response.text() };
}

const phasesOf = ({ parts }: SeenAnswer): readonly string[] => parts.flatMap((part) => (part.type === 'phase' ? [part.phase] : []));

test('a load of ten minutes without a word ends no answer where the stall limit is above it', { timeout: 120_000 }, async () => {
  await using fake = await startFakeEngineHere({ models: [{ name: MODEL, loadMs: (LOAD_S * 1000) / TIME }] });
  await using server = await startServerProcess({
    ...fastTime(TIME, { keepsShortLimits: true }),
    OLLAMA_HOST: fake.url,
    OLLAMA_MODEL: MODEL,
    OLLAMA_TIMEOUT: `${LOAD_S * 2}`,
  });
  // It may not have looked at its engines yet.
  await expect.poll(async () => (await fetch(`${server.url}/api/models`)).text(), { timeout: 30_000 }).toContain(`"name":"${MODEL}"`);
  const [streamed, json] = await Promise.all([askServer(server.url, { model: MODEL }), askForJson(server)]);
  expect({ text: streamed.text, error: streamed.error }).toEqual({ text: WHOLE, error: undefined });
  expect(phasesOf(streamed).filter((phase) => phase === 'loading').length).toBeGreaterThan(SIGNS_OF_LIFE);
  expect(json.status).toBe(200);
  expect(chatReplySchema.parse(JSON.parse(json.text))).toMatchObject({ response: WHOLE });
  // Blanks before the value keep the connection alive.
  expect(json.text.length - json.text.trimStart().length).toBeGreaterThan(SIGNS_OF_LIFE);
  const { events } = await fake.control.state();
  expect(events.filter(({ type }) => /^load-(?:start|aborted|failed)$/.test(type))).toHaveLength(1);
});
