import { toTimestamp } from '@pilotlight/contract';
import type { BreakerView, Clock, Problem, ProblemCode, Randomness } from '@pilotlight/contract';

import type { Moment } from '../lifecycle/state.ts';
import { afterFailure, afterNothing, afterSuccess, closedBreaker, letThrough } from './breaker-rules.ts';
import type { BreakerState } from './breaker-rules.ts';

/** Keeps requests from a deployment that fails, where there is another. Decided by `breaker-rules`. */
export interface Breaker {
  /** Whether a request may go to it now; the one that is let through to see how it stands says so by its id. */
  admits(runId: string): boolean;
  /** As `admits`, but asks for nothing: whether it would be turned away. */
  readonly isHeld: boolean;
  /** Why, in words; undefined while it lets all through. */
  readonly why: string | undefined;
  /** A token came out of it: one that is not closed closes. */
  showedLife(): void;
  /** It wrote an answer to its end. */
  answered(): void;
  failed(problem: Problem, runId: string): void;
  /** Nothing comes out of it at all. */
  wedged(detail: string): void;
  /** The request ended without a word about the deployment: its client left, or it was wrong itself. */
  ended(runId: string): void;
  /** Undefined while there is nothing to say. */
  readonly view: BreakerView | undefined;
}

export interface BreakerOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly onChange: (from: BreakerState, to: BreakerState) => void;
}

/** What a deployment did with an answer that it was given. All else is not its doing, or says nothing about the next one. */
const COUNTED: ReadonlySet<ProblemCode> = new Set([
  'engine_unreachable',
  'engine_died',
  'engine_error',
  'engine_protocol',
  'answer_cut',
  'answer_stalled',
  'first_token_timeout',
]);

export function createBreaker({ clock, randomness, onChange }: BreakerOptions): Breaker {
  const now = (): Moment => ({ wallMs: clock.now(), monotonicMs: clock.monotonic() });
  let state: BreakerState = closedBreaker(now());

  function become(next: BreakerState): void {
    const before = state;
    state = next;
    if (next.state !== before.state) onChange(before, next);
  }

  return {
    admits(runId) {
      const passage = letThrough(state, runId, now());
      become(passage.state);
      return passage.isOpen;
    },
    get isHeld() {
      return state.state === 'half_open' || (state.state === 'open' && clock.monotonic() < state.until.monotonicMs);
    },
    get why() {
      return state.state === 'closed' ? undefined : state.why;
    },
    showedLife() {
      if (state.state !== 'closed') become(afterSuccess(state, now()));
    },
    answered: () => become(afterSuccess(state, now())),
    failed(problem, runId) {
      if (!COUNTED.has(problem.code)) return become(afterNothing(state, runId, now()));
      become(afterFailure(state, { now: now(), detail: problem.detail, chance: randomness.next(), probe: runId }));
    },
    wedged: (detail) => become(afterFailure(state, { now: now(), detail, chance: randomness.next(), isCertain: true })),
    ended: (runId) => become(afterNothing(state, runId, now())),
    get view() {
      return toView(state);
    },
  };
}

function toView(state: BreakerState): BreakerView | undefined {
  const since = toTimestamp(state.since.wallMs);
  switch (state.state) {
    case 'closed':
      if (state.inARow === 0) return undefined;
      return { state: 'closed', reason: `${count(state.inARow)}, the last one: ${state.lastFailure ?? ''}`, since, failures: state.inARow };
    case 'open':
      return { state: 'open', reason: state.why, since, retry_at: toTimestamp(state.until.wallMs), failures: state.inARow };
    case 'half_open':
      return {
        state: 'half_open',
        reason: `one request shows whether it answers again; before, ${state.why}`,
        since,
        failures: state.inARow,
      };
  }
}

function count(failures: number): string {
  return failures === 1 ? '1 answer failed' : `${failures} answers in a row failed`;
}
