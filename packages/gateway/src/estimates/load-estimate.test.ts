import { describe, expect, it } from 'vitest';

import { estimateLoad, isOverdue } from './load-estimate.ts';
import { createSample } from './sample.ts';

const load = { what: 'load', elapsedMs: 8000, medianMs: undefined, loads: 0, progress: undefined } as const;

describe('how long a load will still take', () => {
  it('is not said where nothing is known', () => {
    expect(estimateLoad(load)).toBeUndefined();
    expect(estimateLoad({ ...load, progress: 0.05 })).toBeUndefined();
  });

  it('rests on earlier loads', () => {
    expect(estimateLoad({ ...load, medianMs: 20_000, loads: 5 })).toEqual({ seconds: 12, basis: 'median of the last 5 loads' });
    expect(estimateLoad({ ...load, medianMs: 20_000, loads: 1 })).toEqual({ seconds: 12, basis: 'the last load' });
    expect(estimateLoad({ ...load, what: 'warm-up', medianMs: 20_000, loads: 2 })?.basis).toBe('median of the last 2 warm-ups');
  });

  it('rests on the pace so far in a first load, or in one that takes much longer than usual', () => {
    expect(estimateLoad({ ...load, progress: 0.4 })).toEqual({ seconds: 12, basis: 'its pace so far' });
    expect(estimateLoad({ ...load, elapsedMs: 34_000, medianMs: 20_000, loads: 5, progress: 0.5 })?.basis).toBe('its pace so far');
  });

  it('is overdue at one and a half of the usual time', () => {
    expect(isOverdue({ ...load, elapsedMs: 29_000, medianMs: 20_000, loads: 5 })).toBe(false);
    expect(isOverdue({ ...load, elapsedMs: 30_000, medianMs: 20_000, loads: 5 })).toBe(true);
  });
});

describe('a sample', () => {
  it('has the median of the last twenty', () => {
    const sample = createSample();
    expect(sample.median()).toBeUndefined();
    sample.add(1);
    sample.add(4);
    expect(sample.median()).toBe(2.5);
    for (let index = 0; index < 30; index += 1) sample.add(9);
    expect([sample.median(), sample.count]).toEqual([9, 20]);
  });
});
