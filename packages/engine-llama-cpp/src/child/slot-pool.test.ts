import { expect, test } from 'vitest';

import { createSlotPool, pickSlot } from './slot-pool.ts';

const never = new AbortController().signal;
const blank = (): { readonly length: number; readonly commonPrefix: number } => ({ length: 0, commonPrefix: 0 });

test.each([
  [
    'the one that remembers most of the prompt',
    [
      { length: 10, commonPrefix: 6, lastUse: 1 },
      { length: 20, commonPrefix: 18, lastUse: 2 },
    ],
    1,
  ],
  [
    'an unused one rather than one that shares only its beginning',
    [
      { length: 100, commonPrefix: 12, lastUse: 5 },
      { length: 0, commonPrefix: 0, lastUse: 0 },
    ],
    1,
  ],
  [
    'the oldest conversation if all are others',
    [
      { length: 9, commonPrefix: 0, lastUse: 3 },
      { length: 9, commonPrefix: 1, lastUse: 2 },
    ],
    1,
  ],
  ['none of none', [], undefined],
])('chooses %s', (_name, slots, chosen) => {
  expect(pickSlot(slots)).toBe(chosen);
});

test('a slot is one answer’s at a time; who waits gets it in order', async () => {
  const pool = createSlotPool(['a']);
  const order: string[] = [];
  const take = async (name: string): Promise<void> => {
    using grant = (await pool.acquire(blank, never))!;
    order.push(`${name} gets ${grant.sequence}`);
    await Promise.resolve();
    order.push(`${name} is done`);
  };
  await Promise.all([take('one'), take('two'), take('three')]);
  expect(order).toEqual(['one gets a', 'one is done', 'two gets a', 'two is done', 'three gets a', 'three is done']);
});

test('who leaves the queue is passed over, and a slot given back twice is free once', async () => {
  const pool = createSlotPool(['a']);
  const first = (await pool.acquire(blank, never))!;
  const controller = new AbortController();
  const leaver = pool.acquire(blank, controller.signal);
  const next = pool.acquire(blank, never);
  controller.abort(new Error('left'));
  await expect(leaver).rejects.toThrow('left');
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect((await next)?.sequence).toBe('a');
  await expect(pool.acquire(blank, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});

test('the queue has an end', async () => {
  const pool = createSlotPool(['a']);
  await pool.acquire(blank, never);
  for (let index = 0; index < 256; index += 1) expect(pool.acquire(blank, never)).toBeDefined();
  expect(pool.acquire(blank, never)).toBeUndefined();
});
