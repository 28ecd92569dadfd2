import type { EventOf, Row, Step } from './events.ts';
import {
  FOREIGN_LOAD,
  isStale,
  refuse,
  stay,
  to,
  toAbsent,
  toAway,
  toCold,
  toDefect,
  toLost,
  toQueued,
  toResident,
  toUnloading,
} from './moves.ts';
import type { Moment, LifecycleState, StateOf } from './state.ts';

/** Rows of the phases in which nothing moves and nothing of ours is in memory. */

const LISTED = 'listed, never tried';

function toListed(state: LifecycleState, now: Moment) {
  return to({
    phase: 'unknown',
    since: now,
    reason: LISTED,
    evidence: { text: 'on the engine’s list', at: now },
    lastJob: state.lastJob,
  });
}

function toDownloading(state: LifecycleState, now: Moment, reason: string) {
  return to({ phase: 'downloading', since: now, reason, lastJob: state.lastJob });
}

/** Still there; with another context it is a load of somebody else's. */
function toSeenAgain(state: StateOf<'unknown'>, event: EventOf<'seen-resident'>): Step {
  const { contextLength } = state.resident ?? {};
  if (contextLength === undefined || event.contextLength === undefined || contextLength === event.contextLength) return stay(state);
  return toResident(state, event, FOREIGN_LOAD);
}

export const unknown: Row<'unknown'> = {
  'engine-away': (state, event) => (state.away?.detail === event.cause.detail ? stay(state) : toAway(state, event.cause, event.now)),
  'seen-absent': (state, event) => toAbsent(state, event),
  'seen-listed': (state, event) => (state.reason === LISTED || (state.resident && !state.away) ? stay(state) : toListed(state, event.now)),
  'seen-cold': (state, event) =>
    isStale(state, event.askedAt)
      ? stay(state)
      : toCold(state, {
          now: event.now,
          reason: state.resident ? `${event.engine} unloaded it, or another client did` : 'on the disk, not in memory',
          evidence: { text: `${event.engine} lists it and does not have it in memory`, at: event.now },
        }),
  'seen-resident': (state, event) =>
    state.resident && !state.away
      ? toSeenAgain(state, event)
      : toResident(state, event, 'in memory; no token seen since it was found there'),
  'defect-found': toDefect,
  want: (state, event) => (state.away ? refuse(state, state.away) : toQueued(state, event.wish, event.now)),
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': (state, event) =>
    state.resident && !state.away ? toUnloading(state, { now: event.now, reason: event.reason, model: undefined }) : stay(state),
  'make-room': (state, event) =>
    state.resident && !state.away
      ? toUnloading(state, { now: event.now, reason: event.reason, by: event.by, model: undefined })
      : stay(state),
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': (state, event) => toDownloading(state, event.now, event.reason),
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const absent: Row<'absent'> = {
  'engine-away': (state, event) => toAway(state, event.cause, event.now),
  'seen-absent': stay,
  'seen-listed': (state, event) => toListed(state, event.now),
  'seen-cold': (state, event) =>
    toCold(state, {
      now: event.now,
      reason: 'on the disk, not in memory',
      evidence: { text: `${event.engine} lists it and does not have it in memory`, at: event.now },
    }),
  'seen-resident': (state, event) => toResident(state, event, FOREIGN_LOAD),
  'defect-found': toDefect,
  want: (state) => refuse(state, { code: 'model_not_found', detail: state.reason }),
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': stay,
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': (state, event) => toDownloading(state, event.now, event.reason),
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const downloading: Row<'downloading'> = {
  'engine-away': (state, event) => toAway(state, event.cause, event.now),
  'seen-absent': stay,
  'seen-listed': stay,
  'seen-cold': stay,
  'seen-resident': stay,
  'defect-found': toDefect,
  want: (state) => refuse(state, { code: 'model_not_found', detail: 'it is still being fetched' }),
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': stay,
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': stay,
  'download-progress': (state, event) => to({ ...state, progress: event.fraction ?? state.progress }),
  'download-end': (state, event) => toCold(state, { now: event.now, reason: 'fetched, not in memory' }),
  'download-failed': (state, event) =>
    to({ phase: 'absent', since: event.now, reason: event.cause.detail, evidence: state.evidence, lastJob: state.lastJob }),
};

export const cold: Row<'cold'> = {
  'engine-away': (state, event) => toAway(state, event.cause, event.now),
  'seen-absent': toAbsent,
  'seen-listed': (state, event) => toListed(state, event.now),
  'seen-cold': stay,
  'seen-resident': (state, event) => (isStale(state, event.askedAt) ? stay(state) : toResident(state, event, FOREIGN_LOAD)),
  'defect-found': toDefect,
  want: (state, event) => toQueued(state, event.wish, event.now),
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': stay,
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': (state, event) => toDownloading(state, event.now, event.reason),
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const failed: Row<'failed'> = {
  'engine-away': (state, event) => (state.kind === 'defect' ? stay(state) : toAway(state, event.cause, event.now)),
  'seen-absent': toAbsent,
  'seen-listed': (state, event) => (state.kind === 'defect' ? toListed(state, event.now) : stay(state)),
  'seen-cold': (state, event) =>
    state.kind === 'defect'
      ? toCold(state, { now: event.now, reason: 'another file is there now', evidence: { text: 'the file changed', at: event.now } })
      : stay(state),
  'seen-resident': (state, event) => (state.kind === 'defect' ? toResident(state, event, FOREIGN_LOAD) : stay(state)),
  'defect-found': toDefect,
  want: (state, event) => {
    const isFresh = event.now.monotonicMs < state.retryAtMs;
    if (state.kind === 'defect' || (isFresh && !event.insists)) return refuse(state, state.cause);
    return toQueued(state, event.wish, event.now);
  },
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': (state, event) =>
    state.kind === 'unload' ? toUnloading(state, { now: event.now, reason: event.reason, model: undefined }) : stay(state),
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': (state, event) => (state.kind === 'unload' && event.loadId === undefined ? toLost(state, event) : stay(state)),
  'wedge-found': stay,
  'download-start': (state, event) => toDownloading(state, event.now, event.reason),
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};
