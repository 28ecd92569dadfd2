import { expect, it } from 'vitest';

import { estimateMedian, estimateTurns } from './queue-estimate.ts';
import { createSample } from './sample.ts';

function sampleOf(...values: readonly number[]) {
  const sample = createSample();
  for (const value of values) sample.add(value);
  return sample;
}

it.each([
  [46.2, 0.046],
  [4.27, 0.0043],
  [949, 0.95],
  [8_230, 8.2],
])('%d ms is said as %d s: what is short keeps two digits', (ms, seconds) => {
  expect(estimateMedian(sampleOf(ms), 'answer')).toEqual({ seconds, basis: 'the last answer' });
});

it('turns are counted by how long answers take', () => {
  expect(estimateTurns(sampleOf(40, 60, 50), 3)).toEqual({ seconds: 0.15, basis: 'median of the last 3 answers' });
  expect(estimateTurns(sampleOf(), 3)).toBeUndefined();
});
