import {
  acceptedSchema,
  conversationDetailsSchema,
  conversationExportSchema,
  conversationListSchema,
  conversationViewSchema,
  deletedConversationSchema,
  folderListSchema,
  pageEventSchema,
  presetListSchema,
  presetSchema,
} from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { allEvents, nextEvent, readEvents } from '../../testing/read-events.ts';
import { createScriptedGateway, RECEIPT, toModelView } from '../../testing/scripted-gateway.ts';
import { startTestServer } from '../../testing/start-test-server.ts';
import type { TestServer } from '../../testing/start-test-server.ts';

interface Called {
  readonly status: number;
  readonly body: unknown;
}

async function call(server: TestServer, method: string, path: string, body?: unknown): Promise<Called> {
  const init = body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${server.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function ask(server: TestServer, id: string, over: object = {}): Promise<{ answer_id: string; generation_id: string }> {
  const posted = await call(server, 'POST', `/api/conversations/${id}/messages`, {
    message_id: `q-${id}`,
    text: 'What is 2 + 2?',
    ...over,
  });
  const accepted = acceptedSchema.parse(posted.body);
  await allEvents(await fetch(`${server.url}/api/generations/${accepted.generation_id}/events`));
  return accepted;
}

async function listed(server: TestServer, query = ''): Promise<string[]> {
  const { conversations } = conversationListSchema.parse((await call(server, 'GET', `/api/conversations${query}`)).body);
  return conversations.map(({ id }) => id);
}

describe('a deleted conversation', () => {
  it('is gone at once, restored by its own address, and both are told to other tabs', async () => {
    await using server = await startTestServer();
    await ask(server, 'c1');
    const leave = new AbortController();
    const events = readEvents(await fetch(`${server.url}/api/events`, { signal: leave.signal }));
    await nextEvent(events, ({ event }) => event === 'models');
    const first = deletedConversationSchema.parse((await call(server, 'DELETE', '/api/conversations/c1')).body);
    expect(Date.parse(first.final_at)).toBeGreaterThan(Date.parse(first.deleted_at));
    expect((await call(server, 'DELETE', '/api/conversations/c1')).body).toEqual(first);
    const removed = await nextEvent(events, ({ event }) => event === 'conversation_removed');
    expect(pageEventSchema.parse(JSON.parse(removed.data))).toEqual({ type: 'conversation_removed', id: 'c1', final_at: first.final_at });
    expect(await listed(server, '?archived=any')).toEqual([]);
    for (const path of ['', '/export']) {
      expect((await call(server, 'GET', `/api/conversations/c1${path}`)).body).toMatchObject({
        code: 'conversation_not_found',
        field: 'id',
      });
    }
    expect((await call(server, 'GET', '/api/chat/history/c1')).status).toBe(404);
    expect(await call(server, 'POST', '/api/chat/message', { message: 'x', conversation_id: 'c1' })).toMatchObject({
      status: 409,
      body: { code: 'conversation_deleted' },
    });
    expect(await call(server, 'POST', '/api/conversations/c1/restore')).toMatchObject({ status: 200, body: { id: 'c1' } });
    const back = await nextEvent(events, ({ event }) => event === 'conversation');
    expect(JSON.parse(back.data)).toMatchObject({ conversation: { id: 'c1' } });
    expect(await listed(server)).toEqual(['c1']);
    expect((await call(server, 'POST', '/api/conversations/none/restore')).status).toBe(404);
    expect((await call(server, 'DELETE', '/api/chat/history/c1')).status).toBe(204);
    expect(await listed(server)).toEqual([]);
    leave.abort();
  });
});

describe('the place of a conversation', () => {
  it('is changed by what is named, and the list is cut by it', async () => {
    await using server = await startTestServer();
    for (const id of ['c1', 'c2', 'c3']) await ask(server, id);
    const pinned = await call(server, 'PATCH', '/api/conversations/c1', { pinned: true, folder: ' Sea  birds ' });
    expect(conversationDetailsSchema.parse(pinned.body)).toMatchObject({ pinned: true, folder: 'Sea birds' });
    await call(server, 'PATCH', '/api/conversations/c2', { archived: true, folder: 'Sea birds' });
    expect(await listed(server)).toEqual(['c1', 'c3']);
    expect(await listed(server, '?archived=true')).toEqual(['c2']);
    expect(await listed(server, '?archived=any&folder=Sea%20birds')).toEqual(['c1', 'c2']);
    const { next } = conversationListSchema.parse((await call(server, 'GET', '/api/conversations?limit=1')).body);
    expect(await listed(server, `?limit=1&before=${next ?? ''}`)).toEqual(['c3']);
    expect(folderListSchema.parse((await call(server, 'GET', '/api/conversations/folders')).body).folders).toEqual([
      { name: 'Sea birds', conversations: 2 },
    ]);
    await call(server, 'PATCH', '/api/conversations/c1', { pinned: false, folder: null });
    expect(conversationViewSchema.parse((await call(server, 'GET', '/api/conversations/c1')).body)).not.toHaveProperty('folder');
  });

  it.each([
    [{}, 'body'],
    [{ pinned: 'yes' }, 'pinned'],
    [{ archived: null }, 'archived'],
    [{ folder: ' ' }, 'folder'],
    [{ folder: 'x'.repeat(81) }, 'folder'],
    [{ title: '' }, 'title'],
    [{ title: 'x', colour: 'red' }, 'colour'],
    [{ settings: { options: { temperature: 99 } } }, 'settings.options.temperature'],
    [{ settings: { options: { colour: 1 } } }, 'settings.options.colour'],
    [{ settings: { model: '../x' } }, 'settings.model'],
    [{ settings: { system: 'x'.repeat(100_001) } }, 'settings.system'],
    [{ settings: {}, preset_id: 'p' }, 'body'],
    [{ preset_id: 'p p' }, 'preset_id'],
  ])('is not changed by %j', async (body, field) => {
    await using server = await startTestServer();
    await ask(server, 'c1');
    const refused = await call(server, 'PATCH', '/api/conversations/c1', body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request', field } });
  });

  it('is refused as it is for what is not there', async () => {
    await using server = await startTestServer();
    await ask(server, 'c1');
    expect(await call(server, 'PATCH', '/api/conversations/none', { pinned: true })).toMatchObject({ status: 404 });
    expect(await call(server, 'PATCH', '/api/conversations/c1', { settings: { model: 'none' } })).toMatchObject({
      status: 404,
      body: { code: 'model_not_found' },
    });
    expect(await call(server, 'PATCH', '/api/conversations/c1', { preset_id: 'none' })).toMatchObject({
      status: 404,
      body: { code: 'preset_not_found', field: 'preset_id' },
    });
    for (const query of ['?archived=maybe', '?folder=', '?folder=%20', '?archived=true&archived=true']) {
      expect((await call(server, 'GET', `/api/conversations${query}`)).status).toBe(400);
    }
  });
});

describe('a conversation that is begun with settings', () => {
  it('is made with them once, keeps them over an export and an import, and shows them in receipts', async () => {
    await using server = await startTestServer();
    const settings = { model: 'pilot:latest', system: 'Be brief.', options: { temperature: 0.5 } };
    await ask(server, 'c1', { new_conversation: { folder: 'Birds', settings } });
    await ask(server, 'c1', { message_id: 'q2', new_conversation: { folder: 'Art', temporary: true } });
    await call(server, 'PATCH', '/api/conversations/c1', { pinned: true });
    const exported = await call(server, 'GET', '/api/conversations/c1/export');
    const [view] = conversationExportSchema.parse(exported.body).conversations;
    expect(view).toMatchObject({ pinned: true, folder: 'Birds', settings });
    expect(view?.messages[1]?.receipt?.applied).toEqual({
      model: 'conversation',
      system: 'conversation',
      options: { temperature: { value: 0.5, from: 'conversation' } },
    });
    await call(server, 'POST', '/api/conversations/import', exported.body);
    const copy = (await listed(server)).find((id) => id !== 'c1') ?? '';
    expect((await call(server, 'GET', `/api/conversations/${copy}`)).body).toMatchObject({ pinned: true, folder: 'Birds', settings });
  });

  it('or is temporary: in no list and no export, and gone when it is deleted', async () => {
    await using server = await startTestServer();
    const reply = await call(server, 'POST', '/api/chat/message', {
      message: 'hush',
      conversation_id: 't1',
      new_conversation: { temporary: true },
    });
    expect(reply).toMatchObject({ status: 200, body: { response: '2 + 2 is 4.' } });
    expect(await listed(server, '?archived=any')).toEqual([]);
    expect((await call(server, 'GET', '/api/conversations/t1')).body).toMatchObject({ temporary: true });
    for (const format of ['json', 'markdown']) {
      expect(await call(server, 'GET', `/api/conversations/t1/export?format=${format}`)).toMatchObject({
        status: 409,
        body: { code: 'conversation_temporary' },
      });
    }
    expect((await call(server, 'GET', '/api/conversations/search?q=hush')).body).toMatchObject({ hits: [] });
    expect((await call(server, 'DELETE', '/api/conversations/t1')).status).toBe(200);
    expect((await call(server, 'POST', '/api/conversations/t1/restore')).status).toBe(404);
  });

  it('has no id that is an address', async () => {
    await using server = await startTestServer();
    for (const id of ['search', 'import', 'events', 'folders']) {
      const refused = await call(server, 'POST', `/api/conversations/${id}/messages`, { message_id: 'm', text: 'x' });
      expect(refused).toMatchObject({ status: 400, body: { field: 'conversation_id', detail: expect.stringContaining(`"${id}"`) } });
    }
  });
});

describe('presets', () => {
  it('are added, listed, changed, copied into conversations, told to other tabs, and removed', async () => {
    await using server = await startTestServer();
    const leave = new AbortController();
    const events = readEvents(await fetch(`${server.url}/api/events`, { signal: leave.signal }));
    const body = { id: 'p1', name: 'Terse', system: 'Be brief.', options: { seed: 1 } };
    const added = await call(server, 'POST', '/api/presets', body);
    expect(added.status).toBe(201);
    expect(presetSchema.parse(added.body)).toMatchObject(body);
    expect((await call(server, 'POST', '/api/presets', body)).body).toEqual(added.body);
    expect(await call(server, 'POST', '/api/presets', { ...body, name: 'Other' })).toMatchObject({ status: 409, body: { field: 'id' } });
    expect(JSON.parse((await nextEvent(events, ({ event }) => event === 'preset')).data)).toMatchObject({ preset: { id: 'p1' } });
    expect((await call(server, 'PATCH', '/api/presets/p1', { name: 'Short', options: null })).body).toMatchObject({ name: 'Short' });
    expect(presetListSchema.parse((await call(server, 'GET', '/api/presets')).body).presets).toMatchObject([{ id: 'p1', name: 'Short' }]);
    await ask(server, 'c1', { new_conversation: { preset_id: 'p1' } });
    expect((await call(server, 'DELETE', '/api/presets/p1')).status).toBe(204);
    await nextEvent(events, ({ event }) => event === 'preset_removed');
    expect((await call(server, 'GET', '/api/conversations/c1')).body).toMatchObject({ settings: { system: 'Be brief.' } });
    for (const [method, change] of [['DELETE'], ['PATCH', { name: 'x' }]] as const) {
      expect(await call(server, method, '/api/presets/p1', change)).toMatchObject({ status: 404, body: { code: 'preset_not_found' } });
    }
    leave.abort();
  });

  it.each([
    [{}, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x', options: { top_p: 2 } }, 'options.top_p'],
    [{ name: 'x', id: 'a b' }, 'id'],
    [{ name: 'x', tools: [] }, 'tools'],
  ])('are not made of %j', async (body, field) => {
    await using server = await startTestServer();
    expect(await call(server, 'POST', '/api/presets', body)).toMatchObject({ status: 400, body: { code: 'invalid_request', field } });
  });
});

describe('POST /api/conversations/{id}/messages/{message_id}/continue', () => {
  it('goes on in a message of its own, once for the same generation_id', async () => {
    await using server = await startTestServer();
    server.gateway.script = async function* () {
      yield { type: 'text', text: '2 + 2 ' };
      yield { type: 'finish', reason: 'length', receipt: RECEIPT };
    };
    const cut = await ask(server, 'c1');
    server.gateway.script = async function* (request) {
      const last = request.messages.at(-1);
      yield { type: 'text', text: last?.prefix === true ? 'is 4.' : 'from the beginning' };
      yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
    };
    const path = `/api/conversations/c1/messages/${cut.answer_id}/continue`;
    const first = await call(server, 'POST', path, { generation_id: 'g2' });
    expect(first.status).toBe(202);
    const events = await allEvents(await fetch(`${server.url}/api/generations/g2/events`));
    expect(events.map(({ event }) => event)).toEqual(['start', 'text', 'seam', 'text', 'finish']);
    expect((await call(server, 'POST', path, { generation_id: 'g2' })).body).toEqual(first.body);
    const { messages } = conversationViewSchema.parse((await call(server, 'GET', '/api/conversations/c1')).body);
    expect(messages.map(({ content }) => content)).toEqual(['What is 2 + 2?', '2 + 2 ', '2 + 2 is 4.']);
    const whole = acceptedSchema.parse(first.body).answer_id;
    expect(await call(server, 'POST', `/api/conversations/c1/messages/${whole}/continue`)).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_continue', field: 'message_id', remedy: expect.stringContaining('regenerate') },
    });
    expect(await call(server, 'POST', path, { model: 'none' })).toMatchObject({ status: 404, body: { code: 'model_not_found' } });
    expect((await call(server, 'POST', '/api/conversations/c1/messages/none/continue')).status).toBe(404);
  });
});

describe('continuing with a model that is known not to', () => {
  it.each([
    ['no', 422],
    [undefined, 422],
    ['untested', 202],
  ] as const)('is refused before anything is stored, with regenerate as the way out: %s', async (continues, status) => {
    const { continues: _known, ...view } = toModelView();
    await using server = await startTestServer({
      gateway: createScriptedGateway([continues === undefined ? view : { ...view, continues }]),
    });
    server.gateway.script = async function* () {
      yield { type: 'text', text: '2 + 2 ' };
      yield { type: 'finish', reason: 'length', receipt: RECEIPT };
    };
    const cut = await ask(server, 'c1');
    const answer = await call(server, 'POST', `/api/conversations/c1/messages/${cut.answer_id}/continue`);
    expect(answer.status).toBe(status);
    const { messages } = conversationViewSchema.parse((await call(server, 'GET', '/api/conversations/c1')).body);
    expect(messages).toHaveLength(status === 202 ? 3 : 2);
    if (status === 422)
      expect(answer.body).toMatchObject({ code: 'continue_not_supported', remedy: expect.stringContaining('regenerate') });
  });
});

describe('a refusal names what is wrong', () => {
  it.each([
    ['PUT', '/api/conversations/c1', undefined, 405, 'method'],
    ['DELETE', '/api/conversations/search', undefined, 404, 'id'],
    ['PATCH', '/api/presets', '{}', 405, 'method'],
    ['GET', '/api/nothing', undefined, 404, 'path'],
    ['POST', '/api/presets', '{', 400, 'body'],
    ['POST', '/api/presets', 'null', 400, 'body'],
    ['POST', '/api/conversations/c1/restore', '[1]', 400, 'body'],
  ])('%s %s', async (method, path, body, status, field) => {
    await using server = await startTestServer();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}${path}`, { method, ...(body !== undefined && { headers, body }) });
    expect([answer.status, await answer.json()]).toMatchObject([status, { status, field, remedy: expect.stringMatching(/\.$/) }]);
    if (status === 405) expect(answer.headers.get('allow')).toBeTruthy();
  });
});
