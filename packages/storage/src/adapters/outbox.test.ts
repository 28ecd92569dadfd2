import { expect, test } from 'vitest';

import { createOutbox } from './outbox.ts';

interface Recorded {
  readonly posted: (readonly number[])[];
  readonly deferred: (() => void)[];
  readonly outbox: ReturnType<typeof createOutbox<number>>;
}

function record(): Recorded {
  const posted: (readonly number[])[] = [];
  const deferred: (() => void)[] = [];
  const outbox = createOutbox<number>({ defer: (body) => void deferred.push(body), post: (items) => void posted.push(items) });
  return { posted, deferred, outbox };
}

test('what is added in one turn goes as one message, in its order, and what comes after it as another', () => {
  const { posted, deferred, outbox } = record();
  outbox.add(1);
  outbox.add(2);
  expect(posted).toEqual([]);
  expect(deferred).toHaveLength(1);
  deferred.shift()?.();
  outbox.add(3);
  expect(deferred).toHaveLength(1);
  deferred.shift()?.();
  expect(posted).toEqual([[1, 2], [3]]);
});

test('what is flushed goes at once and not again, and nothing is posted where nothing waits', () => {
  const { posted, deferred, outbox } = record();
  outbox.add(1);
  outbox.flush();
  outbox.flush();
  deferred.shift()?.();
  expect(posted).toEqual([[1]]);
});
