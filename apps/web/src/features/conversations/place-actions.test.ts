import { expect, it } from 'vitest';

import { createApi } from '../../api/api.ts';
import { RequestRefused, toProblem, type Http } from '../../api/http.ts';
import { INITIAL_STATE } from '../../app/app-state.ts';
import type { Core } from '../../app/core.ts';
import type { Route } from '../../app/router.ts';
import { createStore } from '../../app/store.ts';
import { createPlaceActions } from './place-actions.ts';

/** Actions in a page that shows this chat; the server answers when the test says so. */
function createBench(shown: string) {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const http: Http = {
    send: () => promise,
    upload: () => Promise.reject(new Error('not used')),
    stream: () => Promise.reject(new Error('not used')),
  };
  const route = createStore<Route>({ page: 'conversation', id: shown });
  const replaced: string[] = [];
  const router = { route, go: () => undefined, replace: (path: string) => void replaced.push(path) };
  const core = { api: createApi(http), store: createStore(INITIAL_STATE), router } as unknown as Core;
  return { actions: createPlaceActions(core, { readFolders: () => Promise.resolve() }), replaced, resolve, reject };
}

it('leaves the address of a chat that is deleted here as soon as anybody says that it is gone', async () => {
  const { actions, replaced, resolve } = createBench('c1');
  const removal = actions.remove('c1');
  actions.removed('c1');
  expect(replaced).toEqual(['/']);
  resolve({ id: 'c1', deleted_at: '2026-11-24T09:00:00Z', final_at: '2026-11-24T09:05:00Z' });
  expect(await removal).toBeUndefined();
});

it('stays at a chat that was deleted elsewhere, and at one whose deletion failed', async () => {
  const { actions, replaced, reject } = createBench('c1');
  actions.removed('c1');
  const removal = actions.remove('c1');
  reject(new RequestRefused(toProblem(503, undefined)));
  expect(await removal).toBe('Its answer has no explanation.');
  actions.removed('c1');
  expect(replaced).toEqual([]);
});

it('stays at another chat than the one that is deleted', async () => {
  const { actions, replaced, resolve } = createBench('c2');
  const removal = actions.remove('c1');
  actions.removed('c1');
  resolve({ id: 'c1', deleted_at: '2026-11-24T09:00:00Z', final_at: '2026-11-24T09:05:00Z' });
  await removal;
  expect(replaced).toEqual([]);
});
