import type { MessageView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { RequestRefused } from '../../api/http.ts';
import { toEnding } from './ending-words.ts';

const MESSAGE: MessageView = { id: 'm', parent_id: null, role: 'assistant', content: 'It is four.', created_at: '' };
const ERROR = { code: 'engine_died', title: "The engine's process ended", detail: 'It was killed', remedy: 'Ask again.' };

describe('toEnding', () => {
  it('says nothing about an answer that is whole or still comes', () => {
    expect(toEnding({ ...MESSAGE, state: 'complete', finish_reason: 'stop' })).toBeUndefined();
    expect(toEnding({ ...MESSAGE, state: 'running' })).toBeUndefined();
  });

  it('labels a partial answer with what was kept of it', () => {
    expect(toEnding({ ...MESSAGE, state: 'interrupted' })).toMatchObject({
      line: 'Cut off: the server stopped while this was being written. 3 words were kept.',
      sentence: 'Continue goes on from these words, Regenerate asks again; this version stays.',
    });
    expect(toEnding({ ...MESSAGE, state: 'failed', error: ERROR })).toMatchObject({
      line: "Cut off: the engine's process ended. 3 words were kept.",
      sentence: 'It was killed. Ask again.',
      code: 'engine_died',
    });
  });

  it('says that the question is kept where nothing came', () => {
    expect(toEnding({ ...MESSAGE, content: '', state: 'failed', error: ERROR })).toMatchObject({
      line: "The engine's process ended",
      sentence: 'It was killed. Your question is kept. Ask again.',
    });
  });

  it('says what helps in words of the page, where the server has told programs of an address', () => {
    const error = {
      code: 'model_not_found',
      title: 'There is no such model',
      detail: 'None has "x"',
      remedy: 'GET /api/models lists them.',
    };
    expect(toEnding({ ...MESSAGE, content: '', state: 'failed', error })?.sentence).toMatch(/ Pick one of the models there are\.$/);
    const refused = new RequestRefused({ ...error, code: 'queue_full', type: '', status: 503, source: 'app' }, 11_200);
    expect(refused.problem).toMatchObject({ title: error.title, remedy: 'Try again in 12 s.' });
  });

  it('is calm about what somebody wanted', () => {
    expect(toEnding({ ...MESSAGE, state: 'stopped' })).toMatchObject({ line: 'Stopped here', isCalm: true });
    expect(toEnding({ ...MESSAGE, state: 'complete', finish_reason: 'length' })).toMatchObject({ isCalm: true });
  });
});
