import { EngineError, Problem } from '@pilotlight/contract';
import { createSeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { backoffMs } from './backoff.ts';
import { firstTokenLimitMs, guessTokens, silenceLimitMs, silenceNoticeMs } from './deadlines.ts';
import { retryOf, toProblem } from './problem-of-failure.ts';
import { createRetryBudget } from './retry-budget.ts';

const pace = (promptTokenMs?: number, gapMs?: number) => ({ promptTokenMs, gapMs });

describe('deadlines', () => {
  it('give the first token three times what reading the prompt has taken, and 30 s at least', () => {
    expect(firstTokenLimitMs(pace(10), 100)).toBe(30_000);
    expect(firstTokenLimitMs(pace(10), 4000)).toBe(120_000);
    // Never measured: slow until proven otherwise, so that a first long prompt on a small box is not given up.
    expect(firstTokenLimitMs(pace(), 4000)).toBe(840_000);
  });

  it('give the next token twenty times what is usual, and 20 s at least, with a word long before', () => {
    expect(silenceLimitMs(pace(1, 50))).toBe(20_000);
    expect(silenceLimitMs(pace(1, 3000))).toBe(60_000);
    expect(silenceNoticeMs(pace(1, 50))).toBe(5_000);
    expect(silenceNoticeMs(pace(1, 3000))).toBe(30_000);
  });

  it('guess more tokens rather than fewer', () => {
    expect(guessTokens('What is 2 + 2?'.length)).toBeGreaterThanOrEqual(5);
  });
});

describe('the pause before the next try', () => {
  it('grows from 1 s to 60 s, is anything up to that, and never shorter than asked for', () => {
    const longest = { next: () => 1, id: () => '' };
    expect([1, 2, 3, 4, 5, 6, 7, 20].map((failures) => backoffMs(failures, longest))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
    ]);
    const pauses = Array.from({ length: 50 }, () => backoffMs(4, createSeededRandomness(7)));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(8000);
    expect(backoffMs(1, longest, 30)).toBe(30_000);
    expect(backoffMs(1, longest, 999_999)).toBe(60_000);
  });
});

describe('the retry budget', () => {
  it('lets three retry always, and of many a fifth, and takes back what is given back', () => {
    const budget = createRetryBudget();
    const few = [1, 2, 3].map(() => budget.take());
    expect(few.every((permit) => permit !== undefined)).toBe(true);
    expect(budget.take()).toBeUndefined();
    few[0]?.[Symbol.dispose]();
    few[0]?.[Symbol.dispose]();
    expect(budget.take()).toBeDefined();
    const requests = Array.from({ length: 20 }, () => budget.begin());
    expect(budget.take()).toBeDefined();
    expect(budget.take()).toBeUndefined();
    for (const request of requests) request[Symbol.dispose]();
  });
});

describe('what a failure means', () => {
  it.each([
    ['unreachable', 'engine_unreachable', 'again'],
    ['died', 'engine_died', 'again'],
    ['cut', 'answer_cut', 'again'],
    ['overloaded', 'queue_full', 'again'],
    ['failed', 'engine_error', 'again'],
    ['absent', 'model_not_found', 'elsewhere'],
    ['out_of_memory', 'model_out_of_memory', 'elsewhere'],
    ['bad_file', 'model_file_invalid', 'elsewhere'],
    ['protocol', 'engine_protocol', 'elsewhere'],
    ['invalid', 'invalid_request', 'never'],
    ['unsupported', 'not_supported', 'never'],
    ['too_long', 'context_too_long', 'never'],
  ] as const)('%s is %s, to be tried %s', (failure, code, retry) => {
    const problem = toProblem(new EngineError(failure, 'words', { retryAfterSeconds: 3 }), 'answer');
    expect(problem).toMatchObject({ code, detail: 'words', source: 'upstream', retryAfterSeconds: 3 });
    expect(retryOf(problem)).toBe(retry);
  });

  it('keeps which part of the request is wrong', () => {
    expect(toProblem(new EngineError('invalid', 'x', { field: 'options.format' }), 'answer').field).toBe('options.format');
  });

  it('is another one in a load, which has a memory of its own', () => {
    expect(retryOf(toProblem(new EngineError('died', 'x'), 'load'))).toBe('elsewhere');
    expect(toProblem(new EngineError('failed', 'x'), 'load').code).toBe('model_load_failed');
  });

  it('is final where our own queue is full', () => {
    expect(retryOf(new Problem('queue_full', 'full'))).toBe('elsewhere');
  });

  it('hides from people what was never meant for them', () => {
    const problem = toProblem(new TypeError('x is not a function'), 'answer');
    expect(problem).toMatchObject({ code: 'internal_error', source: 'app' });
    expect(problem.detail).not.toContain('function');
  });
});
