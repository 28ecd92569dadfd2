import { chatReplySchema, historySchema, Problem, streamPartSchema } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { allEvents } from '../../testing/read-events.ts';
import { AT, RECEIPT, sayFour } from '../../testing/scripted-gateway.ts';
import { startTestServer } from '../../testing/start-test-server.ts';
import type { TestServer } from '../../testing/start-test-server.ts';

function post(server: TestServer, path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

describe('POST /api/chat/message', () => {
  it('gives the whole answer, and the conversation remembers it', async () => {
    await using server = await startTestServer();
    const response = await post(server, '/api/chat/message', { message: 'What is 2 + 2?' });
    expect(response.status).toBe(200);
    const reply = chatReplySchema.parse(await response.json());
    expect(reply).toMatchObject({ response: '2 + 2 is 4.', model_used: 'pilot:latest', finish_reason: 'stop' });
    const history = historySchema.parse(await (await fetch(`${server.url}/api/chat/history/${reply.conversation_id}`)).json());
    expect(history.messages.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'What is 2 + 2?'],
      ['assistant', '2 + 2 is 4.'],
    ]);
    expect((await fetch(`${server.url}/api/chat/history/${reply.conversation_id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${server.url}/api/chat/history/${reply.conversation_id}`)).status).toBe(404);
  });

  it('refuses a model that no engine has, whose question was stored all the same', async () => {
    await using server = await startTestServer();
    const bodies = {
      '/api/chat/message': { message: 'typo', model: 'nope' },
      '/api/chat/stream': { message: 'typo', model: 'nope' },
      '/api/conversations/c1/messages': { message_id: 'm1', text: 'typo', model: 'nope' },
      '/api/conversations/c1/messages/m1/regenerate': { model: 'nope' },
    };
    for (const [path, body] of Object.entries(bodies)) {
      const response = await post(server, path, body);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.json()).toMatchObject({ code: 'model_not_found', field: 'model', detail: 'No engine has "nope".' });
    }
    expect((await server.services.chat.list({ limit: 10 })).conversations).toEqual([]);
  });

  it('fails with the status of the problem, the partial answer and its ids', async () => {
    await using server = await startTestServer();
    server.gateway.script = async function* () {
      yield { type: 'text', text: 'half' };
      const { Problem } = await import('@pilotlight/contract');
      throw new Problem('engine_died', 'The process ended (SIGKILL).', { source: 'upstream' });
    };
    const response = await post(server, '/api/chat/message', { message: 'hi', conversation_id: 'c1' });
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      code: 'engine_died',
      source: 'upstream',
      partial_response: 'half',
      conversation_id: 'c1',
    });
  });

  it('says why it was not let in, its place, and when to come again: that was lost on the way through the log', async () => {
    await using server = await startTestServer();
    const facts = { reason: 'queue_full', position: 3, estimate: { seconds: 2, basis: 'as long as the last answer' } };
    server.gateway.script = async function* () {
      yield* [];
      throw new Problem('queue_full', '2 requests wait for it already', { retryAfterSeconds: 2, facts });
    };
    const response = await post(server, '/api/chat/message', { message: 'hi' });
    const { headers } = response;
    expect([response.status, headers.get('retry-after'), headers.get('pilotlight-refusal')]).toEqual([503, '2', 'queue_full']);
    expect(await response.json()).toMatchObject({ code: 'queue_full', ...facts });
    const last = (await allEvents(await post(server, '/api/chat/stream', { message: 'hi' }))).at(-1);
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ type: 'error', code: 'queue_full', retry_after_seconds: 2, ...facts });
  });

  it('names the field that the engine refused', async () => {
    await using server = await startTestServer();
    server.gateway.script = async function* () {
      yield* [];
      throw new Problem('invalid_request', 'The schema uses "pattern".', { source: 'upstream', field: 'options.format' });
    };
    const response = await post(server, '/api/chat/message', { message: 'hi' });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_request', field: 'options.format' }]);
  });

  it('stores nothing of a question whose format no answer can be held to, which left an empty conversation behind', async () => {
    await using server = await startTestServer();
    server.gateway.whyNotFormat = ({ model, format }) => (format === 'json' ? undefined : `${model ?? 'The default'} refuses it.`);
    const options = { format: { not: {} } };
    const refused = await post(server, '/api/chat/message', { message: 'hi', model: 'pilot:latest', options });
    const field = 'options.format';
    expect([refused.status, await refused.json()]).toMatchObject([400, { detail: 'pilot:latest refuses it.', source: 'upstream', field }]);
    const posted = await post(server, '/api/conversations/c/messages', { message_id: 'q', text: 'hi', options });
    expect([posted.status, await posted.json()]).toMatchObject([400, { code: 'invalid_request', field }]);
    expect(await (await fetch(`${server.url}/api/conversations`)).json()).toMatchObject({ conversations: [] });
    expect((await post(server, '/api/chat/message', { message: 'hi', options: { format: 'json' } })).status).toBe(200);
  });

  it('sends blanks while a load takes long, and JSON after them', async () => {
    const clock = createManualClock();
    await using server = await startTestServer({ clock });
    const loaded = Promise.withResolvers<void>();
    server.gateway.script = async function* () {
      await loaded.promise;
      yield* sayFour();
    };
    const asked = post(server, '/api/chat/message', { message: 'hi' });
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(36_000);
    const response = await asked;
    expect(response.status).toBe(200);
    loaded.resolve();
    const body = await response.text();
    expect(body.startsWith('   {')).toBe(true);
    expect(JSON.parse(body)).toMatchObject({ response: '2 + 2 is 4.' });
    expect(clock.pending).toBe(0);
  });

  it('says a late failure inside the body', async () => {
    const clock = createManualClock();
    await using server = await startTestServer({ clock });
    const failed = Promise.withResolvers<void>();
    server.gateway.script = async function* () {
      yield { type: 'text', text: '' };
      await failed.promise;
      const { Problem } = await import('@pilotlight/contract');
      throw new Problem('load_stalled', 'No progress for 300 s.', { source: 'upstream' });
    };
    const asked = post(server, '/api/chat/message', { message: 'hi' });
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(16_000);
    const response = await asked;
    failed.resolve();
    expect(response.status).toBe(200);
    expect(JSON.parse(await response.text())).toMatchObject({ error: { code: 'load_stalled', status: 504 } });
  });
});

describe('POST /api/chat/message, when the client leaves', () => {
  it('logs no failure: it looked like an error inside the server', async () => {
    const clock = createManualClock();
    await using server = await startTestServer({ clock });
    const writing = Promise.withResolvers<void>();
    server.gateway.script = async function* (_request, signal) {
      yield { type: 'text', text: 'one ' };
      writing.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const controller = new AbortController();
    const asked = fetch(`${server.url}/api/chat/message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"hi"}',
      signal: controller.signal,
    });
    await writing.promise;
    expect(clock.pending).toBe(1);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/);
    // The timer of the exchange goes with its end.
    await expect.poll(() => clock.pending).toBe(0);
    expect(server.lines).toEqual([]);
  });
});

describe('POST /api/chat/message, when the client leaves while a dead engine is tried again', () => {
  it('logs no failure inside the server', async () => {
    const clock = createManualClock();
    await using server = await startTestServer({ clock });
    const retrying = Promise.withResolvers<void>();
    const given = Promise.withResolvers<void>();
    server.gateway.script = async function* () {
      const { Problem } = await import('@pilotlight/contract');
      yield { type: 'phase', phase: 'retrying', model: 'pilot:latest', reason: 'Try 2 of 3', since: AT };
      retrying.resolve();
      await given.promise;
      throw new Problem('engine_unreachable', 'Ollama does not answer', { source: 'upstream', facts: { receipt: RECEIPT } });
    };
    const controller = new AbortController();
    const asked = fetch(`${server.url}/api/chat/message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"hi","conversation_id":"c1"}',
      signal: controller.signal,
    });
    await retrying.promise;
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/);
    await expect.poll(() => clock.pending).toBe(0);
    given.resolve();
    await expect.poll(async () => (await server.services.chat.conversation('c1')).messages[1]?.state).toBe('failed');
    expect(server.lines.filter((line) => line.name === 'request_broke' || line.level === 'warn')).toEqual([]);
  });
});

describe('POST /api/chat/stream', () => {
  it('sends the log of the answer: start, parts, one end, each with its offset', async () => {
    await using server = await startTestServer();
    const events = await allEvents(await post(server, '/api/chat/stream', { message: 'What is 2 + 2?' }));
    expect(events.map((event) => Number(event.id))).toEqual(events.map((_, index) => index));
    const parts = events.map((event) => streamPartSchema.parse(JSON.parse(event.data)));
    expect(events.map((event) => event.event)).toEqual(parts.map((part) => part.type));
    expect(parts[0]?.type).toBe('start');
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop', receipt: RECEIPT });
    expect(parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')).toBe('2 + 2 is 4.');
  });

  it('holds the text until it is whole where the setting says so', async () => {
    await using server = await startTestServer({ holdText: true });
    const events = await allEvents(await post(server, '/api/chat/stream', { message: 'hi' }));
    const texts = events.filter((event) => event.event === 'text');
    expect(texts.map((event) => (JSON.parse(event.data) as { text: string }).text)).toEqual(['2 + 2 is 4.']);
    expect(events.at(-1)?.event).toBe('finish');
  });

  it('goes on when its reader has left, and is read again from an offset', async () => {
    await using server = await startTestServer();
    const goOn = Promise.withResolvers<void>();
    server.gateway.script = async function* () {
      yield { type: 'text', text: 'first ' };
      await goOn.promise;
      yield { type: 'text', text: 'second' };
      yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
    };
    const controller = new AbortController();
    const response = await fetch(`${server.url}/api/chat/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"hi","conversation_id":"c1"}',
      signal: controller.signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort();
    const view = await server.services.chat.conversation('c1');
    const generation = view.messages.find((message) => message.generation_id !== undefined)?.generation_id ?? '';
    goOn.resolve();
    const all = await allEvents(await fetch(`${server.url}/api/generations/${generation}/events`));
    const rest = await allEvents(
      await fetch(`${server.url}/api/generations/${generation}/events`, { headers: { 'last-event-id': all[1]?.id ?? '' } }),
    );
    expect(rest).toEqual(all.slice(2));
    const from = await allEvents(await fetch(`${server.url}/api/generations/${generation}/events?from=1`));
    expect(from).toEqual(all.slice(1));
    expect(all.at(-1)?.event).toBe('finish');
  });

  it('stops when asked, keeps what was written, and says so', async () => {
    await using server = await startTestServer();
    const writing = Promise.withResolvers<void>();
    server.gateway.script = async function* (_request, signal) {
      yield { type: 'text', text: 'one ' };
      writing.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const accepted = await post(server, '/api/conversations/c1/messages', { message_id: 'm1', text: 'count' });
    expect(accepted.status).toBe(202);
    const { generation_id } = (await accepted.json()) as { generation_id: string };
    await writing.promise;
    const stopped = await fetch(`${server.url}/api/generations/${generation_id}/stop`, { method: 'POST' });
    expect(stopped.status).toBe(204);
    const events = await allEvents(await fetch(`${server.url}/api/generations/${generation_id}/events`));
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ type: 'finish', reason: 'stopped' });
  });

  it('answers with a status of its own what fails before the first part', async () => {
    await using server = await startTestServer();
    expect((await fetch(`${server.url}/api/generations/none/events`)).status).toBe(404);
    expect((await fetch(`${server.url}/api/generations/none/events`, { headers: { 'last-event-id': 'x' } })).status).toBe(400);
    expect((await post(server, '/api/generations/none/stop', {})).status).toBe(404);
  });
});
