import type { Estimate } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { isServing } from '../lifecycle/state.ts';
import { estimateLoad } from './load-estimate.ts';
import type { LoadKnowledge } from './load-estimate.ts';
import { estimateTurns, joinEstimates } from './queue-estimate.ts';

type Known = Pick<Deployment, 'record' | 'state'>;

/** What is known about the load that is going on; undefined while none is. */
export function knowledgeOf({ record, state }: Known, nowMonotonicMs: number): LoadKnowledge | undefined {
  const { lifecycle } = state;
  const elapsedMs = nowMonotonicMs - lifecycle.since.monotonicMs;
  if (lifecycle.phase === 'loading') {
    return { what: 'load', elapsedMs, medianMs: record.loadMs.median(), loads: record.loadMs.count, progress: lifecycle.progress };
  }
  if (lifecycle.phase !== 'warming') return undefined;
  return { what: 'warm-up', elapsedMs, medianMs: record.warmMs.median(), loads: record.warmMs.count, progress: undefined };
}

/** How many answers it writes at once, or wrote after its last load; 1 where there was none. */
export function slotsOf({ record, state: { lifecycle } }: Known): number {
  return isServing(lifecycle) ? lifecycle.loaded.slots : (record.slots ?? 1);
}

/** How long until so many turns of answers are over, what is left of a load under way counted, with what that rests on; undefined where nothing is known. */
export function estimateWait(known: Known, turns: number, nowMonotonicMs: number): Estimate | undefined {
  const ofTurns = turns === 0 ? undefined : estimateTurns(known.record.answerMs, turns);
  if (isServing(known.state.lifecycle)) return ofTurns;
  const knowledge = knowledgeOf(known, nowMonotonicMs);
  const ofLoad = knowledge && estimateLoad(knowledge);
  return ofLoad && (turns === 0 ? ofLoad : joinEstimates(ofLoad, ofTurns, turns));
}
