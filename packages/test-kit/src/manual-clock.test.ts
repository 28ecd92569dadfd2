import { sleep } from '@pilotlight/contract';
import { expect, test } from 'vitest';

import { createManualClock } from './manual-clock.ts';

test('timers run in the order of their instants, equal ones in the order they were set, each at its own instant', async () => {
  const clock = createManualClock(1_000);
  const seen: string[] = [];
  clock.after(20, () => seen.push(`b@${clock.monotonic()}`));
  clock.after(10, () => seen.push(`a@${clock.now()}`));
  clock.after(20, () => seen.push('c'));
  clock.after(31, () => seen.push('late'));
  await clock.advance(30);
  expect(seen).toEqual(['a@1010', 'b@20', 'c']);
  expect(clock.monotonic()).toBe(30);
  expect(clock.nextDelayMs).toBe(1);
});

test('a timer set by the work of another one runs within the same move', async () => {
  const clock = createManualClock();
  const seen: number[] = [];
  const work = async (): Promise<void> => {
    for (let index = 0; index < 3; index += 1) {
      await sleep(clock, 10);
      seen.push(clock.monotonic());
    }
  };
  const done = work();
  await clock.advance(30);
  await done;
  expect(seen).toEqual([10, 20, 30]);
});

test('a disposed timer is not called', async () => {
  const clock = createManualClock();
  let calls = 0;
  const timer = clock.after(5, () => (calls += 1));
  timer[Symbol.dispose]();
  await clock.advance(10);
  expect(calls).toBe(0);
  expect(clock.pending).toBe(0);
});

test('advanceUntil moves only as far as the promise needs, and says so when nothing can settle it', async () => {
  const clock = createManualClock();
  await clock.advanceUntil(sleep(clock, 250));
  expect(clock.monotonic()).toBe(250);
  await expect(clock.advanceUntil(new Promise(() => {}))).rejects.toThrow('no timer is left');
  await expect(clock.advanceUntil(sleep(clock, 5_000), 1_000)).rejects.toThrow('1000 ms');
});

test('time does not go back', async () => {
  await expect(createManualClock().advance(-1)).rejects.toThrow(RangeError);
});
