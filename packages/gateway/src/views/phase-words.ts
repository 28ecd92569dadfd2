import { toTimestamp } from '@pilotlight/contract';
import type { PhasePart } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { isOverdue } from '../estimates/load-estimate.ts';
import { estimateWait, knowledgeOf, slotsOf } from '../estimates/what-is-known.ts';
import { isServing } from '../lifecycle/state.ts';
import type { Moment } from '../lifecycle/state.ts';
import { placeOf } from '../scheduling/queue.ts';
import type { Place } from '../scheduling/queue.ts';

/** Who looks at a deployment: under which name, and from which place in its queue. */
export interface Onlooker {
  readonly model: string;
  readonly waiterId?: string | undefined;
  readonly waitingSince: Moment;
  readonly nowMonotonicMs: number;
  /** Whose load goes on at this engine, if another one's. */
  readonly loadAhead: string | undefined;
}

/** The way to an answer as it stands now, in words for the one who waits for it. */
export function toWaitingPart(deployment: Deployment, onlooker: Onlooker): PhasePart {
  const { lifecycle, queue } = deployment.state;
  const place = onlooker.waiterId === undefined ? undefined : placeOf(queue, onlooker.waiterId);
  if (isServing(lifecycle) && place) return toQueuePart(deployment, onlooker, place);
  // After the load come those who are before it, as many at once as there are slots.
  const turns = Math.floor(((place?.position ?? 1) - 1) / slotsOf(deployment));
  const eta = estimateWait(deployment, turns, onlooker.nowMonotonicMs);
  return {
    type: 'phase',
    phase: lifecycle.phase,
    model: onlooker.model,
    reason: toSentence(deployment, onlooker),
    since: toTimestamp(lifecycle.since.wallMs),
    ...(lifecycle.phase === 'loading' && lifecycle.progress !== undefined && { progress: lifecycle.progress }),
    ...(eta && { eta }),
  };
}

function toSentence(deployment: Deployment, onlooker: Onlooker): string {
  const { lifecycle } = deployment.state;
  const { model, loadAhead } = onlooker;
  switch (lifecycle.phase) {
    case 'queued':
      if (lifecycle.waitsFor !== undefined) return `${model} ${lifecycle.waitsFor}`;
      return loadAhead === undefined ? `${model} is about to be loaded` : `${model} is loaded after ${loadAhead}`;
    case 'loading':
      return toLoadSentence(deployment, onlooker);
    case 'warming':
      return `${model} is in memory, trying one token`;
    case 'draining':
      return `${model} leaves memory when the answers in it are written, and is then loaded again`;
    case 'unloading':
      return `${model} is leaving memory, and is then loaded again`;
    case 'ready':
    case 'busy':
      return `${model} is in memory`;
    case 'unknown':
    case 'absent':
    case 'downloading':
    case 'cold':
    case 'failed':
    case 'wedged':
      return `${model}: ${lifecycle.reason}`;
  }
}

function toLoadSentence(deployment: Deployment, { model, nowMonotonicMs }: Onlooker): string {
  const knowledge = knowledgeOf(deployment, nowMonotonicMs);
  if (!knowledge) return `Loading ${model}`;
  if (isOverdue(knowledge)) {
    return `Loading ${model} takes longer than usual: ${toSeconds(knowledge.elapsedMs)}, usually ${toSeconds(knowledge.medianMs ?? 0)}`;
  }
  return knowledge.loads === 0 ? `Loading ${model} for the first time since the server started` : `Loading ${model}`;
}

function toQueuePart(deployment: Deployment, { model, waitingSince, nowMonotonicMs }: Onlooker, { position, ahead }: Place): PhasePart {
  const current = deployment.writing[0];
  const before = ahead?.label ?? (current === undefined ? undefined : `${current}, which is being written`);
  const place = position === 1 ? 'Next in the queue' : `${toOrdinal(position)} in the queue`;
  const eta = estimateWait(deployment, Math.ceil(position / slotsOf(deployment)), nowMonotonicMs);
  return {
    type: 'phase',
    phase: 'queued',
    model,
    reason: before === undefined ? place : `${place}, behind ${before}`,
    since: toTimestamp(waitingSince.wallMs),
    position,
    ...(eta && { eta }),
  };
}

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
const SUFFIXES: Record<Intl.LDMLPluralRule, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' };

function toOrdinal(position: number): string {
  return `${position}${SUFFIXES[ORDINALS.select(position)]}`;
}

function toSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
