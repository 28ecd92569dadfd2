import { modelsViewSchema, modelViewSchema, Problem, problemDetailsSchema } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { createScriptedGateway, toModelView } from '../../testing/scripted-gateway.ts';
import { startTestServer } from '../../testing/start-test-server.ts';

const far = toModelView({
  name: 'hf.co/org/Some-Model:Q4_0',
  engine: 'ollama',
  provider: 'ollama',
  phase: 'cold',
  ready: false,
  default: false,
});

describe('models', () => {
  it('are listed with engines and memory', async () => {
    await using server = await startTestServer();
    const view = modelsViewSchema.parse(await (await fetch(`${server.url}/api/models`)).json());
    expect(view.models.map((model) => model.name)).toEqual(['pilot:latest']);
  });

  it.each(['pilot', 'pilot:latest', 'pilot%3Alatest', 'hf.co%2Forg%2FSome-Model:Q4_0', 'hf.co%2Forg%2FSome-Model%3AQ4_0'])(
    'are found under %s',
    async (name) => {
      await using server = await startTestServer({ gateway: createScriptedGateway([toModelView(), far]) });
      const response = await fetch(`${server.url}/api/models/${name}`);
      expect(response.status).toBe(200);
      modelViewSchema.parse(await response.json());
    },
  );

  it.each([
    ['none', 404],
    ['..%2F..%2Fetc%2Fpasswd', 400],
    ['C:%5Cx', 400],
    ['%00', 400],
    ['%E2%80%AEevil', 400],
    ['x'.repeat(7_000), 400],
    ['x'.repeat(20_000), 413],
    ['%zz', 400],
  ])('are refused under %s', async (name, status) => {
    await using server = await startTestServer();
    const response = await fetch(`${server.url}/api/models/${name}`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('are loaded, unloaded and warmed without waiting', async () => {
    await using server = await startTestServer();
    for (const path of ['/api/models/pilot/load', '/api/models/pilot/unload', '/api/models/warmup']) {
      expect([path, (await fetch(`${server.url}${path}`, { method: 'POST' })).status]).toEqual([path, 202]);
    }
    const warm = (models: string[]): Promise<Response> =>
      fetch(`${server.url}/api/models/warmup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ models }),
      });
    const refused = await warm(['pilot', 'none']);
    expect([refused.status, await refused.json()]).toMatchObject([404, { code: 'model_not_found', field: 'models.1' }]);
    expect(server.gateway.loads).toEqual(['pilot:latest', 'pilot:latest']);
  });

  it('are pinned and unpinned', async () => {
    await using server = await startTestServer();
    const send = async (method: string, name: string): Promise<unknown> => {
      const response = await fetch(`${server.url}/api/models/${name}/pin`, { method });
      return [response.status, await response.json()];
    };
    expect(await send('POST', 'pilot')).toMatchObject([200, { name: 'pilot:latest', pinned: true }]);
    expect(await send('DELETE', 'pilot')).toMatchObject([200, { name: 'pilot:latest', pinned: false }]);
    expect(await send('POST', 'none')).toMatchObject([404, { code: 'model_not_found' }]);
  });

  it('say in a header and in the body why a request was not let in', async () => {
    const gateway = createScriptedGateway();
    const facts = { reason: 'queue_full', position: 3, estimate: { seconds: 2, basis: 'as long as the last answer' } };
    gateway.load = () => {
      throw new Problem('queue_full', '2 requests wait for it already', { retryAfterSeconds: 2, facts });
    };
    await using server = await startTestServer({ gateway });
    const response = await fetch(`${server.url}/api/models/pilot/load`, { method: 'POST' });
    const { headers } = response;
    expect([response.status, headers.get('retry-after'), headers.get('pilotlight-refusal')]).toEqual([503, '2', 'queue_full']);
    expect(problemDetailsSchema.parse(await response.json())).toMatchObject({ code: 'queue_full', ...facts });
  });

  it('plan a load without doing it', async () => {
    await using server = await startTestServer({ gateway: createScriptedGateway() });
    const plan = async (body: unknown): Promise<[number, unknown]> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${server.url}/api/models/plan`, { method: 'POST', headers, body: JSON.stringify(body) });
      return [response.status, await response.json()];
    };
    expect(await plan({ model: 'pilot' })).toMatchObject([
      200,
      { model: 'pilot:latest', verdict: 'fits', needs: { bytes: 1e9 }, unload: [] },
    ]);
    const profile = { context_length: 16_384, slots: 2, cache_type: 'q8_0' };
    expect(await plan({ model: 'pilot', profile })).toMatchObject([200, { model: 'pilot:latest', profile }]);
    for (const [field, value] of Object.entries({ context_length: 1, slots: 0, cache_type: 'f8', gpu_layers: 1 }))
      expect(await plan({ model: 'pilot', profile: { [field]: value } })).toMatchObject([400, { code: 'invalid_request' }]);
    expect(await plan({ model: 'none' })).toMatchObject([404, { code: 'model_not_found', field: 'model' }]);
    expect(await plan({})).toMatchObject([400, { code: 'invalid_request', field: 'model' }]);
    expect(server.gateway.loads).toEqual([]);
  });

  it('tell in their health what keeps failing, and what another client did', async () => {
    const breaker = { state: 'open', reason: '5 answers in a row failed', since: '2026-11-24T12:00:00.000Z', failures: 5 } as const;
    const notice = { text: 'another client loaded it', at: '2026-11-24T12:00:00.000Z' };
    await using server = await startTestServer({ gateway: createScriptedGateway([{ ...toModelView(), breaker, notice }, far]) });
    const body: unknown = await (await fetch(`${server.url}/api/models/health`)).json();
    expect(body).toMatchObject({ models: [{ name: 'pilot:latest', breaker, notice }, { name: far.name }] });
    expect(body).not.toHaveProperty('models.1.breaker');
  });

  it('tell their readiness one by one', async () => {
    await using server = await startTestServer({ gateway: createScriptedGateway([toModelView(), far]) });
    const ask = async (path: string): Promise<[number, unknown]> => {
      const response = await fetch(`${server.url}${path}`);
      return [response.status, await response.json()];
    };
    expect(await ask('/readyz')).toMatchObject([200, { ready: true }]);
    expect(await ask('/readyz?model=pilot')).toMatchObject([200, { ready: true, phase: 'ready' }]);
    expect(await ask('/readyz?model=hf.co/org/Some-Model:Q4_0')).toMatchObject([503, { ready: false, phase: 'cold' }]);
    expect(await ask('/readyz?model=none')).toMatchObject([404, { code: 'model_not_found', field: 'model' }]);
    expect(await ask('/health')).toMatchObject([200, { status: 'ok', models: { total: 2, ready: 1 } }]);
    expect(await ask('/api/models/health')).toMatchObject([200, { healthy: 2, ready: 1, total: 2 }]);
    expect(await ask('/startupz')).toEqual([200, { status: 'started' }]);
  });
});
