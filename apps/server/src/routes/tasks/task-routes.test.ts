import { modelDefaultsViewSchema, tasksViewSchema } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { createScriptedGateway, toModelView } from '../../testing/scripted-gateway.ts';
import { startTestServer } from '../../testing/start-test-server.ts';
import type { TestServer } from '../../testing/start-test-server.ts';

const MODELS = ['pilot:latest', 'hf.co/org/Some-Model:Q4_0'];
const start = (): Promise<TestServer> =>
  startTestServer({ gateway: createScriptedGateway(MODELS.map((name) => toModelView({ name, default: name === 'pilot:latest' }))) });

async function call(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${server.url}${path}`, { method, ...sent });
  return { status: response.status, body: await response.json() };
}

describe('the routes of tasks over HTTP', () => {
  it('are read, set as a whole, and taken back', async () => {
    await using server = await start();
    expect(tasksViewSchema.parse((await call(server, 'GET', '/api/tasks')).body).from).toBe('none');
    const set = await call(server, 'PUT', '/api/tasks', { tasks: { chat: ['pilot', 'hf.co/org/Some-Model:Q4_0'], my_own: ['pilot'] } });
    expect(set).toMatchObject({ status: 200, body: { from: 'kept', tasks: [{ task: 'chat', models: MODELS }, { task: 'my_own' }] } });
    expect((await call(server, 'PUT', '/api/tasks', { tasks: { code: ['pilot'] } })).body).toMatchObject({ tasks: [{ task: 'code' }] });
    expect((await call(server, 'GET', '/api/models/tasks/code')).body).toMatchObject({
      task: 'code',
      models: ['pilot:latest'],
      from: 'kept',
    });
    expect((await call(server, 'GET', '/api/models/tasks/night')).body).toMatchObject({ task: 'night', from: 'none' });
    expect(await call(server, 'GET', '/api/models/tasks/NOT')).toMatchObject({ status: 400, body: { field: 'task' } });
    expect((await call(server, 'DELETE', '/api/tasks')).body).toMatchObject({ from: 'none' });
  });

  it.each([
    [{ tasks: { chat: ['none'] } }, 404, 'tasks.chat.0'],
    [{ tasks: { chat: [] } }, 400, 'tasks.chat'],
    [{ tasks: { chat: Array.from({ length: 21 }, () => 'pilot') } }, 400, 'tasks.chat'],
    [{ tasks: { 'Chat!': ['pilot'] } }, 400, 'tasks.Chat!'],
    [{ tasks: { chat: 'pilot' } }, 400, 'tasks.chat'],
    [{ tasks: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, ['pilot']])) }, 400, 'tasks'],
    [{}, 400, 'tasks'],
  ])('%# is refused whole, with the field', async (body, status, field) => {
    await using server = await start();
    expect(await call(server, 'PUT', '/api/tasks', body)).toMatchObject({ status, body: { field } });
    expect((await call(server, 'GET', '/api/tasks')).body).toMatchObject({ from: 'none' });
  });

  it('are named in place of a model by a request', async () => {
    await using server = await start();
    const tasks: string[] = [];
    const { script } = server.gateway;
    server.gateway.script = (request, signal) => {
      tasks.push(request.task);
      return script(request, signal);
    };
    expect((await call(server, 'POST', '/api/chat/message', { message: 'x', task: 'code' })).status).toBe(200);
    expect((await call(server, 'POST', '/api/chat/message', { message: 'x', task_type: 'night' })).status).toBe(200);
    expect((await call(server, 'POST', '/api/conversations/c9/messages', { message_id: 'm9', text: 'x', task: 'code' })).status).toBe(202);
    expect(await call(server, 'POST', '/api/chat/message', { message: 'x', task: 'a', task_type: 'b' })).toMatchObject({
      status: 400,
      body: { field: 'task' },
    });
    expect(tasks).toEqual(['code', 'night', 'code']);
  });
});

describe('the defaults of a model over HTTP', () => {
  const PATH = '/api/models/hf.co%2Forg%2FSome-Model:Q4_0/defaults';

  it('are read, set as a whole, and taken back', async () => {
    await using server = await start();
    const view = modelDefaultsViewSchema.parse((await call(server, 'GET', '/api/models/pilot/defaults')).body);
    expect(view).toEqual({ name: 'pilot:latest', options: {}, profile: {}, from: 'none', notes: [] });
    const wish = {
      options: { temperature: 0.2, thinking: 'low', keep_alive: '10m' },
      profile: { context_length: 8192, slots: 2, cache_type: 'q8_0' },
    };
    expect(await call(server, 'PUT', PATH, wish)).toMatchObject({ status: 200, body: { ...wish, from: 'kept' } });
    expect((await call(server, 'PUT', PATH, { options: { top_k: 1 } })).body).toMatchObject({ options: { top_k: 1 }, profile: {} });
    expect((await call(server, 'DELETE', PATH)).body).toMatchObject({ options: {}, from: 'none' });
  });

  it.each([
    ['/api/models/none/defaults', {}, 404, undefined],
    [PATH, { options: { temperature: 9 } }, 400, 'options.temperature'],
    [PATH, { options: { thinking: 'a lot' } }, 400, 'options.thinking'],
    [PATH, { options: { keep_alive: 'soon' } }, 400, 'options.keep_alive'],
    [PATH, { profile: { cache_type: 'q2' } }, 400, 'profile.cache_type'],
    [PATH, { profile: { context_length: 1 } }, 400, 'profile.context_length'],
    [PATH, { surprise: 1 }, 400, 'surprise'],
  ])('%s %o is refused', async (path, body, status, field) => {
    await using server = await start();
    expect(await call(server, 'PUT', path, body)).toMatchObject({ status, body: field === undefined ? {} : { field } });
  });
});
