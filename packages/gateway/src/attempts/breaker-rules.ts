import type { Moment } from '../lifecycle/state.ts';

/**
 * Whether a deployment that keeps failing is asked at all. Only what it did with answers that it was given counts: a load, a queue, a refusal for memory
 * and a wrong request say nothing about whether it answers, so that a cold model is never taken for a dead one.
 */
export type BreakerState = Closed | Open | HalfOpen;

interface Outcome {
  readonly atMs: number;
  readonly isFailure: boolean;
}

export interface Closed {
  readonly state: 'closed';
  readonly since: Moment;
  /** The last outcomes, oldest first. */
  readonly recent: readonly Outcome[];
  /** Failures since the last success. */
  readonly inARow: number;
  readonly lastFailure: string | undefined;
}

export interface Open {
  readonly state: 'open';
  readonly since: Moment;
  readonly until: Moment;
  /** How often it opened since it last closed, at least 1. */
  readonly times: number;
  readonly inARow: number;
  readonly why: string;
}

/** One request is under way that shows whether it answers again. */
export interface HalfOpen extends Omit<Open, 'state'> {
  readonly state: 'half_open';
  readonly probe: string;
}

const MOST_IN_A_ROW = 5;
/** Half of at least so many within the window open it too, where good answers stand between the bad ones. */
const FEWEST_FOR_A_SHARE = 10;
const SHARE = 0.5;
const WINDOW_MS = 60_000;
const OPEN_MS = 60_000;
const LONGEST_OPEN_MS = 600_000;
/** So much shorter or longer, at random, that many deployments of one server are not tried at once. */
const JITTER = 0.2;

export function closedBreaker(now: Moment): Closed {
  return { state: 'closed', since: now, recent: [], inARow: 0, lastFailure: undefined };
}

export interface Failure {
  readonly now: Moment;
  /** In words. */
  readonly detail: string;
  /** 0 to 1. */
  readonly chance: number;
  /** The request that was let through to see, if this was it. */
  readonly probe?: string | undefined;
  /** It needs no further proof: nothing at all comes out of it. */
  readonly isCertain?: boolean;
}

/** What an answer that failed makes of it. An open one learns nothing from those that were under way already. */
export function afterFailure(state: BreakerState, failure: Failure): BreakerState {
  const { now, detail } = failure;
  if (state.state === 'open') return state;
  if (state.state === 'half_open') return failure.probe === state.probe || failure.isCertain ? toOpen(state, failure, detail) : state;
  const recent = [...within(state.recent, now), { atMs: now.monotonicMs, isFailure: true }];
  const next: Closed = { ...state, recent, inARow: state.inARow + 1, lastFailure: detail };
  if (failure.isCertain) return toOpen(next, failure, detail);
  if (next.inARow >= MOST_IN_A_ROW) return toOpen(next, failure, `${next.inARow} answers in a row failed, the last one: ${detail}`);
  const failed = recent.filter(({ isFailure }) => isFailure).length;
  if (recent.length < FEWEST_FOR_A_SHARE || failed < recent.length * SHARE) return next;
  return toOpen(next, failure, `${failed} of the last ${recent.length} answers failed, the last one: ${detail}`);
}

/** A token came out of it, or a whole answer. An open one is closed by it too: nothing proves better that it answers. */
export function afterSuccess(state: BreakerState, now: Moment): BreakerState {
  if (state.state !== 'closed') return closedBreaker(now);
  if (state.inARow === 0 && state.recent.length === 0) return state;
  return {
    ...state,
    recent: [...within(state.recent, now), { atMs: now.monotonicMs, isFailure: false }],
    inARow: 0,
    lastFailure: undefined,
  };
}

export interface Passage {
  readonly state: BreakerState;
  /** Whether this request may go to it. */
  readonly isOpen: boolean;
}

/** A request would like to go to it. After its time an open one lets one through, which shows how it stands. */
export function letThrough(state: BreakerState, runId: string, now: Moment): Passage {
  if (state.state === 'closed') return { state, isOpen: true };
  if (state.state === 'half_open') return { state, isOpen: state.probe === runId };
  if (now.monotonicMs < state.until.monotonicMs) return { state, isOpen: false };
  return { state: { ...state, state: 'half_open', since: now, probe: runId }, isOpen: true };
}

/** The request that was to show it ended without showing anything: the next one may. */
export function afterNothing(state: BreakerState, probe: string, now: Moment): BreakerState {
  if (state.state !== 'half_open' || state.probe !== probe) return state;
  const { times, inARow, why } = state;
  return { state: 'open', since: now, until: now, times, inARow, why };
}

function toOpen(state: Closed | HalfOpen, { now, chance }: Failure, why: string): Open {
  const times = state.state === 'closed' ? 1 : state.times + 1;
  const usualMs = Math.min(LONGEST_OPEN_MS, OPEN_MS * 2 ** (times - 1));
  const forMs = Math.round(usualMs * (1 - JITTER + 2 * JITTER * chance));
  const until = { wallMs: now.wallMs + forMs, monotonicMs: now.monotonicMs + forMs };
  return { state: 'open', since: now, until, times, inARow: state.inARow + (state.state === 'closed' ? 0 : 1), why };
}

function within(recent: readonly Outcome[], now: Moment): readonly Outcome[] {
  return recent.filter(({ atMs }) => now.monotonicMs - atMs <= WINDOW_MS);
}
