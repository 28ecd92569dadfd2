import { describe, expect, it } from 'vitest';

import { createHoldWatch, isHeldBack, toStamp } from './held-back.ts';
import type { StreamStamp } from './held-back.ts';

/** Stamps as [sent, arrived]. */
function stamps(...pairs: readonly (readonly [number, number])[]): StreamStamp[] {
  return pairs.map(([sentMs, arrivedMs]) => ({ sentMs, arrivedMs }));
}

const every250 = Array.from({ length: 20 }, (_, index) => index * 250);

describe('a stream is held back', () => {
  it('if all of it comes at its end', () => {
    expect(isHeldBack(stamps(...every250.map((sent) => [sent, 9_000] as const)))).toBe(true);
  });

  it('if it comes in lumps, also where their ends lie close in the time of the server', () => {
    const lump = (sent: number): number => Math.ceil((sent + 1) / 3_500) * 3_500;
    expect(isHeldBack(stamps(...Array.from({ length: 40 }, (_, index) => [index * 250, lump(index * 250)] as const)))).toBe(true);
  });

  it('whatever the clock of the client says', () => {
    expect(isHeldBack(stamps(...every250.map((sent) => [sent, 1e12 + sent / 1_000] as const)))).toBe(true);
  });
});

describe('a stream is not held back', () => {
  it.each<[string, StreamStamp[]]>([
    ['if it comes as it is sent', stamps(...every250.map((sent) => [sent, sent + 20] as const))],
    ['if it comes with jitter', stamps(...every250.map((sent, index) => [sent, sent + (index % 3) * 60] as const))],
    ['if the network stalled once, in the middle', stamps([0, 0], [250, 251], [500, 5_000], [4_000, 5_001], [4_300, 5_002])],
    ['if a stall at the beginning is over', stamps([0, 4_000], [2_000, 4_001], [3_900, 4_002], [4_200, 4_290], [4_500, 4_600])],
    ['if nothing was sent for long', stamps([0, 0], [10_000, 10_010], [20_000, 20_010])],
    ['if what came together was sent within 3 s', stamps(...every250.slice(0, 11).map((sent) => [sent, 2_600] as const))],
    ['before anything came', []],
  ])('%s', (_name, given) => {
    expect(isHeldBack(given)).toBe(false);
  });
});

it('takes only whole milliseconds for a stamp', () => {
  expect(toStamp('1250', 7)).toEqual({ sentMs: 1250, arrivedMs: 7 });
  expect(['', 'hello', '-1', '1.5', '1234567890123'].map((comment) => toStamp(comment, 0))).toEqual(Array(5).fill(undefined));
});

describe('the watch over a connection', () => {
  it('says once that it is held back, whatever comes after', () => {
    let nowMs = 0;
    const watch = createHoldWatch(() => nowMs);
    watch.take('0');
    expect(watch.look()).toBe(false);
    nowMs = 8_000;
    for (const sent of every250) watch.take(String(sent + 250));
    expect([watch.look(), watch.look()]).toEqual([true, false]);
    nowMs = 16_000;
    for (const sent of every250) watch.take(String(sent + 8_000));
    expect(watch.look()).toBe(false);
  });

  it('says nothing of one that has worked, whatever comes after', () => {
    let nowMs = 0;
    const watch = createHoldWatch(() => nowMs);
    for (nowMs = 0; nowMs < 1_000; nowMs += 250) watch.take(String(nowMs));
    nowMs = 9_000;
    for (const sent of every250) watch.take(String(sent + 1_000));
    expect(watch.look()).toBe(false);
  });
});
