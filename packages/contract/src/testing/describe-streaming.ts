import { expect } from 'vitest';

import type { EnginePart } from '../engine.ts';
import type { Options } from '../options.ts';
import type { EngineSuite } from './engine-suite.ts';
import { isToken, loadModel, longRequest, neverAborted, readAnswer, readFailure, shortRequest, textOf } from './read-answer.ts';
import { testAbility, testEngine } from './test-ability.ts';

function finishOf(parts: readonly EnginePart[]): EnginePart & { type: 'finish' } {
  const last = parts.at(-1);
  if (last?.type !== 'finish') throw new Error(`the last part is ${JSON.stringify(last)}`);
  return last;
}

const EVERY_OPTION: Required<Omit<Options, 'format' | 'max_tokens'>> = {
  temperature: 0.5,
  top_p: 0.9,
  top_k: 40,
  min_p: 0.05,
  repeat_penalty: 1.1,
  presence_penalty: 0.1,
  frequency_penalty: 0.1,
  seed: 1,
  stop: ['no such text'],
  thinking: 'low',
  context_length: 1_000_000,
  keep_alive: '10m',
  queue_timeout: '10m',
  total_timeout: '1h',
};

/** One answer from its first part to its last. */
export function describeStreaming(suite: EngineSuite): void {
  testEngine(suite, 'an answer has text, and exactly one finish as its last part', async (subject) => {
    await loadModel(subject);
    const parts = await readAnswer(subject.engine, shortRequest(subject));
    expect(parts.filter((part) => part.type === 'finish')).toHaveLength(1);
    expect(finishOf(parts).reason).toMatch(/^(?:stop|length)$/);
    expect(textOf(parts).trim()).not.toBe('');
    for (const part of parts) if (part.type === 'text' || part.type === 'reasoning') expect(part.text).not.toBe('');
  });

  testEngine(suite, 'reading the prompt is reported before the first token, and never beyond its end', async (subject) => {
    await loadModel(subject);
    const parts = await readAnswer(subject.engine, longRequest(subject));
    const firstToken = parts.findIndex(isToken);
    for (const [index, part] of parts.entries()) {
      if (part.type !== 'reading') continue;
      expect(index).toBeLessThan(firstToken);
      expect(part.tokensDone).toBeLessThanOrEqual(part.tokensTotal);
    }
  });

  testEngine(suite, 'finish counts the tokens of prompt and answer', async (subject) => {
    await loadModel(subject);
    const { usage } = finishOf(await readAnswer(subject.engine, longRequest(subject)));
    expect(usage.promptTokens).toBeGreaterThan(0);
    expect(usage.completionTokens).toBeGreaterThan(0);
    expect(usage.cachedTokens ?? 0).toBeLessThanOrEqual(usage.promptTokens ?? 0);
  });
  testAbility(suite.abilities.timesAnswers, 'finish has the durations of prompt and answer', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      const { timings } = finishOf(await readAnswer(subject.engine, longRequest(subject)));
      expect(timings.promptMs).toBeGreaterThanOrEqual(0);
      expect(timings.completionMs).toBeGreaterThanOrEqual(0);
    });
  });

  testEngine(suite, 'max_tokens ends the answer as "length", at that number', async (subject) => {
    await loadModel(subject);
    const finish = finishOf(await readAnswer(subject.engine, longRequest(subject, { max_tokens: 5 })));
    expect(finish.reason).toBe('length');
    expect(finish.usage.completionTokens).toBe(5);
  });

  testEngine(suite, 'a stop text ends the answer as "stop" and is not in it', async (subject) => {
    await loadModel(subject);
    const whole = textOf(await readAnswer(subject.engine, longRequest(subject)));
    expect(whole.indexOf(subject.stopText)).toBeGreaterThan(0);
    const parts = await readAnswer(subject.engine, longRequest(subject, { stop: [subject.stopText] }));
    expect(finishOf(parts).reason).toBe('stop');
    expect(textOf(parts)).toBe(whole.slice(0, whole.indexOf(subject.stopText)));
  });

  testEngine(suite, 'all options together are taken, and those that do not apply are named with a reason', async (subject) => {
    await loadModel(subject);
    const request = longRequest(subject, { ...EVERY_OPTION, max_tokens: 5 });
    expect(finishOf(await readAnswer(subject.engine, request)).reason).toMatch(/^(?:stop|length)$/);
    for (const { name, reason } of subject.engine.optionsNotApplied?.(subject.model, request.options) ?? []) {
      expect(Object.keys(request.options)).toContain(name);
      expect(reason.trim()).not.toBe('');
    }
    expect(subject.engine.optionsNotApplied?.(subject.model, {}) ?? []).toEqual([]);
  });

  testAbility(suite.abilities.repeatsItself, 'the same seed at temperature 0 gives the same answer', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      const first = textOf(await readAnswer(subject.engine, longRequest(subject)));
      expect(textOf(await readAnswer(subject.engine, longRequest(subject)))).toBe(first);
    });
  });
  describeIterators(suite);
}

function describeIterators(suite: EngineSuite): void {
  testEngine(suite, 'two answers at once are both whole, and equal to one alone', async (subject) => {
    await loadModel(subject);
    const alone = textOf(await readAnswer(subject.engine, longRequest(subject)));
    const both = await Promise.all([readAnswer(subject.engine, longRequest(subject)), readAnswer(subject.engine, longRequest(subject))]);
    for (const parts of both) {
      expect(parts.filter((part) => part.type === 'finish')).toHaveLength(1);
      expect(parts.at(-1)?.type).toBe('finish');
      if (suite.abilities.repeatsItself === true) expect(textOf(parts)).toBe(alone);
    }
  });

  testEngine(suite, 'an iterator that was never started costs nothing', async (subject) => {
    await loadModel(subject);
    for (let index = 0; index < 20; index += 1) subject.engine.stream(longRequest(subject), neverAborted())[Symbol.asyncIterator]();
    expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
  });

  testEngine(suite, 'after its finish an iterator is done, and stays so', async (subject) => {
    await loadModel(subject);
    const iterator = subject.engine.stream(shortRequest(subject), neverAborted())[Symbol.asyncIterator]();
    let result = await iterator.next();
    while (result.done !== true && result.value.type !== 'finish') result = await iterator.next();
    expect((await iterator.next()).done).toBe(true);
    expect((await iterator.next()).done).toBe(true);
  });

  testEngine(suite, 'a model that is not there is refused as absent', async (subject) => {
    const { parts, error } = await readFailure(subject.engine, { ...shortRequest(subject), model: 'no-such-model:latest' });
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ name: 'EngineError', failure: 'absent' });
  });
}
