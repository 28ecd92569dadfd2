import type { PhasePart, Receipt, StreamPart } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { answerText, applyParts, EMPTY_ANSWER } from './answer-state.ts';

const RECEIPT: Receipt = {
  model: 'b:latest',
  engine: 'e',
  task: 'chat',
  started_at: '2026-01-01T00:00:00.000Z',
  queue_ms: 0,
  load_ms: 0,
  total_ms: 1,
  attempts: [],
  seams: [],
};
const loading = (change: Partial<PhasePart> = {}): PhasePart => ({
  type: 'phase',
  phase: 'loading',
  model: 'a:latest',
  reason: 'for you',
  since: '2026-01-01T00:00:00.000Z',
  ...change,
});
const LOG: readonly StreamPart[] = [
  { type: 'start', conversation_id: 'c', generation_id: 'g', message_id: 'm', model: 'a:latest' },
  loading(),
  { type: 'reasoning', text: 'Hm. ' },
  { type: 'reasoning', text: 'Yes.' },
  { type: 'text', text: 'One ' },
  { type: 'text', text: 'two' },
  { type: 'seam', from: 'a:latest', to: 'b:latest', reason: 'a:latest was silent' },
  { type: 'text', text: ' three' },
  { type: 'finish', reason: 'stop', receipt: RECEIPT },
];
const logged = LOG.map((part, offset) => ({ offset, part }));

describe('applyParts', () => {
  it('tells the answer that the log tells', () => {
    const state = applyParts(EMPTY_ANSWER, logged, 1000);
    expect(state.segments.map(({ model, text }) => ({ model, text }))).toEqual([
      { model: 'a:latest', text: 'One two' },
      { model: 'b:latest', text: ' three' },
    ]);
    expect(state.segments[1]?.seam).toEqual({ from: 'a:latest', to: 'b:latest', reason: 'a:latest was silent' });
    expect(state).toMatchObject({ model: 'b:latest', reasoning: 'Hm. Yes.', phase: undefined, end: { type: 'finish' } });
    expect(answerText(state)).toBe('One two three');
  });

  it('takes every part once, wherever the connection broke and whatever came again', () => {
    const whole = applyParts(EMPTY_ANSWER, logged, 1000);
    for (let cut = 0; cut <= logged.length; cut += 1) {
      for (let again = 0; again <= cut; again += 1) {
        const first = applyParts(EMPTY_ANSWER, logged.slice(0, cut), 1000);
        expect(applyParts(first, logged.slice(again), 1000)).toEqual(whole);
      }
    }
  });

  it('does not jump over a part that is missing', () => {
    const state = applyParts(EMPTY_ANSWER, [...logged.slice(0, 4), ...logged.slice(5)], 1000);
    expect(state.next).toBe(4);
    expect(answerText(state)).toBe('');
  });

  it('holds later estimates against the first of the same phase', () => {
    const begin = Date.parse('2026-01-01T00:00:00.000Z');
    const at = (offset: number, part: StreamPart) => [{ offset, part }];
    const first = applyParts(EMPTY_ANSWER, at(0, loading({ eta: { seconds: 18, basis: 'b' } })), begin + 2000);
    expect(first.phase?.usualMs).toBe(18_000);
    const later = applyParts(first, at(1, loading({ eta: { seconds: 1, basis: 'b' }, progress: 0.5 })), begin + 30_000);
    expect(later.phase).toMatchObject({ usualMs: 18_000, progress: 0.5, heardAt: begin + 30_000 });
    const another = applyParts(later, at(2, loading({ phase: 'warming' })), begin + 31_000);
    expect(another.phase?.usualMs).toBeUndefined();
  });

  it('leaves out a type that it does not know, and goes on', () => {
    const unknown = { type: 'picture', text: 'x' } as unknown as StreamPart;
    const state = applyParts(
      EMPTY_ANSWER,
      [
        { offset: 0, part: unknown },
        { offset: 1, part: { type: 'text', text: 'ok' } },
      ],
      0,
    );
    expect(answerText(state)).toBe('ok');
  });
});
