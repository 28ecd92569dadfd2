import type { SearchHit, SearchResult } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { createApi } from '../../api/api.ts';
import { ConnectionLost, type ApiRequest } from '../../api/http.ts';
import { INITIAL_STATE } from '../../app/app-state.ts';
import type { Ports } from '../../app/ports.ts';
import { createStore } from '../../app/store.ts';
import { createSearch, QUIET_MS } from './create-search.ts';

function hit(id: string): SearchHit {
  const at = '2026-11-24T09:00:00Z';
  return {
    conversation: { id: 'c', title: 'T', created_at: at, updated_at: at },
    message_id: id,
    role: 'user',
    created_at: at,
    snippet: id,
    marks: [],
  };
}

/** A search whose server answers when the test says so. */
function createBench() {
  const clock = createManualClock();
  const asked: { request: ApiRequest; answer: (result: SearchResult) => Promise<void>; fail: () => Promise<void> }[] = [];
  const http = {
    send: (request: ApiRequest) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const settled = async (): Promise<void> => {
        await promise.catch(() => undefined);
        await new Promise<void>((done) => setImmediate(done));
      };
      asked.push({
        request,
        answer: (result) => (resolve(result), settled()),
        fail: () => (reject(new ConnectionLost('gone')), settled()),
      });
      return promise;
    },
    upload: () => Promise.reject(new Error('not used')),
    stream: () => Promise.reject(new Error('not used')),
  };
  const store = createStore(INITIAL_STATE);
  const search = createSearch({ api: createApi(http), ports: { clock } as unknown as Ports, store });
  return { clock, asked, search, state: () => search.state.get() };
}

describe('createSearch', () => {
  it('asks once for what was typed quickly', async () => {
    const { clock, asked, search, state } = createBench();
    for (const query of ['p', 'pl', 'plan & more']) search.write(query);
    expect(state().answer.kind).toBe('asking');
    await clock.advance(QUIET_MS);
    expect(asked.map(({ request }) => request.path)).toEqual(['/api/conversations/search?q=plan+%26+more']);
    await asked[0]?.answer({ hits: [hit('m1')], next: null });
    expect(state()).toMatchObject({ answer: { kind: 'found', next: null }, hits: [{ message_id: 'm1' }] });
  });

  it('never shows what was found for an older query', async () => {
    const { clock, asked, search, state } = createBench();
    search.write('cat');
    await clock.advance(QUIET_MS);
    search.write('dog');
    expect(asked[0]?.request.signal?.aborted).toBe(true);
    await asked[0]?.answer({ hits: [hit('old')], next: null });
    expect(state()).toMatchObject({ query: 'dog', answer: { kind: 'asking' }, hits: [] });
    search.write('');
    await clock.advance(QUIET_MS);
    expect(asked).toHaveLength(1);
    expect(state()).toEqual({ query: '', answer: { kind: 'none' }, hits: [] });
  });

  it('keeps what it has while the query grows, and does not ask again for a blank', async () => {
    const { clock, asked, search, state } = createBench();
    search.write('plan');
    await clock.advance(QUIET_MS);
    await asked[0]?.answer({ hits: [hit('m1')], next: null });
    search.write('plan ');
    await clock.advance(QUIET_MS);
    expect(asked).toHaveLength(1);
    search.write('plan b');
    expect(state().hits).toHaveLength(1);
    search.write('x');
    expect(state().hits).toHaveLength(0);
  });

  it('says that no answer came, and asks again when told to', async () => {
    const { clock, asked, search, state } = createBench();
    search.write('plan');
    await clock.advance(QUIET_MS);
    await asked[0]?.fail();
    expect(state().answer).toMatchObject({ kind: 'failed', failure: { problem: undefined } });
    search.again();
    search.again();
    expect(asked).toHaveLength(2);
    await asked[1]?.answer({ hits: [], next: null });
    expect(state().answer.kind).toBe('found');
    search.again();
    expect(asked).toHaveLength(2);
  });

  it('adds the next page to what is there', async () => {
    const { clock, asked, search, state } = createBench();
    search.write('plan');
    await clock.advance(QUIET_MS);
    await asked[0]?.answer({ hits: [hit('m1')], next: '20' });
    search.more();
    search.more();
    expect(asked[1]?.request.path).toBe('/api/conversations/search?q=plan&before=20');
    await asked[1]?.answer({ hits: [hit('m2')], next: null });
    expect(asked).toHaveLength(2);
    expect(state().hits.map(({ message_id: id }) => id)).toEqual(['m1', 'm2']);
  });
});
