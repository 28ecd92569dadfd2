import type { MessageView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { applyParts, EMPTY_ANSWER } from '../thread/answer-state.ts';
import { modelThatAnswers } from './use-current-model.ts';

const RUNNING: MessageView = {
  id: 'm',
  parent_id: 'q',
  role: 'assistant',
  content: '',
  created_at: '2026-01-01T00:00:00.000Z',
  state: 'running',
  generation_id: 'g',
};
const START = { type: 'start', conversation_id: 'c', generation_id: 'g', message_id: 'm', model: 'a:latest' } as const;
const SEAM = { type: 'seam', from: 'a:latest', to: 'b:latest', reason: 'a:latest was silent' } as const;

function written(...parts: readonly (typeof START | typeof SEAM | { readonly type: 'text'; readonly text: string })[]) {
  return applyParts(
    EMPTY_ANSWER,
    parts.map((part, offset) => ({ offset, part })),
    0,
  );
}

describe('the model of an answer', () => {
  it('is read from the log while it is written, so that a reload does not change where the next message goes', () => {
    expect(modelThatAnswers(RUNNING, written(START))).toBe('a:latest');
    expect(modelThatAnswers(RUNNING, written(START, { type: 'text', text: 'One' }))).toBe('a:latest');
  });

  it('is the one that began it, not the one that took over', () => {
    expect(modelThatAnswers(RUNNING, written(START, { type: 'text', text: 'One' }, SEAM))).toBe('a:latest');
  });

  it('is the one of the message once it is over, and unknown before anything was read', () => {
    expect(modelThatAnswers({ ...RUNNING, state: 'complete', model: 'c:latest' }, written(START))).toBe('c:latest');
    expect(modelThatAnswers(RUNNING, undefined)).toBeUndefined();
    expect(modelThatAnswers(undefined, undefined)).toBeUndefined();
  });
});
