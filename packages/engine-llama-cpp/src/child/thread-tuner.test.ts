import { expect, test } from 'vitest';

import { createThreadTuner } from './thread-tuner.ts';

/** Writes tokens whose time depends on the threads, and tells how many threads each was written with. */
function simulate(most: number): { write(tokens: number, msFor: (threads: number) => number): number[]; readonly threads: number } {
  let threads = most;
  let nowMs = 0;
  const tuner = createThreadTuner({
    most,
    apply(wanted) {
      threads = wanted;
    },
  });
  return {
    write: (tokens, msFor) =>
      Array.from({ length: tokens }, () => {
        nowMs += msFor(threads);
        const used = threads;
        tuner.onToken(nowMs, 1);
        return used;
      }),
    get threads() {
      return threads;
    },
  };
}

const idle = (threads: number): number => (threads === 2 ? 8 : 13);
const crowded = (threads: number): number => (threads === 2 ? 300 : 38);

test('on an idle machine all threads are kept, and trying fewer costs next to nothing', () => {
  const used = simulate(2).write(2_000, idle);
  expect(used.at(-1)).toBe(2);
  expect(used.filter((threads) => threads === 1).length).toBeLessThan(60);
});

test('where threads wait for each other, fewer are used within a few tokens', () => {
  const used = simulate(2).write(200, crowded);
  expect(used.slice(10, 20)).toContain(1);
  expect(used.filter((threads) => threads === 2).length).toBeLessThan(40);
});

test('a machine that becomes crowded in the middle is noticed, and that it is idle again as well', () => {
  const machine = simulate(2);
  machine.write(300, idle);
  expect(machine.threads).toBe(2);
  expect(machine.write(60, crowded).at(-1)).toBe(1);
  expect(machine.write(400, idle).at(-1)).toBe(2);
});

test('of eight threads four are tried', () => {
  const used = simulate(8).write(40, (threads) => (threads === 8 ? 100 : 20));
  expect(used.at(-1)).toBe(4);
});

test('a trial is given up when another answer joins, as its speed says nothing then', () => {
  const applied: number[] = [];
  const tuner = createThreadTuner({ most: 2, apply: (threads) => applied.push(threads) });
  let nowMs = 0;
  while (applied.length === 0) tuner.onToken((nowMs += 8), 1);
  tuner.onToken((nowMs += 8), 2);
  expect(applied).toEqual([1, 2]);
});

test('with one thread there is nothing to try', () => {
  expect(new Set(simulate(1).write(500, () => 1))).toEqual(new Set([1]));
});
