import { EngineError } from '@pilotlight/contract';
import type { EngineFailure, GatewayPart } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Answer } from './testing/bench.ts';
import type { AnswerScript, ScriptedEngineOptions } from './testing/scripted-engine.ts';

const GOOD: AnswerScript = { firstMs: 100, gapMs: 50, tokens: 6 };
const WHOLE = 't0 t1 t2 t3 t4 t5 ';
type Script = NonNullable<ScriptedEngineOptions['answer']>;
const models = [{ name: 'mistral:latest' }];

/** Trials of whether it goes on are whole; the first answer breaks off after three tokens. */
function breaking(failure: EngineFailure, { times = 1, after = 3 } = {}): Script {
  let broken = 0;
  return ({ options }) => {
    if (options.max_tokens === 24) return { firstMs: 5, gapMs: 5, tokens: 12 };
    broken += 1;
    return broken > times ? GOOD : { ...GOOD, error: { after, error: new EngineError(failure, 'the cable was pulled') } };
  };
}
const trialsAlone: Script = ({ options }) => (options.max_tokens === 24 ? { firstMs: 5, gapMs: 5, tokens: 12 } : GOOD);

function receiptOf(answer: Answer): Extract<GatewayPart, { type: 'finish' }>['receipt'] | undefined {
  const last = answer.parts.at(-1);
  return last?.type === 'finish' ? last.receipt : undefined;
}
/** Text and seams, in order. */
function shown(answer: Answer): string {
  return answer.parts.map((part) => (part.type === 'text' ? part.text : part.type === 'seam' ? '|' : '')).join('');
}

describe('an answer that breaks off after its first token', () => {
  it.each(['cut', 'died', 'failed', 'protocol', 'out_of_memory', 'unreachable'] satisfies EngineFailure[])(
    '(%s) goes on at another engine that has the model, with the seam where it did, and the receipt tells all',
    async (failure) => {
      await using bench = await setUpBench({
        engines: [
          { id: 'a', models, answer: breaking(failure) },
          { id: 'b', models, continues: 'always', answer: () => GOOD },
        ],
      });
      const answer = bench.ask({ model: 'mistral' });
      expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
      expect(shown(answer)).toBe('t0 t1 t2 |t3 t4 t5 ');
      expect(bench.engines[1]?.answers[0]?.messages.at(-1)).toEqual({ role: 'assistant', content: 't0 t1 t2', prefix: true });
      expect(receiptOf(answer)).toMatchObject({
        engine: 'b',
        attempts: [
          { engine: 'a', outcome: 'failed', detail: 'the cable was pulled' },
          { engine: 'b', outcome: 'finished', continued: true },
        ],
        seams: [{ from: 'mistral:latest', to: 'mistral:latest', reason: 'mistral:latest at a broke off: the cable was pulled' }],
      });
    },
  );
});

describe('going on', () => {
  it('is the same text as if nothing had happened, blanks and all', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking('cut') },
        { id: 'b', models, continues: 'always', answer: () => GOOD },
      ],
    });
    const answer = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.text()).toBe(WHOLE);
  });

  it('waits for a trial where it depends on the template, and the trial is made once', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking('cut', { times: 2 }) },
        { id: 'b', models, continues: 'probe', answer: trialsAlone },
      ],
    });
    for (const trials of [2, 2]) {
      const answer = bench.ask({ model: 'mistral' });
      expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
      expect(answer.text()).toBe(WHOLE);
      expect(bench.engines[1]?.answers.filter(({ options }) => options.max_tokens === 24)).toHaveLength(trials);
    }
    const view = bench.gateway.models().models.find(({ engine }) => engine === 'b');
    expect(view).toMatchObject({ continues: 'yes' });
    expect(bench.log.filter(({ name }) => name === 'continuation')).toMatchObject([{ verdict: 'yes' }]);
  });

  it('is not done by a model that begins anew: the answer ends with what broke it off, and nothing is shown twice', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking('cut') },
        { id: 'b', models, continues: 'probe', goesOn: () => false, answer: trialsAlone },
      ],
    });
    const answer = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(answer.ended)).toMatchObject({ code: 'answer_cut', detail: 'the cable was pulled' });
    expect(shown(answer)).toBe('t0 t1 t2 ');
    expect(bench.gateway.models().models.find(({ engine }) => engine === 'b')).toMatchObject({ continues: 'no' });
  });

  it('is not done by a model whose trial showed nothing, which is tried again later', async () => {
    const tooShort: Script = ({ options }) => (options.max_tokens === 24 ? { firstMs: 5, gapMs: 5, tokens: 1 } : GOOD);
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking('cut', { times: 3 }) },
        { id: 'b', models, continues: 'probe', answer: tooShort },
      ],
    });
    for (const [pauseMs, trials] of [
      [0, 1],
      [0, 1],
      [601_000, 2],
    ] as const) {
      await bench.clock.advance(pauseMs);
      const answer = bench.ask({ model: 'mistral' });
      expect(await bench.clock.advanceUntil(answer.ended)).toMatchObject({ code: 'answer_cut' });
      expect(bench.engines[1]?.answers.filter(({ options }) => options.max_tokens === 24)).toHaveLength(trials);
    }
  });

  it('is done where it broke off too, after a pause and a load, where there is nothing else', async () => {
    const answering = breaking('died');
    await using bench = await setUpBench({
      engines: [{ observation: 'push', continues: 'always', models, answer: answering }],
    });
    const answer = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(shown(answer)).toBe('t0 t1 t2 |t3 t4 t5 ');
    expect(bench.engine.loads).toHaveLength(2);
  });

  it('is never left to the model that ships, which is only there so that there is an answer at all', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking('cut') },
        { id: 'llama.cpp', observation: 'push', continues: 'always', models: [{ name: 'pilot:latest' }] },
      ],
    });
    const answer = bench.ask();
    expect(codeOf(await bench.clock.advanceUntil(answer.ended))).toBe('answer_cut');
    expect(bench.engines[1]?.answers).toHaveLength(0);
  });

  it('is left to the next model of the route, and both are named', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking('cut') },
        { id: 'b', continues: 'always', models: [{ name: 'phi3:mini' }], answer: () => GOOD },
      ],
      settings: { routes: { chat: { models: ['mistral', 'phi3:mini'] } } },
    });
    const answer = bench.ask();
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.text()).toBe(WHOLE);
    expect(answer.parts).toContainEqual(expect.objectContaining({ type: 'seam', from: 'mistral:latest', to: 'phi3:mini' }));
  });

  it('goes on from what went on, seam after seam, until the tries are used up', async () => {
    const falling =
      (after: number): Script =>
      () => ({ ...GOOD, error: { after, error: new EngineError('cut', 'cut') } });
    const engine = (id: string, after: number) => ({ id, models, continues: 'always', answer: falling(after) }) as const;
    await using bench = await setUpBench({
      engines: [engine('a', 2), engine('b', 4), { id: 'c', models, continues: 'always', answer: () => GOOD }],
    });
    const answer = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(shown(answer)).toBe('t0 t1 |t2 t3 |t4 t5 ');
    expect(receiptOf(answer)).toMatchObject({ seams: [{}, {}] });
    expect(receiptOf(answer)).not.toHaveProperty('completion_tokens');
  });

  it('takes what was shown off a limit on the answer', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking('cut') },
        { id: 'b', models, continues: 'always', answer: () => GOOD },
      ],
    });
    expect(await bench.clock.advanceUntil(bench.ask({ model: 'mistral', options: { max_tokens: 50 } }).ended)).toBeUndefined();
    expect(bench.engines[1]?.answers[0]?.options).toEqual({ max_tokens: 47 });
  });

  it.each([
    ['an answer in a fixed form', { options: { format: 'json' } as const }],
    ['one that was stopped by its filter', {}],
  ])('is not tried with %s', async (what, request) => {
    const failure = what.startsWith('one') ? 'invalid' : 'cut';
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: breaking(failure) },
        { id: 'b', models, continues: 'always' },
      ],
    });
    const answer = bench.ask({ model: 'mistral', ...request });
    expect(codeOf(await bench.clock.advanceUntil(answer.ended))).toBe(failure === 'cut' ? 'answer_cut' : 'invalid_request');
    expect(bench.engines[1]?.answers).toHaveLength(0);
  });

  it('never repeats a tool call', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models },
        { id: 'b', models, continues: 'always' },
      ],
    });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    Object.assign(bench.engines[0] ?? {}, {
      async *stream() {
        yield { type: 'text', text: 'I look it up. ' };
        yield { type: 'tool_call', call: { id: 'c1', name: 'search', arguments: {} } };
        throw new EngineError('cut', 'cut');
      },
    });
    const answer = bench.ask({ model: 'mistral' });
    expect(codeOf(await bench.clock.advanceUntil(answer.ended))).toBe('answer_cut');
    expect(answer.parts.filter(({ type }) => type === 'tool_call')).toHaveLength(1);
    expect(bench.engines[1]?.answers).toHaveLength(0);
  });

  it('is tried after a stall too, elsewhere before where it stalled', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, continues: 'always', answer: () => ({ ...GOOD, silentAfter: 3 }) },
        { id: 'b', models, continues: 'always', answer: () => GOOD },
      ],
    });
    const answer = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.text()).toBe(WHOLE);
    expect(receiptOf(answer)).toMatchObject({ attempts: [{ engine: 'a', code: 'answer_stalled' }, { engine: 'b' }] });
  });
});

describe('a request that brings the beginning of its answer', () => {
  const request = {
    model: 'mistral',
    messages: [
      { role: 'user', content: 'count' },
      { role: 'assistant', content: 't0 t1 ', prefix: true },
    ],
  } as const;

  it('is gone on with, without a seam, and without the blank that was there', async () => {
    await using bench = await setUpBench({ engines: [{ continues: 'always', answer: () => GOOD }] });
    const answer = bench.ask(request);
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(shown(answer)).toBe('t2 t3 t4 t5 ');
    expect(bench.engine.answers[0]?.messages.at(-1)).toEqual({ role: 'assistant', content: 't0 t1', prefix: true });
  });

  it('is refused where no engine goes on, before anything is loaded', async () => {
    await using bench = await setUpBench();
    expect(await bench.ask(request).ended).toMatchObject({
      code: 'continue_not_supported',
      detail: 'mistral:latest does not go on from the beginning of an answer',
    });
    expect(bench.engine.loads).toHaveLength(0);
  });

  it('goes to the engine that goes on, by trial, and is refused when none does', async () => {
    const engine = (id: string, goesOn: boolean) =>
      ({ id, models, continues: 'probe', goesOn: () => goesOn, answer: trialsAlone }) as const;
    await using bench = await setUpBench({ engines: [engine('a', false), engine('b', true)] });
    const answer = bench.ask(request);
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(receiptOf(answer)).toMatchObject({ engine: 'b', attempts: [{ engine: 'a', code: 'continue_not_supported' }, { engine: 'b' }] });
    await using other = await setUpBench({ engines: [engine('a', false)] });
    expect(await other.clock.advanceUntil(other.ask(request).ended)).toMatchObject({ code: 'continue_not_supported' });
    // Known from now on: nothing is asked.
    const asked = other.engine.answers.length;
    expect(codeOf(await other.ask(request).ended)).toBe('continue_not_supported');
    expect(other.engine.answers).toHaveLength(asked);
  });
});
