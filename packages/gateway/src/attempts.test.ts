import { EngineError } from '@pilotlight/contract';
import type { EngineFailure } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { AnswerScript } from './testing/scripted-engine.ts';

const GOOD: AnswerScript = { firstMs: 100, gapMs: 50, tokens: 3 };

/** Fails the first `times` answers after so many tokens. */
function failing(failure: EngineFailure, { times = 1, after = 0 } = {}) {
  return (_request: unknown, number: number): AnswerScript =>
    number > times ? GOOD : { ...GOOD, error: { after, error: new EngineError(failure, `it was ${failure}`) } };
}

describe('what is tried again before the first token', () => {
  it.each(['cut', 'overloaded', 'failed', 'died'] satisfies EngineFailure[])(
    '%s: after a pause, unseen but for its words',
    async (failure) => {
      await using bench = await setUpBench({ engines: [{ answer: failing(failure, { times: 2 }) }] });
      const answer = bench.ask();
      expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
      expect(answer.text()).toBe('t0 t1 t2 ');
      expect(answer.parts.at(-1)).toMatchObject({
        receipt: { attempts: [{ outcome: 'failed' }, { outcome: 'failed' }, { outcome: 'finished' }] },
      });
      const words = answer.parts.flatMap((part) => (part.type === 'phase' && part.phase === 'retrying' ? [part.reason] : []));
      expect(words[0]).toMatch(/^It was \w+\. Trying again in .*, try 2 of at most 6$/);
      expect(bench.log.filter(({ name }) => name === 'retry')).toHaveLength(2);
    },
  );

  it.each([
    ['invalid', 'invalid_request', 0],
    ['unsupported', 'not_supported', 0],
    ['too_long', 'context_too_long', 0],
    ['protocol', 'engine_protocol', 1],
  ] as const)(
    '%s is not: it would be the same again, and counts against the model only if it is its doing',
    async (failure, code, failures) => {
      await using bench = await setUpBench({ engines: [{ answer: failing(failure) }] });
      expect(codeOf(await bench.clock.advanceUntil(bench.ask().ended))).toBe(code);
      expect(bench.engine.answers).toHaveLength(1);
      expect(bench.gateway.models().models[0]?.metrics).toMatchObject({ failures });
    },
  );

  it('writes nothing into the log of what an engine says about a request that it calls wrong: it may be the prompt', async () => {
    const error = new EngineError('invalid', 'bad input: my secret', { cause: new Error('my secret') });
    await using bench = await setUpBench({ engines: [{ answer: () => ({ ...GOOD, error: { after: 0, error } }) }] });
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toMatchObject({ detail: 'bad input: my secret' });
    const line = bench.log.find(({ name }) => name === 'attempt');
    expect(line).toMatchObject({ outcome: 'failed', code: 'invalid_request' });
    expect(line).not.toHaveProperty('detail');
    expect(line).not.toHaveProperty('cause');
  });

  it('gives up after as many tries as the settings allow', async () => {
    await using bench = await setUpBench({ engines: [{ answer: failing('failed', { times: 99 }) }], settings: { maxAttempts: 3 } });
    const problem = await bench.clock.advanceUntil(bench.ask().ended);
    expect(problem).toMatchObject({ code: 'engine_error', source: 'upstream' });
    expect(bench.engine.answers).toHaveLength(3);
  });

  it('waits as long as the engine asks for', async () => {
    const answer = (_request: unknown, number: number): AnswerScript =>
      number > 1 ? GOOD : { ...GOOD, error: { after: 0, error: new EngineError('overloaded', 'busy', { retryAfterSeconds: 40 }) } };
    await using bench = await setUpBench({ engines: [{ answer }] });
    const answered = bench.ask();
    await bench.clock.advance(39_000);
    expect(bench.engine.answers).toHaveLength(1);
    await bench.clock.advanceUntil(answered.ended);
    expect(bench.engine.answers).toHaveLength(2);
  });

  it('does not wait for days, but says that it is full and when to come again', async () => {
    const answer = (): AnswerScript => ({
      ...GOOD,
      error: { after: 0, error: new EngineError('overloaded', 'busy', { retryAfterSeconds: 999_999 }) },
    });
    await using bench = await setUpBench({ engines: [{ answer }] });
    const answered = bench.ask();
    await bench.clock.advance(90_000);
    expect(await answered.ended).toMatchObject({ code: 'queue_full', retryAfterSeconds: 999_999 });
    expect(bench.engine.answers).toHaveLength(1);
  });

  it('keeps a load that was refused for so long for no more than 60 s', async () => {
    const load = (_model: string, number: number) => ({
      durationMs: 100,
      ...(number === 1 && { error: new EngineError('overloaded', 'busy', { retryAfterSeconds: 999_999 }) }),
    });
    await using bench = await setUpBench({ engines: [{ load }] });
    expect(codeOf(await bench.clock.advanceUntil(bench.ask().ended))).toBe('queue_full');
    await bench.clock.advance(61_000);
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
  });

  it('retries for three at a time at most when everything fails, so that failing does not become a flood', async () => {
    await using bench = await setUpBench({ engines: [{ slots: 10, answer: failing('failed', { times: 99 }) }] });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    const answers = Array.from({ length: 10 }, () => bench.ask());
    await bench.clock.settle();
    await bench.clock.advance(0);
    const retrying = bench.log.filter(({ name }) => name === 'retry').length;
    expect(retrying).toBe(3);
    await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
  });
});

describe('an answer without its end marker', () => {
  it('is cut, whatever it looks like', async () => {
    await using bench = await setUpBench();
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    Object.assign(bench.engine, {
      async *stream() {
        yield { type: 'text', text: 't0 ' };
      },
    });
    const answer = bench.ask();
    expect(await bench.clock.advanceUntil(answer.ended)).toMatchObject({ code: 'answer_cut' });
    expect(answer.parts.some(({ type }) => type === 'finish')).toBe(false);
  });
});

describe('an engine that dies', () => {
  it('in the middle of an answer: what came is kept, the cause is said, the next request loads again at once', async () => {
    await using bench = await setUpBench({ engines: [{ observation: 'push', answer: () => ({ firstMs: 100, gapMs: 1000, tokens: 5 }) }] });
    const answer = bench.ask();
    await bench.clock.advance(3500);
    expect(answer.text()).toBe('t0 t1 t2 ');
    bench.engine.killRunner('mistral:latest');
    await bench.clock.settle();
    expect(await answer.ended).toMatchObject({ code: 'engine_died', facts: { receipt: { attempts: [{ code: 'engine_died' }] } } });
    expect(bench.view('mistral')).toMatchObject({ phase: 'failed', health: true, reason: 'killed by signal 9', active: 0 });
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
    expect(bench.engine.loads).toHaveLength(2);
  });

  it('before the first token: the answer comes all the same, after a second load', async () => {
    await using bench = await setUpBench({ engines: [{ observation: 'push', answer: () => ({ firstMs: 5000, gapMs: 10, tokens: 2 }) }] });
    const answer = bench.ask();
    await bench.clock.advance(2000);
    bench.engine.killRunner('mistral:latest');
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.text()).toBe('t0 t1 ');
    expect(bench.engine.loads).toHaveLength(2);
    expect(bench.engine.violations).toEqual([]);
  });

  it('while others wait: they are served by the next load', async () => {
    await using bench = await setUpBench({ engines: [{ observation: 'push', answer: () => ({ firstMs: 100, gapMs: 1000, tokens: 3 }) }] });
    const answers = [bench.ask(), bench.ask(), bench.ask()];
    await bench.clock.advance(2500);
    bench.engine.killRunner('mistral:latest');
    const ends = await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
    expect(ends.map((end) => end && codeOf(end))).toEqual(['engine_died', undefined, undefined]);
    expect(bench.engine.loads).toHaveLength(2);
  });

  it('loses no more than the first token limit on one that never begins', async () => {
    await using bench = await setUpBench({ engines: [{ answer: () => ({ ...GOOD, silentAfter: 0 }) }] });
    const answer = bench.ask();
    const problem = await bench.clock.advanceUntil(answer.ended);
    expect(problem).toMatchObject({ code: 'first_token_timeout', detail: 'no token came within 30 s' });
    expect(answer.phases().filter((phase) => phase === 'reading').length).toBeGreaterThanOrEqual(3);
    // The slot is kept for the one token that shows whether anything comes out of it.
    await bench.clock.advance(20);
    expect(bench.engine.openStreams).toBe(0);
    expect(bench.view('mistral').active).toBe(0);
  });
});

describe('routes', () => {
  const engines = [
    { id: 'ollama', models: [{ name: 'mistral:latest' }] },
    { id: 'llama.cpp', observation: 'push', models: [{ name: 'pilot:latest' }] },
  ] as const;

  it('fall to the next model when the first is away, and say so in the receipt', async () => {
    await using bench = await setUpBench({ engines });
    bench.engines[0]?.kill();
    await bench.clock.advance(2000);
    const answer = bench.ask();
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.parts.at(-1)).toMatchObject({
      receipt: {
        model: 'pilot:latest',
        fallback_reason: expect.stringContaining('mistral:latest: Ollama on localhost:11434 does not answer'),
        attempts: [
          { model: 'mistral:latest', code: 'engine_unreachable' },
          { model: 'pilot:latest', outcome: 'finished' },
        ],
      },
    });
    expect(bench.log.some(({ name }) => name === 'fallback')).toBe(true);
  });

  it('never replace a model that was named', async () => {
    await using bench = await setUpBench({ engines, settings: { maxAttempts: 2 } });
    bench.engines[0]?.kill();
    await bench.clock.advance(2000);
    const answer = bench.ask({ model: 'mistral' });
    expect(codeOf(await bench.clock.advanceUntil(answer.ended))).toBe('engine_unreachable');
    const absent = await bench.ask({ model: 'mistrl:latest' }).ended;
    expect(absent).toMatchObject({ code: 'model_not_found', detail: 'no engine has mistrl:latest; near it: mistral:latest' });
  });

  it('go on to the fallback when the first cannot be loaded', async () => {
    const load = () => ({ durationMs: 100, error: new EngineError('bad_file', 'the file is cut short') });
    await using bench = await setUpBench({ engines: [{ ...engines[0], load }, engines[1]] });
    const answer = bench.ask();
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.parts.at(-1)).toMatchObject({ receipt: { fallback_reason: 'mistral:latest: the file is cut short' } });
  });

  it('use another engine that has the model when the first fails', async () => {
    const models = [{ name: 'mistral:latest' }];
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: failing('failed') },
        { id: 'b', models },
      ],
    });
    const answer = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.parts.at(-1)).toMatchObject({ receipt: { engine: 'b', attempts: [{ engine: 'a' }, { engine: 'b' }] } });
    expect(answer.parts.at(-1)).not.toHaveProperty('receipt.fallback_reason');
  });
});
