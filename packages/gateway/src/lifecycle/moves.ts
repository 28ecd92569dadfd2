import type { EventOf, LifecycleEffect, Step } from './events.ts';
import { residentOf } from './state.ts';
import type { Cause, Failed, LifecycleState, Loaded, Moment, Queued, Ready, Seen, Unloading, Unknown, Wish } from './state.ts';

/** The moves that several phases share. Each builds the whole next state, so that nothing of the last phase stays in it by accident. */

export const FOREIGN_LOAD = 'in memory, put there by another client; no token seen yet';

const NONE: readonly LifecycleEffect[] = [];

/** The event changes nothing here. */
export function stay(state: LifecycleState): Step {
  return { state, effects: NONE };
}

export function to(state: LifecycleState, ...effects: readonly LifecycleEffect[]): Step {
  return { state, effects };
}

/** Nobody can be served: the state stays, those who wait get the cause. */
export function refuse(state: LifecycleState, cause: Cause): Step {
  return to(state, { type: 'refuse', cause });
}

/** The answer was asked for before the phase began, so it may be about the time before. */
export function isStale(state: LifecycleState, askedAt: Moment): boolean {
  return askedAt.monotonicMs < state.since.monotonicMs;
}

export function toQueued(state: LifecycleState, wish: Wish, now: Moment): Step {
  const loadId = state.lastJob + 1;
  const next: Queued = {
    phase: 'queued',
    since: now,
    reason: 'wanted',
    by: wish.by,
    evidence: state.evidence,
    lastJob: loadId,
    loadId,
    wish,
  };
  return to(next, { type: 'request-load', loadId, wish });
}

interface Landing {
  readonly now: Moment;
  readonly reason: string;
  readonly by?: string | undefined;
  readonly evidence?: Seen | undefined;
}

export function toCold(state: LifecycleState, { now, reason, by, evidence }: Landing): Step {
  return to({ phase: 'cold', since: now, reason, by, evidence, lastJob: state.lastJob });
}

export function toAbsent(state: LifecycleState, event: EventOf<'seen-absent'>): Step {
  return to({
    phase: 'absent',
    since: event.now,
    reason: `${event.engine} does not have it any more`,
    evidence: { text: `not in the list of ${event.engine}`, at: event.now },
    lastJob: state.lastJob,
  });
}

export function toAway(state: LifecycleState, cause: Cause, now: Moment): Step {
  const since = state.phase === 'unknown' && state.away ? state.since : now;
  const next: Unknown = { phase: 'unknown', since, reason: cause.detail, evidence: state.evidence, lastJob: state.lastJob, away: cause };
  return to(next);
}

export function toResident(state: LifecycleState, event: EventOf<'seen-resident'>, reason: string): Step {
  const next: Unknown = {
    phase: 'unknown',
    since: event.now,
    reason,
    evidence: { text: `${event.engine} says that it is in memory`, at: event.now },
    lastJob: state.lastJob,
    resident: { memoryBytes: event.memoryBytes, gpuBytes: event.gpuBytes, contextLength: event.contextLength },
    isForeign: reason === FOREIGN_LOAD,
  };
  return to(next);
}

/** Its server cannot unload: it is where it was, and the next who wants it has a token tried first. */
export function toStaying(state: Unloading, now: Moment): Step {
  const { evidence, lastJob, resident = {} } = state;
  return to({ phase: 'unknown', since: now, reason: 'in memory; this server cannot unload a model', evidence, lastJob, resident });
}

export function toFailed(
  state: LifecycleState,
  failure: { readonly kind: Failed['kind']; readonly cause: Cause; readonly keepMs: number; readonly now: Moment },
): Step {
  const { kind, cause, keepMs, now } = failure;
  const next: Failed = {
    phase: 'failed',
    since: now,
    reason: cause.detail,
    evidence: state.evidence,
    lastJob: state.lastJob,
    cause,
    kind,
    retryAtMs: now.monotonicMs + keepMs,
  };
  return to(next);
}

/** A file that cannot be used. Seen again, it is no news. */
export function toDefect(state: LifecycleState, event: EventOf<'defect-found'>): Step {
  if (state.phase === 'failed' && state.kind === 'defect' && state.cause.detail === event.detail) return stay(state);
  return toFailed(state, {
    kind: 'defect',
    cause: { code: 'model_file_invalid', detail: event.detail },
    keepMs: Number.POSITIVE_INFINITY,
    now: event.now,
  });
}

export function toReady(state: LifecycleState, loaded: Loaded, { now, reason, evidence }: Landing): Step {
  const next: Ready = { phase: 'ready', since: now, reason, evidence: evidence ?? state.evidence, lastJob: state.lastJob, loaded };
  return to(next, { type: 'watch-idle', loadId: loaded.loadId });
}

interface Leave extends Landing {
  readonly model: string | undefined;
  readonly again?: Wish | undefined;
}

export function toUnloading(state: LifecycleState, { now, reason, by, model, again }: Leave): Step {
  const unloadId = state.lastJob + 1;
  const next: Unloading = {
    phase: 'unloading',
    since: now,
    reason,
    by,
    evidence: state.evidence,
    lastJob: unloadId,
    jobId: unloadId,
    again,
    resident: residentOf(state),
    afterwards: reason.startsWith('to ') ? `unloaded ${reason}` : `unloaded: ${reason}`,
  };
  return to(next, { type: 'start-unload', unloadId, model });
}

/** It died: the cause is kept to be shown, and the next who wants it causes a load at once. */
export function toLost(state: LifecycleState, event: EventOf<'model-lost'>): Step {
  return toFailed(state, { kind: 'died', cause: event.cause, keepMs: 0, now: event.now });
}
