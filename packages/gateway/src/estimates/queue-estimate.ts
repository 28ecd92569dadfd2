import type { Estimate } from '@pilotlight/contract';

import type { Sample } from './sample.ts';

/** What a median rests on: "median of the last 7 loads". */
export function toBasis(count: number, what: 'load' | 'answer'): string {
  return count === 1 ? `the last ${what}` : `median of the last ${count} ${what}s`;
}

/** How long one of these usually takes; undefined where none was measured. */
export function estimateMedian(sample: Sample, what: 'load' | 'answer'): Estimate | undefined {
  const medianMs = sample.median();
  return medianMs === undefined ? undefined : { seconds: toSeconds(medianMs), basis: toBasis(sample.count, what) };
}

/** How long it takes until so many turns of answers are over, with what that rests on; undefined where none was measured. */
export function estimateTurns(answerMs: Sample, turns: number): Estimate | undefined {
  const medianMs = answerMs.median();
  if (medianMs === undefined) return undefined;
  const basis = answerMs.count === 1 ? 'as long as the last answer' : toBasis(answerMs.count, 'answer');
  return { seconds: toSeconds(medianMs * turns), basis };
}

/** A load, and the turns of answers after it; where those were never measured the load alone, which its basis says. */
export function joinEstimates(load: Estimate, answers: Estimate | undefined, turns: number): Estimate {
  const before = turns === 1 ? 'one turn before it' : `${turns} turns before it`;
  if (answers === undefined) return { seconds: load.seconds, basis: `${load.basis}; ${before} not counted` };
  return { seconds: toSeconds((load.seconds + answers.seconds) * 1_000), basis: `${load.basis}, and ${answers.basis} for ${before}` };
}

/** Where nothing was measured: how long an answer may take, for the time to come back after. */
const USUAL_ANSWER_MS = 5_000;
const LONGEST_RETRY_S = 600;

/** In whole seconds, when it makes sense to ask again: after what was estimated, or else after so many turns of answers. */
export function comeBackAfter(estimateSeconds: number | undefined, answerMs: Sample, turns = 1): number {
  const seconds = estimateSeconds ?? ((answerMs.median() ?? USUAL_ANSWER_MS) * turns) / 1_000;
  return Math.min(LONGEST_RETRY_S, Math.max(1, Math.ceil(seconds)));
}

/** To a tenth, and to two digits below a second: a first token after 46 ms is not one after none. */
function toSeconds(ms: number): number {
  return ms < 1_000 ? Number((ms / 1_000).toPrecision(2)) : Math.round(ms / 100) / 10;
}
