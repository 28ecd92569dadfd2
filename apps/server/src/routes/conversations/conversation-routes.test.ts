import {
  acceptedSchema,
  conversationListSchema,
  conversationViewSchema,
  deletedConversationSchema,
  pageEventSchema,
  searchResultSchema,
} from '@pilotlight/contract';
import type { SearchResult } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { allEvents, nextEvent, readEvents } from '../../testing/read-events.ts';
import { AT, toModelView } from '../../testing/scripted-gateway.ts';
import { startTestServer } from '../../testing/start-test-server.ts';
import type { TestServer } from '../../testing/start-test-server.ts';

async function call(server: TestServer, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const init = body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${server.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

describe('conversations', () => {
  it('are made by their first message, listed, renamed, branched and removed', async () => {
    await using server = await startTestServer();
    const posted = await call(server, 'POST', '/api/conversations/c1/messages', { message_id: 'm1', text: 'What is 2 + 2?' });
    expect(posted.status).toBe(202);
    const accepted = acceptedSchema.parse(posted.body);
    expect(await call(server, 'POST', '/api/conversations/c1/messages', { message_id: 'm1', text: 'What is 2 + 2?' })).toEqual(posted);
    expect(await call(server, 'POST', '/api/conversations/c1/messages', { message_id: 'm1', text: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    await allEvents(await fetch(`${server.url}/api/generations/${accepted.generation_id}/events`));

    const again = await call(server, 'POST', `/api/conversations/c1/messages/${accepted.answer_id}/regenerate`);
    expect(again.status).toBe(202);
    await allEvents(await fetch(`${server.url}/api/generations/${acceptedSchema.parse(again.body).generation_id}/events`));
    const view = conversationViewSchema.parse((await call(server, 'GET', '/api/conversations/c1')).body);
    expect(view.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'assistant']);
    expect(view.head_id).toBe(acceptedSchema.parse(again.body).answer_id);
    const selected = await call(server, 'POST', '/api/conversations/c1/select', { message_id: accepted.answer_id });
    expect(conversationViewSchema.parse(selected.body).head_id).toBe(accepted.answer_id);

    expect(await call(server, 'PATCH', '/api/conversations/c1', { title: ' Sums ' })).toMatchObject({
      status: 200,
      body: { title: 'Sums' },
    });
    const list = conversationListSchema.parse((await call(server, 'GET', '/api/conversations?limit=1')).body);
    expect(list.conversations.map((conversation) => conversation.title)).toEqual(['Sums']);
    expect(deletedConversationSchema.parse((await call(server, 'DELETE', '/api/conversations/c1')).body).id).toBe('c1');
    expect(await call(server, 'GET', '/api/conversations/c1')).toMatchObject({ status: 404, body: { code: 'conversation_not_found' } });
  });

  it('are searched, page by page, with the places of the words', async () => {
    await using server = await startTestServer();
    for (const id of ['c1', 'c2', 'c3']) {
      const posted = await call(server, 'POST', `/api/conversations/${id}/messages`, { message_id: `q-${id}`, text: 'Do puffins fly?' });
      const { generation_id: generationId } = acceptedSchema.parse(posted.body);
      await allEvents(await fetch(`${server.url}/api/generations/${generationId}/events`));
    }
    await call(server, 'PATCH', '/api/conversations/c2', { title: 'Puffins' });
    const pages: SearchResult[] = [];
    for (let next: string | null = ''; next !== null; next = pages.at(-1)?.next ?? null) {
      const before = next === '' ? '' : `&before=${next}`;
      pages.push(searchResultSchema.parse((await call(server, 'GET', `/api/conversations/search?q=puff&limit=2${before}`)).body));
    }
    // Titles are the first words of the question until they are given another.
    expect(pages.flatMap(({ hits }) => hits.map((hit) => hit.message_id ?? hit.conversation.id))).toHaveLength(6);
    expect(pages[0]?.hits[0]).toMatchObject({
      conversation: { id: 'c2', title: 'Puffins' },
      snippet: 'Puffins',
      marks: [{ start: 0, end: 7 }],
    });
    expect(pages.at(-1)?.hits.at(-1)).toMatchObject({ role: 'user', snippet: 'Do puffins fly?', marks: [{ start: 3, end: 10 }] });
    expect(await call(server, 'GET', '/api/conversations/search?q=%22%20OR')).toMatchObject({
      status: 200,
      body: { hits: [], next: null },
    });
  });

  it.each([
    '/api/conversations/search',
    '/api/conversations/search?q=a&limit=51',
    '/api/conversations/search?q=a&before=x',
    `/api/conversations/search?q=${'x'.repeat(501)}`,
    '/api/conversations?limit=0',
    '/api/conversations?limit=201',
    '/api/conversations?limit=1e2',
    '/api/conversations?what=1',
    '/api/conversations?limit=1&limit=2',
  ])('refuses %s', async (path) => {
    await using server = await startTestServer();
    expect(await call(server, 'GET', path)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

describe('GET /api/events', () => {
  it('sends the picture first, then changes of models and conversations over the same connection', async () => {
    await using server = await startTestServer();
    const controller = new AbortController();
    const events = readEvents(await fetch(`${server.url}/api/events`, { signal: controller.signal }));
    const first = await events.next();
    expect(pageEventSchema.parse(JSON.parse(first.value?.data ?? ''))).toMatchObject({
      type: 'models',
      models: [{ name: 'pilot:latest' }],
    });
    for (const progress of [0.1, 0.2, 0.3])
      server.gateway.emit({ type: 'model', model: toModelView({ phase: 'loading', ready: false, progress }) });
    server.gateway.emit({
      type: 'engine',
      engine: { id: 'ollama', kind: 'ollama', address: 'http://x', reachable: false, reason: 'refused', since: AT },
    });
    const model = await nextEvent(events, (event) => event.event === 'model');
    expect(JSON.parse(model.data)).toMatchObject({ model: { progress: 0.3 } });
    await nextEvent(events, (event) => event.event === 'engine');
    await call(server, 'POST', '/api/conversations/c1/messages', { message_id: 'm1', text: 'hi' });
    const changed = await nextEvent(events, (event) => event.event === 'conversation');
    expect(pageEventSchema.parse(JSON.parse(changed.data))).toMatchObject({ conversation: { id: 'c1' } });
    await call(server, 'DELETE', '/api/conversations/c1');
    await nextEvent(events, (event) => event.event === 'conversation_removed');
    controller.abort();
  });

  it('ends when the server stops', async () => {
    await using server = await startTestServer();
    const response = await fetch(`${server.url}/api/models/events`);
    server.stop();
    expect((await allEvents(response)).map((event) => event.event)).toEqual(['models']);
  });
});
