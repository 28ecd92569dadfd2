import { describe, expect, it } from 'vitest';

import { createApi } from '../../api/api.ts';
import { ConnectionLost, RequestRefused, toProblem, type ApiRequest } from '../../api/http.ts';
import { INITIAL_STATE } from '../../app/app-state.ts';
import { createStore } from '../../app/store.ts';
import { importFile } from './import-file.ts';

function createBench(answer: () => Promise<unknown> = () => Promise.reject(new Error('not to be asked'))) {
  const asked: ApiRequest[] = [];
  const http = {
    send(request: ApiRequest) {
      asked.push(request);
      return answer();
    },
    upload: () => Promise.reject(new Error('not used')),
    stream: () => Promise.reject(new Error('not used')),
  };
  return { asked, core: { api: createApi(http), store: createStore(INITIAL_STATE) } };
}

function file(text: string, size = text.length) {
  return { name: 'chats.json', size, text: () => Promise.resolve(text) };
}

describe('importFile', () => {
  it('sends what is in the file', async () => {
    const result = { source: 'chatgpt', imported: [], refused: [] };
    const { core, asked } = createBench(() => Promise.resolve(result));
    expect(await importFile(core, file('[{"title": "T"}]'))).toEqual({ kind: 'imported', result });
    expect(asked).toEqual([{ method: 'POST', path: '/api/conversations/import', body: [{ title: 'T' }] }]);
  });

  it('sends nothing that is too large, no JSON, or gone', async () => {
    const { core, asked } = createBench();
    const gone = { ...file(''), text: () => Promise.reject(new Error('NotFoundError')) };
    const outcomes = [await importFile(core, file('{}', 42e6)), await importFile(core, file('# Title')), await importFile(core, gone)];
    expect(outcomes).toMatchObject([
      { kind: 'failed', why: '“chats.json” has 42 MB; at most 16 MB can be taken in at once.' },
      { kind: 'failed', why: '“chats.json” is not JSON.' },
      { kind: 'failed', why: '“chats.json” could not be read.' },
    ]);
    expect(asked).toEqual([]);
  });

  it('gives the reason of the server, and what helps', async () => {
    const problem = { ...toProblem(422, undefined), detail: 'it is no export that is known', remedy: 'Send another.' };
    const { core } = createBench(() => Promise.reject(new RequestRefused(problem)));
    expect(await importFile(core, file('{}'))).toEqual({ kind: 'failed', why: 'It is no export that is known.', helps: 'Send another.' });
  });

  it('does not pretend to know what became of it without an answer', async () => {
    const { core } = createBench(() => Promise.reject(new ConnectionLost('gone')));
    expect(await importFile(core, file('{}'))).toMatchObject({ kind: 'failed', why: expect.stringContaining('is not known') });
  });
});
