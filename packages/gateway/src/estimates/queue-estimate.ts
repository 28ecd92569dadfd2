import type { Estimate } from '@pilotlight/contract';

import type { Sample } from './sample.ts';

/** How long it takes until so many turns of answers are over, with what that rests on; undefined where none was measured. */
export function estimateTurns(answerMs: Sample, turns: number): Estimate | undefined {
  const medianMs = answerMs.median();
  if (medianMs === undefined) return undefined;
  const { count } = answerMs;
  const basis = count === 1 ? 'as long as the last answer' : `median of the last ${count} answers`;
  return { seconds: Math.round((medianMs * turns) / 100) / 10, basis };
}
