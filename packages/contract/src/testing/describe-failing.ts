import { expect } from 'vitest';

import type { EngineSuite, EngineUnderTest } from './engine-suite.ts';
import { isToken, loadModel, longRequest, neverAborted, readAnswer, readFailure, shortRequest, textOf } from './read-answer.ts';
import { given, testAbility, testEngine } from './test-ability.ts';

/** Every way in which an answer can go wrong on the engine's side is an error, never a short answer that looks whole. */
export function describeFailing(suite: EngineSuite): void {
  testAbility(suite.abilities.failsBefore, 'an error before the first token is thrown, and the next answer is whole', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      await given(subject.faults?.failBefore, 'faults.failBefore')();
      const { parts, error } = await readFailure(subject.engine, longRequest(subject));
      expect(parts.filter(isToken)).toEqual([]);
      expectEngineError(error);
      expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
    });
  });

  for (const count of [1, 4]) {
    testAbility(suite.abilities.failsAfter, `an error after ${count} tokens is thrown after those tokens`, (name) => {
      testEngine(suite, name, async (subject) => {
        await loadModel(subject);
        const before = await firstTokens(subject, count);
        await given(subject.faults?.failAfter, 'faults.failAfter')(count);
        const { parts, error } = await readFailure(subject.engine, longRequest(subject));
        expect(textOf(parts)).toBe(before);
        expect(parts.filter((part) => part.type === 'finish')).toEqual([]);
        expectEngineError(error);
      });
    });
  }

  for (const count of [0, 3]) {
    testAbility(suite.abilities.cuts, `an end without the end marker after ${count} tokens is "cut"`, (name) => {
      testEngine(suite, name, async (subject) => {
        await loadModel(subject);
        const before = await firstTokens(subject, count);
        await given(subject.faults?.cutAfter, 'faults.cutAfter')(count);
        const { parts, error } = await readFailure(subject.engine, longRequest(subject));
        expect(textOf(parts)).toBe(before);
        expect(error).toMatchObject({ name: 'EngineError', failure: 'cut' });
      });
    });
  }
  describeDeath(suite);
}

/** The text of so many tokens. Tokens cannot be counted by parts: those that arrive together may be one. */
async function firstTokens(subject: EngineUnderTest, count: number): Promise<string> {
  return count === 0 ? '' : textOf(await readAnswer(subject.engine, longRequest(subject, { max_tokens: count })));
}

function describeDeath(suite: EngineSuite): void {
  testAbility(suite.abilities.dies, 'a death in the middle of an answer is thrown, and what came stays', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      const iterator = subject.engine.stream(longRequest(subject), neverAborted())[Symbol.asyncIterator]();
      let first = await iterator.next();
      while (first.done !== true && !isToken(first.value)) first = await iterator.next();
      await given(subject.faults?.die, 'faults.die')();
      const error = await readToFailure(iterator);
      expect(error).toMatchObject({ name: 'EngineError', failure: expect.stringMatching(/^(?:died|cut)$/) });
    });
  });

  testAbility(suite.abilities.dies, 'after a death the engine still answers check within its limit', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      await given(subject.faults?.die, 'faults.die')();
      expect((await subject.engine.check()).address).not.toBe('');
    });
  });
}

async function readToFailure(iterator: AsyncIterator<unknown>): Promise<unknown> {
  try {
    for (let result = await iterator.next(); result.done !== true; result = await iterator.next());
  } catch (error) {
    return error;
  }
  throw new Error('the answer ended as if it were whole');
}

/** An error that people can be shown: no raw JSON, no path, no address of an inner process. */
function expectEngineError(error: unknown): void {
  expect(error).toMatchObject({ name: 'EngineError' });
  const { message } = error as Error;
  expect(message).not.toBe('');
  expect(message).not.toMatch(/[{}]|\/(?:home|root|tmp|usr|var)\/|http:\/\//);
}
