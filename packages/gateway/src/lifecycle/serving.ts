import type { EventOf, Row, Step } from './events.ts';
import { isStale, refuse, stay, to, toAbsent, toAway, toCold, toDefect, toLost, toReady, toUnloading } from './moves.ts';
import type { Busy, Draining, Loaded, Ready, Wedged } from './state.ts';

/** Rows of the phases in which weights that we loaded are in memory. */

/** Whether the loss is about these weights; unasked news of an engine names no load and is about what is there. */
function isOfOthers(loaded: Loaded, event: EventOf<'model-lost'>): boolean {
  return event.loadId !== undefined && event.loadId !== loaded.loadId;
}

function toUnloaded(state: Ready | Wedged, event: EventOf<'seen-cold'>): Step {
  if (isStale(state, event.askedAt)) return stay(state);
  return toCold(state, {
    now: event.now,
    reason: `${event.engine} unloaded it: its keep-alive ended, or another client wanted the memory`,
    evidence: { text: `${event.engine} does not have it in memory any more`, at: event.now },
  });
}

/**
 * What the engine says of the weights now. Another context means that another client had them loaded again with it: they are used as they are from now on,
 * with that context in every request, as asking for the one that we had would load them again, and then the other client would.
 */
function reconcile(
  loaded: Loaded,
  {
    memoryBytes = loaded.memoryBytes,
    gpuBytes = loaded.gpuBytes,
    contextLength = loaded.contextLength,
    engine,
    now,
  }: EventOf<'seen-resident'>,
): Loaded {
  const isChanged = loaded.contextLength !== undefined && contextLength !== loaded.contextLength;
  if (isChanged && contextLength !== undefined) {
    const profile = { ...loaded.profile, contextLength };
    return {
      ...loaded,
      memoryBytes,
      gpuBytes,
      contextLength,
      profile,
      notice: { text: toForeignWords(engine, contextLength, loaded.contextLength), at: now },
    };
  }
  return memoryBytes === loaded.memoryBytes && gpuBytes === loaded.gpuBytes ? loaded : { ...loaded, memoryBytes, gpuBytes };
}

/** What another client did, in words. */
export function toForeignWords(engine: string, contextLength: number, before: number | undefined): string {
  const instead = before === undefined ? '' : `, before ${count(before)}`;
  return `another client of ${engine} loaded it with a context of ${count(contextLength)} tokens${instead}; it is used so until it leaves memory`;
}

function count(tokens: number): string {
  return tokens.toLocaleString('en');
}

/** The engine answers after all. */
function toAnswering(state: Busy): Step {
  return state.away ? to({ ...state, away: undefined }) : stay(state);
}

/** No new answer begins in it; when the last one has ended it leaves memory. */
function toDraining({ evidence, lastJob, loaded, active }: Busy, event: EventOf<'unload-asked' | 'make-room'>): Step {
  const by = 'by' in event ? event.by : undefined;
  const next: Draining = { phase: 'draining', since: event.now, reason: event.reason, by, evidence, lastJob, loaded, active };
  return to(next);
}

/** Nothing comes out of these weights. */
function toWedged(state: Ready | Busy, event: EventOf<'wedge-found'>): Step {
  if (event.loadId !== state.loaded.loadId) return stay(state);
  const { evidence, lastJob, loaded } = state;
  const next: Wedged = { phase: 'wedged', since: event.now, reason: event.reason, evidence, lastJob, loaded };
  return to(next);
}

export const ready: Row<'ready'> = {
  'engine-away': (state, event) => toAway(state, event.cause, event.now),
  'seen-absent': (state, event) => (isStale(state, event.askedAt) ? stay(state) : toAbsent(state, event)),
  'seen-listed': stay,
  'seen-cold': toUnloaded,
  'seen-resident': (state, event) => {
    const loaded = reconcile(state.loaded, event);
    return loaded === state.loaded ? stay(state) : to({ ...state, loaded });
  },
  'defect-found': stay,
  want: stay,
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': (state, event) => {
    const { evidence, lastJob, loaded } = state;
    const next: Busy = {
      phase: 'busy',
      since: event.now,
      reason: 'writing an answer',
      evidence,
      lastJob,
      loaded,
      active: new Set([event.grantId]),
    };
    return to(next);
  },
  'grant-end': stay,
  'unload-asked': (state, event) => toUnloading(state, { now: event.now, reason: event.reason, model: state.loaded.model }),
  'make-room': (state, event) => toUnloading(state, { now: event.now, reason: event.reason, by: event.by, model: state.loaded.model }),
  'idle-end': (state, event) =>
    event.loadId === state.loaded.loadId && event.readySinceMs === state.since.monotonicMs
      ? toUnloading(state, { now: event.now, reason: event.reason, model: state.loaded.model })
      : stay(state),
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': (state, event) => (isOfOthers(state.loaded, event) ? stay(state) : toLost(state, event)),
  'wedge-found': toWedged,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const busy: Row<'busy'> = {
  // Its streams tell better than a check whether it is there. But it is kept in mind: the check that the last of them caused may be the only one.
  'engine-away': (state, event) => (state.away ? stay(state) : to({ ...state, away: event.cause })),
  'seen-absent': toAnswering,
  'seen-listed': toAnswering,
  'seen-cold': toAnswering,
  'seen-resident': (state, event) => {
    const loaded = reconcile(state.loaded, event);
    return loaded === state.loaded ? toAnswering(state) : to({ ...state, loaded, away: undefined });
  },
  'defect-found': stay,
  want: stay,
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': (state, event) =>
    state.active.has(event.grantId) ? stay(state) : to({ ...state, active: state.active.union(new Set([event.grantId])) }),
  'grant-end': (state, event) => {
    if (!state.active.has(event.grantId)) return stay(state);
    const active = state.active.difference(new Set([event.grantId]));
    if (active.size > 0) return to({ ...state, active });
    if (state.away) return toAway(state, state.away, event.now);
    return toReady(state, state.loaded, {
      now: event.now,
      reason: 'in memory, idle',
      evidence: { text: 'it wrote an answer', at: event.now },
    });
  },
  'unload-asked': toDraining,
  // Only who has waited long enough may have it drained.
  'make-room': (state, event) => (event.drains ? toDraining(state, event) : stay(state)),
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': (state, event) => (isOfOthers(state.loaded, event) ? stay(state) : toLost(state, event)),
  // The answers in it are as silent as the trial was; what is left of them is given back to nobody.
  'wedge-found': toWedged,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};

export const wedged: Row<'wedged'> = {
  'engine-away': (state, event) => toAway(state, event.cause, event.now),
  'seen-absent': (state, event) => (isStale(state, event.askedAt) ? stay(state) : toAbsent(state, event)),
  'seen-listed': stay,
  'seen-cold': toUnloaded,
  'seen-resident': stay,
  'defect-found': toDefect,
  want: (state, event) =>
    event.insists
      ? toUnloading(state, { now: event.now, reason: 'it did not answer', model: state.loaded.model, again: event.wish })
      : refuse(state, { code: 'model_wedged', detail: state.reason }),
  'load-admitted': stay,
  'load-waits': stay,
  'load-refused': stay,
  'load-progress': stay,
  'load-end': stay,
  'load-failed': stay,
  'warm-end': stay,
  'grant-start': stay,
  'grant-end': stay,
  'unload-asked': (state, event) => toUnloading(state, { now: event.now, reason: event.reason, model: state.loaded.model }),
  'make-room': (state, event) => toUnloading(state, { now: event.now, reason: event.reason, by: event.by, model: state.loaded.model }),
  'idle-end': stay,
  'unload-end': stay,
  'unload-failed': stay,
  'model-lost': (state, event) => (isOfOthers(state.loaded, event) ? stay(state) : toLost(state, event)),
  'wedge-found': stay,
  'download-start': stay,
  'download-progress': stay,
  'download-end': stay,
  'download-failed': stay,
};
