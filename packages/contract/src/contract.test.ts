import { describe, expect, it } from 'vitest';

import {
  chatRequestSchema,
  COMMAND_REMEDIES,
  idSchema,
  isTerminal,
  modelNameSchema,
  optionsSchema,
  PAGE_REMEDIES,
  Problem,
  PROBLEMS,
  sleep,
  streamPartSchema,
  toRemedy,
  toTimestamp,
  withTag,
} from './index.ts';
import type { Clock, ProblemCode } from './index.ts';

describe('model names', () => {
  it.each(['mistral', 'mistral:latest', 'llama3.2:3b', 'library/qwen2.5:7b-instruct-q4_K_M', 'hf.co/org/Some-Model.GGUF:Q4_0', 'Pilot'])(
    'takes %s',
    (name) => {
      expect(modelNameSchema.safeParse(name).success).toBe(true);
    },
  );

  it.each(['', '../../etc/passwd', 'a/../../b', 'C:\\x', '/absolute', 'a b', 'a::b', 'a:', '‮evil', '😀', 'a/', 'x'.repeat(201), 'a\u0000'])(
    'refuses %j',
    (name) => {
      expect(modelNameSchema.safeParse(name).success).toBe(false);
    },
  );

  it('adds the tag that is meant', () => {
    expect(withTag('mistral')).toBe('mistral:latest');
    expect(withTag('mistral:7b')).toBe('mistral:7b');
    expect(withTag('registry.local:5000/team/model')).toBe('registry.local:5000/team/model:latest');
  });
});

describe('requests', () => {
  it('refuses what it does not know, so that a typing error is not ignored', () => {
    const result = chatRequestSchema.safeParse({ message: 'Hello', temprature: 1 });
    expect(result.success).toBe(false);
  });

  it.each([
    { temperature: Number.NaN },
    { temperature: -1 },
    { top_p: 1.5 },
    { seed: 1.5 },
    { max_tokens: 0 },
    { max_tokens: 1e12 },
    { stop: [''] },
    { top_k: Infinity },
  ])('refuses options out of their range: %j', (options) => {
    expect(optionsSchema.safeParse(options).success).toBe(false);
  });

  it('refuses a message of blanks only', () => {
    expect(chatRequestSchema.safeParse({ message: ' \n ' }).success).toBe(false);
  });

  it('takes ids that clients mint', () => {
    expect(idSchema.safeParse('0192f3a4-7c1e-7b3a-9f00-000000000001').success).toBe(true);
    expect(idSchema.safeParse('../x').success).toBe(false);
  });
});

describe('problems', () => {
  it('carries status, title and remedy of its code', () => {
    const problem = new Problem('model_not_found', 'No engine has "mistrall". Near: mistral:latest.', { field: 'model' });
    expect(problem.status).toBe(404);
    expect(problem.remedy).toBe(PROBLEMS.model_not_found.remedy);
    expect(problem.source).toBe('app');
  });

  it.each(Object.entries(PROBLEMS))('%s is an error with words', (code, kind) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(kind.status).toBeGreaterThanOrEqual(400);
    expect(kind.status).toBeLessThan(600);
    expect(kind.title).not.toMatch(/[.!]$/);
    expect(kind.remedy).toMatch(/\.$/);
    expect(`${kind.title} ${kind.remedy}`).not.toMatch(/please|oops|!/i);
  });

  it.each(Object.keys(PROBLEMS))('%s has words that speak no HTTP where nobody does', (name) => {
    const code = name as ProblemCode;
    for (const remedies of [COMMAND_REMEDIES, PAGE_REMEDIES]) {
      const words = toRemedy(remedies, { code, sent: PROBLEMS[code].remedy });
      expect(words).toMatch(/^["A-Z].*\.$/);
      expect(words).not.toMatch(/\/api\/|\/docs|\b(GET|POST|PUT|PATCH|DELETE)\b|Retry-After|Authorization|Content-Type|[{}]/);
    }
  });

  it('say what one answer said of itself, and pass on what the server says where there is no better', () => {
    const facts = { retryAfterSeconds: 12, requestId: 'r-7' };
    expect(toRemedy(COMMAND_REMEDIES, { code: 'queue_full', sent: 'x', ...facts })).toBe('Try again in 12 s.');
    expect(toRemedy(PAGE_REMEDIES, { code: 'internal_error', sent: 'x', ...facts })).toMatch(/ under the id r-7\.$/);
    expect(toRemedy(COMMAND_REMEDIES, { code: 'of_tomorrow', sent: 'Do this.' })).toBe('Do this.');
  });
});

describe('stream parts', () => {
  it('knows the two that close a log', () => {
    expect(isTerminal(streamPartSchema.parse({ type: 'text', text: '4' }))).toBe(false);
    expect(
      isTerminal(
        streamPartSchema.parse({ type: 'error', code: 'answer_cut', title: 't', detail: 'd', remedy: 'r', source: 'upstream', kept: true }),
      ),
    ).toBe(true);
  });

  it('refuses progress that is no share', () => {
    const part = { type: 'phase', phase: 'loading', model: 'a:latest', reason: 'r', since: toTimestamp(0), progress: 41 };
    expect(streamPartSchema.safeParse(part).success).toBe(false);
  });
});

describe('sleep', () => {
  function recordingClock(): { clock: Clock; run: () => void; pending: () => number } {
    const timers = new Set<() => void>();
    const after: Clock['after'] = (_delayMs, callback) => {
      timers.add(callback);
      return { [Symbol.dispose]: () => void timers.delete(callback) };
    };
    return {
      clock: { now: () => 0, monotonic: () => 0, after },
      run: () => {
        for (const callback of [...timers]) callback();
      },
      pending: () => timers.size,
    };
  }

  it('resolves when its time has come', async () => {
    const { clock, run } = recordingClock();
    const slept = sleep(clock, 10);
    run();
    await expect(slept).resolves.toBeUndefined();
  });

  it('rejects with the reason of its signal and leaves no timer', async () => {
    const { clock, pending } = recordingClock();
    const controller = new AbortController();
    const slept = sleep(clock, 10, controller.signal);
    controller.abort(new Error('left'));
    await expect(slept).rejects.toThrow('left');
    expect(pending()).toBe(0);
  });

  it('does not start for a signal that has aborted', async () => {
    const { clock, pending } = recordingClock();
    await expect(sleep(clock, 10, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(pending()).toBe(0);
  });
});
