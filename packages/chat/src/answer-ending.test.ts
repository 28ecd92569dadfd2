import { Problem } from '@pilotlight/contract';
import type { Receipt } from '@pilotlight/contract';
import { expect, it } from 'vitest';

import { decideEnding, toAnswerProblem } from './answer-ending.ts';

const receipt: Receipt = {
  model: 'pilot:latest',
  engine: 'llama.cpp',
  task: 'chat',
  started_at: '2026-01-01T00:00:00.000Z',
  queue_ms: 0,
  load_ms: 0,
  total_ms: 10,
  attempts: [],
  seams: [],
};
const written = { content: 'Some text', reasoning: 'Some thought' };
const nothing = { content: '', reasoning: '' };

it('an answer that came to its end is complete, at the limit too', () => {
  for (const reason of ['stop', 'length', 'tool_calls'] as const) {
    const { terminal, answer } = decideEnding({ kind: 'finished', part: { type: 'finish', reason, receipt } }, written);
    expect(terminal).toEqual({ type: 'finish', reason, receipt });
    expect(answer).toMatchObject({ ...written, state: 'complete', finishReason: reason, model: 'pilot:latest', receipt, error: undefined });
  }
});

it('a stopped answer keeps what was written', () => {
  const { terminal, answer } = decideEnding({ kind: 'stopped', receipt }, written);
  expect(terminal).toEqual({ type: 'finish', reason: 'stopped', receipt });
  expect(answer).toMatchObject({ ...written, state: 'stopped', finishReason: 'stopped' });
});

it('a failed answer says why, whose fault it is, and whether something was kept', () => {
  const problem = new Problem('engine_died', 'It was killed.', { source: 'upstream', facts: { receipt } });
  const { terminal, answer } = decideEnding({ kind: 'failed', problem }, written);
  expect(terminal).toMatchObject({ type: 'error', code: 'engine_died', detail: 'It was killed.', source: 'upstream', kept: true, receipt });
  expect(answer).toMatchObject({ ...written, state: 'failed', error: { code: 'engine_died', detail: 'It was killed.' }, receipt });
  expect(decideEnding({ kind: 'failed', problem }, nothing).terminal).toMatchObject({ kept: false });
  expect(decideEnding({ kind: 'failed', problem }, { content: '', reasoning: 'x' }).terminal).toMatchObject({ kept: true });
});

it('a request that was not let in keeps the figures of its refusal', () => {
  const facts = { reason: 'queue_full', position: 3, estimate: { seconds: 2, basis: 'as long as the last answer' } };
  const problem = new Problem('queue_full', 'Two wait already', { retryAfterSeconds: 2, facts: { ...facts, receipt, other: 1 } });
  const { terminal } = decideEnding({ kind: 'failed', problem }, nothing);
  expect(terminal).toMatchObject({ code: 'queue_full', retry_after_seconds: 2, ...facts });
  expect(terminal).not.toHaveProperty('other');
});

it('an interrupted answer is not a failed one', () => {
  const { answer } = decideEnding({ kind: 'failed', problem: new Problem('interrupted', 'x'), receipt }, nothing);
  expect(answer).toMatchObject({ state: 'interrupted', receipt, reasoning: undefined });
});

it('a receipt that is none is left out', () => {
  const problem = new Problem('engine_error', 'x', { facts: { receipt: { model: 1 } } });
  expect(decideEnding({ kind: 'failed', problem }, nothing).terminal).not.toHaveProperty('receipt');
});

it('an error of ours tells readers nothing of its inside', () => {
  const problem = toAnswerProblem(new TypeError('secret of /home/me'));
  expect(problem.code).toBe('internal_error');
  expect(problem.detail).not.toContain('secret');
  expect(problem.cause).toBeInstanceOf(TypeError);
});
