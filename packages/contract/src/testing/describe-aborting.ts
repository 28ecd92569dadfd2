import { expect } from 'vitest';

import type { EngineSuite } from './engine-suite.ts';
import { isToken, loadModel, longRequest, neverAborted, readAnswer, readFailure, shortRequest, unlimitedRequest } from './read-answer.ts';
import { testEngine } from './test-ability.ts';

const REASON = new Error('the person pressed stop');
/** After how many tokens to leave. */
const COUNTS = [1, 2, 3, 4, 6, 8, 10];

/** Leaving an answer at every point. After each the engine must answer the next one, which it could not with its slot still taken. */
export function describeAborting(suite: EngineSuite): void {
  testEngine(suite, 'a stream that is already aborted rejects with the reason and sends nothing', async (subject) => {
    await loadModel(subject);
    const { parts, error } = await readFailure(subject.engine, unlimitedRequest(subject), AbortSignal.abort(REASON));
    expect(parts).toEqual([]);
    expect(error).toBe(REASON);
  });

  testEngine(suite, 'aborting before the first part rejects with the reason', async (subject) => {
    await loadModel(subject);
    const controller = new AbortController();
    const next = subject.engine.stream(unlimitedRequest(subject), controller.signal)[Symbol.asyncIterator]().next();
    controller.abort(REASON);
    await expect(next).rejects.toBe(REASON);
    expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
  });

  testEngine(suite, 'aborting after any token rejects with the reason and frees the slot', async (subject) => {
    await loadModel(subject);
    for (const count of COUNTS) {
      const controller = new AbortController();
      let tokens = 0;
      const reading = (async () => {
        for await (const part of subject.engine.stream(unlimitedRequest(subject), controller.signal)) {
          if (isToken(part)) tokens += 1;
          if (tokens === count) controller.abort(REASON);
        }
      })();
      await expect(reading).rejects.toBe(REASON);
      expect(tokens).toBe(count);
      expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
    }
  });

  testEngine(suite, 'leaving the loop after any token frees the slot', async (subject) => {
    await loadModel(subject);
    for (const count of COUNTS) {
      let tokens = 0;
      for await (const part of subject.engine.stream(unlimitedRequest(subject), neverAborted())) {
        if (isToken(part)) tokens += 1;
        if (tokens === count) break;
      }
      expect(tokens).toBe(count);
      expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
    }
  });
  describeReturns(suite);
}

function describeReturns(suite: EngineSuite): void {
  testEngine(suite, 'return() while a part is awaited ends the wait', async (subject) => {
    await loadModel(subject);
    const iterator = subject.engine.stream(unlimitedRequest(subject), neverAborted())[Symbol.asyncIterator]();
    const next = iterator.next().catch((error: unknown) => error);
    await iterator.return?.();
    await next;
    expect((await iterator.next()).done).toBe(true);
    expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
  });

  testEngine(suite, 'return() on an iterator that was never started ends it', async (subject) => {
    await loadModel(subject);
    const iterator = subject.engine.stream(unlimitedRequest(subject), neverAborted())[Symbol.asyncIterator]();
    await iterator.return?.();
    expect((await iterator.next()).done).toBe(true);
  });

  testEngine(suite, 'aborting after the end changes nothing', async (subject) => {
    await loadModel(subject);
    const controller = new AbortController();
    const parts = await readAnswer(subject.engine, shortRequest(subject), controller.signal);
    controller.abort(REASON);
    expect(parts.at(-1)?.type).toBe('finish');
    expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
  });

  testEngine(suite, 'aborting one of two answers leaves the other whole', async (subject) => {
    await loadModel(subject);
    const controller = new AbortController();
    const other = readAnswer(subject.engine, longRequest(subject));
    const reading = (async () => {
      for await (const part of subject.engine.stream(unlimitedRequest(subject), controller.signal))
        if (isToken(part)) controller.abort(REASON);
    })();
    await expect(reading).rejects.toBe(REASON);
    expect((await other).at(-1)?.type).toBe('finish');
  });
}
