import type { EventOf, Row, Step } from './events.ts';
import { stay, to, toAway, toCold, toFailed, toQueued, toStaying, toUnloading } from './moves.ts';
import type { Draining, Unloading, Wish } from './state.ts';

/** Rows of the phases on the way out of memory. Who wants the model meanwhile gets it loaded again, after it is out. */

function toOut(state: Draining | Unloading, event: { readonly now: EventOf<'want'>['now'] }, reason: string): Step {
  const { now } = event;
  if (state.again) return toQueued(state, state.again, now);
  return toCold(state, { now, reason, by: state.by, evidence: { text: 'the engine says that its memory is free', at: now } });
}

function wantAgain(state: Draining | Unloading, wish: Wish): Step {
  return state.again ? stay(state) : to({ ...state, again: wish });
}

export const draining: Row<'draining'> = {
  'engine-away': stay,
  'seen-absent': stay,
  'seen-listed': stay,
  'seen-cold': stay,
  'seen-resident': stay,
  'defect-found': stay,
  want: (state, event) => wantAgain(state, event.wish),
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': (state, event) => {
    if (!state.active.has(event.grantId)) return stay(state);
    const active = state.active.difference(new Set([event.grantId]));
    if (active.size > 0) return to({ ...state, active });
    return toUnloading(state, { now: event.now, reason: state.reason, by: state.by, model: state.loaded.model, again: state.again });
  },
  'unload-asked': stay,
  'make-room': stay,
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': (state, event) =>
    event.loadId !== undefined && event.loadId !== state.loaded.loadId ? stay(state) : toOut(state, event, event.cause.detail),
  'wedge-found': stay,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const unloading: Row<'unloading'> = {
  'engine-away': stay,
  'seen-absent': stay,
  'seen-listed': stay,
  'seen-cold': stay,
  'seen-resident': stay,
  'defect-found': stay,
  want: (state, event) => wantAgain(state, event.wish),
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  // A load that was told to stop: it frees what it took before it says so.
  'load-failed': (state, event) => (event.loadId === state.jobId ? toOut(state, event, state.afterwards) : stay(state)),
  // It came to its end in the moment in which it was told to stop; the job unloads it and then reports `load-failed`.
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': stay,
  'make-room': stay,
  'idle-end': stay,
  'unload-end': (state, event) => (event.unloadId === state.jobId ? toOut(state, event, state.afterwards) : stay(state)),
  'unload-failed': (state, event) => {
    if (event.unloadId !== state.jobId) return stay(state);
    const { cause, now } = event;
    if (cause.code === 'not_supported') return state.again ? toQueued(state, state.again, now) : toStaying(state, now);
    const next =
      cause.code === 'engine_unreachable' ? toAway(state, cause, now) : toFailed(state, { kind: 'unload', cause, keepMs: 0, now });
    return state.again ? to(next.state, { type: 'refuse', cause }) : next;
  },
  'model-lost': stay,
  'wedge-found': stay,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};
