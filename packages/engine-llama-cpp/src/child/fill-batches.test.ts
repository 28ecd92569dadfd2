import type { BatchItem } from 'node-llama-cpp';
import { expect, test } from 'vitest';

import { createBatchFiller } from './fill-batches.ts';

const item = (length: number): BatchItem =>
  ({ tokens: Array.from({ length }, () => 1), logits: [], evaluationPriority: 5 }) as unknown as BatchItem;

test('a batch waits for the answers that are between two tokens', () => {
  const filler = createBatchFiller();
  using _one = filler.join();
  using _two = filler.join();
  expect(filler.strategy({ items: [item(1)], size: 512 })).toEqual([]);
  expect(filler.strategy({ items: [item(1), item(1)], size: 512 })).toHaveLength(2);
});

test('it does not wait for ever', () => {
  const filler = createBatchFiller();
  using _one = filler.join();
  using _two = filler.join();
  let turns = 0;
  while (filler.strategy({ items: [item(1)], size: 512 }).length === 0 && turns < 1_000) turns += 1;
  expect(turns).toBeLessThan(1_000);
});

test('one that left is not waited for', () => {
  const filler = createBatchFiller();
  using _one = filler.join();
  const two = filler.join();
  two[Symbol.dispose]();
  two[Symbol.dispose]();
  expect(filler.active).toBe(1);
  expect(filler.strategy({ items: [item(1)], size: 512 })).toHaveLength(1);
});

test('answers come first, prompts share what is left of the batch', () => {
  const filler = createBatchFiller();
  const prompt = item(600);
  const answer = item(1);
  expect(filler.strategy({ items: [prompt, answer], size: 512 })).toEqual([
    { item: answer, processAmount: 1 },
    { item: prompt, processAmount: 511 },
  ]);
});

test('work that needs the context alone holds the answers back, one work after the other', async () => {
  const filler = createBatchFiller();
  using _one = filler.join();
  using _two = filler.join();
  const gate = Promise.withResolvers<void>();
  const log: string[] = [];
  const first = filler.alone(async () => {
    await gate.promise;
    log.push('first');
  });
  const second = filler.alone(() => Promise.resolve(log.push('second')));
  expect(filler.held).toBeDefined();
  // What is still queued must be computed, or the context would never be free.
  expect(filler.strategy({ items: [item(1)], size: 512 })).toHaveLength(1);
  gate.resolve();
  await Promise.all([first, second]);
  expect(log).toEqual(['first', 'second']);
  expect(filler.held).toBeUndefined();
});
