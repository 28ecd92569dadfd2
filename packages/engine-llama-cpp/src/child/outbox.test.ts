import { createManualClock } from '@pilotlight/test-kit';
import { expect, test } from 'vitest';

import type { ChildMessage } from '../protocol.ts';
import { createOutbox } from './outbox.ts';

const text = (id: number): ChildMessage => ({ type: 'text', id, text: String(id) });

test('the first goes at once, those that follow quickly go together, in order', async () => {
  const clock = createManualClock();
  const sent: (readonly ChildMessage[])[] = [];
  const outbox = createOutbox(clock, (messages) => sent.push(messages));
  outbox.post(text(1));
  outbox.post(text(2));
  await clock.advance(1);
  outbox.post(text(3));
  expect(sent).toEqual([[text(1)]]);
  await clock.advance(4);
  expect(sent).toEqual([[text(1)], [text(2), text(3)]]);
  await clock.advance(10);
  outbox.post(text(4));
  expect(sent.at(-1)).toEqual([text(4)]);
});

test('what cannot wait takes along what was waiting', async () => {
  const clock = createManualClock();
  const sent: (readonly ChildMessage[])[] = [];
  const outbox = createOutbox(clock, (messages) => sent.push(messages));
  outbox.post(text(1));
  outbox.post(text(2));
  outbox.postNow(text(3));
  expect(sent).toEqual([[text(1)], [text(2), text(3)]]);
  await clock.advance(10);
  expect(sent).toHaveLength(2);
});
