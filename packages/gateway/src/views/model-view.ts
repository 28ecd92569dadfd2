import { toTimestamp } from '@pilotlight/contract';
import type { Estimate, ModelEstimates, ModelView } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { canComplete } from '../deployments/load-model.ts';
import { estimateLoad } from '../estimates/load-estimate.ts';
import { knowledgeOf } from '../estimates/what-is-known.ts';
import { estimateMedian, estimateTurns, toBasis } from '../estimates/queue-estimate.ts';
import { activeOf, isServing, loadedOf } from '../lifecycle/state.ts';
import type { LifecycleState } from '../lifecycle/state.ts';
import type { Model } from '../registry/registry.ts';

export interface ViewContext {
  readonly nowMonotonicMs: number;
  readonly isReachable: boolean;
  readonly isDefault: boolean;
  readonly isPinned: boolean;
}

/** Why it is in its phase, and for whom: for people, where the log takes the reason alone. */
function toReason({ phase, reason, by }: LifecycleState): string {
  if (by === undefined) return reason;
  return phase === 'queued' || phase === 'loading' ? `${reason} for ${by}` : `${reason} (${by})`;
}

/** One model as the API shows it, from what is known. */
export function toModelView({ description, deployment }: Model, context: ViewContext): ModelView {
  const { lifecycle, queue } = deployment.state;
  const knowledge = knowledgeOf(deployment, context.nowMonotonicMs);
  const eta: Estimate | undefined = knowledge && estimateLoad(knowledge);
  const { evidence } = lifecycle;
  return {
    name: description.name,
    engine: deployment.engine.id,
    provider: deployment.engine.kind,
    health: context.isReachable && description.defect === undefined,
    phase: lifecycle.phase,
    ready: isServing(lifecycle),
    reason: toReason(lifecycle),
    since: toTimestamp(lifecycle.since.wallMs),
    ...(evidence && { evidence: { text: evidence.text, at: toTimestamp(evidence.at.wallMs) } }),
    ...present('progress', progressOf(lifecycle)),
    ...present('eta', eta),
    active: activeOf(lifecycle).size,
    queued: queue.length,
    default: context.isDefault,
    capabilities: [...description.capabilities],
    ...present('breaker', deployment.breaker.view),
    ...present('continues', toContinues(description, deployment)),
    ...present('notice', toNotice(lifecycle)),
    pinned: context.isPinned,
    ...(deployment.record.cannotUnload && { can_unload: false }),
    ...toFacts({ description, deployment }),
    ...present('estimates', toEstimates(deployment)),
    metrics: toMetrics(deployment),
  };
}

function toNotice(lifecycle: LifecycleState): ModelView['notice'] {
  const notice = loadedOf(lifecycle)?.notice;
  return notice && { text: notice.text, at: toTimestamp(notice.at.wallMs) };
}

/** Whether it goes on from the beginning of an answer; absent for a model that writes none. */
function toContinues(description: Model['description'], { engine, continuations }: Deployment): ModelView['continues'] {
  if (engine.continues === undefined || !canComplete(description)) return undefined;
  if (engine.continues === 'always') return 'yes';
  const verdict = continuations.of(description.name);
  return verdict === undefined ? 'untested' : verdict === 'yes' ? 'yes' : 'no';
}

function toFacts({ description, deployment }: Model): Partial<ModelView> {
  const { lifecycle } = deployment.state;
  const loaded = loadedOf(lifecycle);
  const resident = lifecycle.phase === 'unknown' ? lifecycle.resident : undefined;
  return {
    ...present('slots', loaded?.slots),
    ...present('size_bytes', description.sizeBytes),
    ...present('memory_bytes', loaded?.memoryBytes ?? resident?.memoryBytes),
    ...present('gpu_bytes', loaded ? loaded.gpuBytes : resident?.gpuBytes),
    ...present('context_length', loaded?.contextLength ?? resident?.contextLength),
    ...present('trained_context_length', description.trainedContextLength),
    ...present('family', description.family),
    ...present('parameter_size', description.parameterSize),
    ...present('quantization', description.quantization),
  };
}

/** What is learned of it; undefined while that is nothing. */
function toEstimates({ record, state }: Deployment): ModelEstimates | undefined {
  const { lifecycle, queue } = state;
  const slots = loadedOf(lifecycle)?.slots ?? 1;
  const turns = isServing(lifecycle) ? Math.floor((queue.length + activeOf(lifecycle).size) / slots) : 0;
  const tokens = record.tokensPerSecond.median();
  const estimates: ModelEstimates = {
    ...present('load', estimateMedian(record.loadMs, 'load')),
    ...present('first_token', estimateMedian(record.firstTokenMs, 'answer')),
    ...present('queue', turns === 0 ? undefined : estimateTurns(record.answerMs, turns)),
    ...(tokens !== undefined && { tokens_per_second: { value: tokens, basis: toBasis(record.tokensPerSecond.count, 'answer') } }),
  };
  return Object.keys(estimates).length === 0 ? undefined : estimates;
}

function toMetrics({ record }: Deployment): ModelView['metrics'] {
  return {
    answers: record.answers,
    failures: record.failures,
    loads: record.loads,
    ...present('tokens_per_second', record.tokensPerSecond.median()),
    ...present('first_token_ms', toTenths(record.firstTokenMs.median())),
    ...present('last_load_ms', record.lastLoadMs === undefined ? undefined : Math.round(record.lastLoadMs)),
  };
}

function progressOf(state: LifecycleState): number | undefined {
  return 'progress' in state ? state.progress : undefined;
}

/** The field if there is a value: what is not known is absent. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

/** A clock gives more digits than it knows. */
function toTenths(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
