import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';

import { createAnswerIterator } from './answer-iterator.ts';
import type { RequestEvent } from './model-process.ts';

const REASON = new Error('the person pressed stop');
const FINISH: RequestEvent = {
  type: 'finish',
  id: 1,
  reason: 'stop',
  usage: { promptTokens: 1, completionTokens: 2 },
  timings: { promptMs: 1, completionMs: 1 },
};

/** An answer that is here as a whole before anybody reads. */
function wholeAnswer() {
  const controller = new AbortController();
  let freed = 0;
  const iterator = createAnswerIterator((listener) => {
    queueMicrotask(() => {
      for (const text of ['One', ' two']) listener({ type: 'text', id: 1, text });
      listener(FINISH);
    });
    return { request: { [Symbol.dispose]: () => (freed += 1) }, chosen: {} };
  }, controller.signal);
  return { controller, iterator, freed: () => freed };
}

describe('an answer that came faster than it is read', () => {
  it('is left where its reader leaves it, and the wait ends with the reason', async () => {
    const { controller, iterator, freed } = wholeAnswer();
    expect((await iterator.next()).value).toEqual({ type: 'text', text: 'One' });
    controller.abort(REASON);
    await expect(iterator.next()).rejects.toBe(REASON);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(freed()).toBeGreaterThan(0);
  });

  it('is whole once it was read, whatever is aborted then, and leaves no listener', async () => {
    const { controller, iterator } = wholeAnswer();
    const types: unknown[] = [];
    for (let part = await iterator.next(); part.done !== true; part = await iterator.next()) types.push(part.value.type);
    expect(types).toEqual(['text', 'text', 'finish']);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort(REASON);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('leaves no listener where its reader returns', async () => {
    const { controller, iterator } = wholeAnswer();
    await iterator.next();
    await iterator.return?.();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});
