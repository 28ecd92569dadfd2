import type { MessageView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

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

  it('is calm about what somebody wanted', () => {
    expect(toEnding({ ...MESSAGE, state: 'stopped' })).toMatchObject({ line: 'Stopped here', isCalm: true });
    expect(toEnding({ ...MESSAGE, state: 'complete', finish_reason: 'length' })).toMatchObject({ isCalm: true });
  });
});
