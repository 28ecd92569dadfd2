import type { EventOf, Row, Step } from './events.ts';
import { refuse, stay, to, toAbsent, toAway, toCold, toDefect, toFailed, toReady } from './moves.ts';
import type { Loading, Queued, Unloading, Warming } from './state.ts';

/** Rows of the phases on the way into memory. One job, known by its id, moves them; news of any other job changes nothing. */

/** The job is told to stop and reports its end itself; what is wanted meanwhile waits for that. */
function toStopping(state: Loading | Warming, loadId: number, event: EventOf<'unload-asked'>): Step {
  const next: Unloading = {
    phase: 'unloading',
    since: event.now,
    reason: event.reason,
    evidence: state.evidence,
    lastJob: state.lastJob,
    jobId: loadId,
    afterwards: `its load was stopped: ${event.reason}`,
  };
  const cause = { code: 'model_load_failed', detail: `its load was stopped: ${event.reason}` } as const;
  return to(next, { type: 'cancel-load', loadId }, { type: 'refuse', cause });
}

function toLoadFailed(state: Loading | Warming, event: EventOf<'load-failed'>): Step {
  const { cause, keepMs, now } = event;
  const next = cause.code === 'engine_unreachable' ? toAway(state, cause, now) : toFailed(state, { kind: 'load', cause, keepMs, now });
  return to(next.state, { type: 'refuse', cause });
}

function withdraw(state: Queued, step: Step): Step {
  return to(step.state, { type: 'withdraw-load', loadId: state.loadId }, ...step.effects);
}

export const queued: Row<'queued'> = {
  'engine-away': (state, event) => {
    const away = toAway(state, event.cause, event.now).state;
    return withdraw(state, refuse(away, event.cause));
  },
  'seen-absent': (state, event) => {
    const gone = toAbsent(state, event).state;
    return withdraw(state, refuse(gone, { code: 'model_not_found', detail: gone.reason }));
  },
  'seen-listed': stay,
  'seen-cold': stay,
  'seen-resident': stay,
  'defect-found': (state, event) => {
    const broken = toDefect(state, event).state;
    return withdraw(state, refuse(broken, { code: 'model_file_invalid', detail: event.detail }));
  },
  want: stay,
  'load-admitted': (state, event) => {
    if (event.loadId !== state.loadId) return stay(state);
    const { loadId, wish, evidence, lastJob } = state;
    const next: Loading = { phase: 'loading', since: event.now, reason: 'wanted', by: wish.by, evidence, lastJob, loadId, wish };
    return to(next, { type: 'start-load', loadId, wish });
  },
  'load-waits': (state, event) =>
    event.loadId !== state.loadId || event.reason === state.waitsFor ? stay(state) : to({ ...state, waitsFor: event.reason }),
  'load-refused': (state, event) => {
    if (event.loadId !== state.loadId) return stay(state);
    const { cause, now } = event;
    // What ran out of memory stays failed with its cause; what does not fit is as cold as before, and the reason says why.
    const next =
      cause.code === 'model_out_of_memory'
        ? toFailed(state, { kind: 'load', cause, keepMs: 0, now })
        : toCold(state, { now, reason: cause.detail, evidence: state.evidence });
    return withdraw(state, refuse(next.state, cause));
  },
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': (state, event) => {
    const cause = { code: 'model_load_failed', detail: `its load was stopped: ${event.reason}` } as const;
    const next = { phase: 'cold', since: event.now, reason: cause.detail, evidence: state.evidence, lastJob: state.lastJob } as const;
    return withdraw(state, refuse(next, cause));
  },
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const loading: Row<'loading'> = {
  // The job itself sees its engine go, sooner than any check and with the better reason.
  'engine-away': stay,
  'seen-absent': stay,
  'seen-listed': stay,
  'seen-cold': stay,
  'seen-resident': stay,
  'defect-found': stay,
  want: stay,
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': (state, event) =>
    event.loadId !== state.loadId || event.fraction === undefined || event.fraction === state.progress
      ? stay(state)
      : to({ ...state, progress: Math.max(event.fraction, state.progress ?? 0) }),
  'load-end': (state, event) => {
    if (event.loadId !== state.loadId) return stay(state);
    const next: Warming = {
      phase: 'warming',
      since: event.now,
      reason: 'in memory, trying one token',
      evidence: { text: 'the engine says that it is in memory', at: event.now },
      lastJob: state.lastJob,
      loaded: { ...event.loaded, loadId: event.loadId },
    };
    return to(next);
  },
  'load-failed': (state, event) => (event.loadId === state.loadId ? toLoadFailed(state, event) : stay(state)),
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': (state, event) => toStopping(state, state.loadId, event),
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const warming: Row<'warming'> = {
  'engine-away': stay,
  'seen-absent': stay,
  'seen-listed': stay,
  'seen-cold': stay,
  'seen-resident': stay,
  'defect-found': stay,
  want: stay,
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': (state, event) => (event.loadId === state.loaded.loadId ? toLoadFailed(state, event) : stay(state)),
  'warm-end': (state, event) =>
    event.loadId === state.loaded.loadId
      ? toReady(state, state.loaded, {
          now: event.now,
          reason: 'in memory, a token came out of it',
          evidence: { text: 'its first token after the load', at: event.now },
        })
      : stay(state),
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': (state, event) => toStopping(state, state.loaded.loadId, event),
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};
