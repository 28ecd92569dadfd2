import { modelViewSchema } from '@pilotlight/contract';
import type { ModelView } from '@pilotlight/contract';
import { fastTime, isProcessAlive, startFakeEngineHere } from '@pilotlight/test-kit';
import { expect, test } from 'vitest';

import { askServer } from './testing/ask-server.ts';
import type { SeenAnswer, ServerQuestion } from './testing/ask-server.ts';
import { nextEvent, readEvents } from './testing/read-events.ts';
import { childrenOf, startServerProcess } from './testing/start-server-process.ts';
import type { ServerProcess } from './testing/start-server-process.ts';
import { WHOLE } from './testing/stream-ends.ts';

/** Models that are in memory and give no token while everything else is well, between real processes. The server's time runs five times as fast. */

const PATIENT = { timeout: 30_000, interval: 20 };
const MODEL = 'mistral:latest';

/** Resolves with how the model looked when it was called wedged. Every change of phase is told there, however short it is. */
async function seenWedged({ url }: ServerProcess): Promise<ModelView> {
  const leaving = new AbortController();
  const events = readEvents(await fetch(`${url}/api/models/events`, { signal: leaving.signal }));
  const { data } = await nextEvent(events, (event) => event.data.includes('"phase":"wedged"'));
  leaving.abort();
  return modelViewSchema.parse((JSON.parse(data) as { readonly model: unknown }).model);
}

test(
  'an Ollama that hangs on every answer and is well on every other question: flagged, told, brought back',
  { timeout: 60_000 },
  async () => {
    await using fake = await startFakeEngineHere({ models: [{ name: MODEL, prefix: 'restarts' }] });
    await using server = await startServerProcess({ ...fastTime(5), OLLAMA_HOST: fake.url, OLLAMA_MODEL: MODEL });
    await expect.poll(async () => (await askServer(server.url, { model: MODEL })).text, PATIENT).toBe(WHOLE);
    await fake.control.fault({ kind: 'hang' });
    const answer = askServer(server.url, { model: MODEL });
    const wedged = await seenWedged(server);
    expect(wedged).toMatchObject({
      health: true,
      ready: false,
      reason: expect.stringMatching(/^in memory, and no token came within 15 s/),
    });
    await fake.control.set({ faults: [] });
    expect((await answer).error).toMatchObject({ code: 'first_token_timeout', kept: false });
    expect((await askServer(server.url, { model: MODEL })).text).toBe(WHOLE);
    const { events } = await fake.control.state();
    expect(events.filter(({ type }) => type === 'load-start')).toHaveLength(2);
  },
);

test(
  'a llama.cpp that is stopped in the middle of an answer: flagged, told with its text kept, replaced; woken up again it harms nothing',
  { timeout: 90_000 },
  async () => {
    const model = 'pilot:latest';
    const story = { model, message: 'Tell me a story', options: { temperature: 0, seed: 1, max_tokens: 16 } };
    // Goes on until it is stopped.
    const endless = { type: 'array', items: { type: 'integer' }, minItems: 1000, maxItems: 1000 };
    await using server = await startServerProcess({ ...fastTime(5), OLLAMA_MODEL: model });
    // It may not have looked at its engines yet.
    await expect.poll(async () => (await askServer(server.url, story)).error, PATIENT).toBeUndefined();
    const undisturbed = await askServer(server.url, story);
    const [old = 0] = await childrenOf(server.pid);
    const wedged = seenWedged(server);
    let answer = stopInTheMiddle(server, old, { model, message: 'Count', options: { format: endless } });
    // Where the test was slower than the model, the answer was over before it could be stopped.
    while ((await Promise.race([wedged.then(() => 'wedged'), answer.then(({ error }) => error?.code ?? 'over')])) === 'over') {
      wake(old);
      answer = stopInTheMiddle(server, old, { model, message: 'Count', options: { format: endless } });
    }
    expect(await wedged).toMatchObject({ health: true, ready: false });
    wake(old);
    const { text, error } = await answer;
    expect(error).toMatchObject({ code: 'answer_stalled', kept: true });
    expect(text).not.toBe('');
    const after = await askServer(server.url, story);
    expect({ text: after.text, error: after.error }).toEqual({ text: undisturbed.text, error: undefined });
    await expect.poll(() => isProcessAlive(old), PATIENT).toBe(false);
    expect(await childrenOf(server.pid)).toHaveLength(1);
  },
);

/** Stops the process of the model when the first words have come. */
function stopInTheMiddle({ url }: ServerProcess, pid: number, question: ServerQuestion): Promise<SeenAnswer> {
  let isStopped = false;
  return askServer(url, {
    ...question,
    onPart({ type }) {
      if (type !== 'text' || isStopped) return;
      isStopped = true;
      process.kill(pid, 'SIGSTOP');
    },
  });
}

function wake(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It was ended meanwhile.
  }
}
