import { Problem } from '@pilotlight/contract';
import type { Clock, Refusal } from '@pilotlight/contract';

import { comeBackAfter } from '../estimates/queue-estimate.ts';
import { estimateWait, slotsOf } from '../estimates/what-is-known.ts';
import { isServing } from '../lifecycle/state.ts';
import type { Cause, Loaded } from '../lifecycle/state.ts';
import type { DeploymentEffect, DeploymentState, QueueLimit } from '../scheduling/step.ts';
import type { Newcomer, Waiter } from '../scheduling/queue.ts';
import type { Settings } from '../settings.ts';
import type { DeploymentRecord } from './record.ts';

/** A wait for a grant, and the grant itself. Disposing gives back whichever it is, once. */
export interface Ticket extends Disposable {
  readonly id: string;
  /** Resolves with the grant; rejects with the `Problem` for which there is none. Stays pending if the ticket is disposed of first. */
  readonly granted: Promise<Loaded>;
  /** Aborted with a `Problem` when the grant is wanted by somebody who goes before it; it is given back soon then. */
  readonly revoked: AbortSignal;
}

/** A wish to see the model ready. Disposing ends the wait, not the load. */
export interface Watch extends Disposable {
  readonly ready: Promise<void>;
}

/** Those who wait for a deployment or hold a grant of it: the promises behind the ids that the scheduler decides about. */
export interface Onlookers extends Disposable {
  enter(waiter: Newcomer, onChange: () => void): Ticket;
  watch(onChange: () => void): Watch;
  perform(effect: Extract<DeploymentEffect, { type: 'grant' | 'shed' | 'refuse' | 'yield' }>): void;
  /** The state changed. */
  announce(): void;
  /** The labels of those who hold a grant. */
  writing(): readonly string[];
}

export interface OnlookersOptions {
  readonly record: DeploymentRecord;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'maxWaiting' | 'maxSwapWaitMs'>;
  /** How many more may wait at all deployments together. */
  readonly placesLeft: () => number;
  readonly stateNow: () => DeploymentState;
  readonly dispatch: (
    event:
      | { readonly type: 'enter'; readonly waiter: Newcomer; readonly limit: QueueLimit; readonly maxWaitMs: number }
      | { readonly type: 'leave'; readonly waiterId: string }
      | { readonly type: 'grant-end'; readonly grantId: string },
  ) => void;
}

interface Holder<T> {
  readonly label: string;
  readonly resolve: (value: T) => void;
  readonly reject: (problem: Problem) => void;
  readonly onChange: () => void;
  readonly revocation: AbortController;
}

const GAVE_WAY: Cause = {
  code: 'queue_full',
  detail: 'it gave way to a request that cannot wait',
  facts: { reason: 'gave_way' satisfies Refusal },
};

interface Situation {
  readonly record: DeploymentRecord;
  readonly state: DeploymentState;
  readonly nowMs: number;
}

function problemOf({ code, detail, source = 'app', facts, retryAfterSeconds }: Cause, { nowMs, ...known }: Situation): Problem {
  const { record, state } = known;
  const turns = Math.ceil(state.queue.length / slotsOf(known));
  const estimate = code === 'queue_full' ? estimateWait(known, turns, nowMs) : undefined;
  const seconds = retryAfterSeconds ?? (code === 'queue_full' ? comeBackAfter(estimate?.seconds, record.answerMs, turns) : undefined);
  return new Problem(code, detail, {
    source,
    facts: { ...facts, ...(estimate && { estimate }) },
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
  });
}

/** The bound of all queues together leaves each the places that it has taken. */
function limitOf({ maxWaiting }: Pick<Settings, 'maxWaiting'>, waitingHere: number, left: number): QueueLimit {
  const most = waitingHere + Math.max(0, left);
  return most < maxWaiting ? { count: most, refusal: 'server_full' } : { count: maxWaiting, refusal: 'queue_full' };
}

export function createOnlookers({ record, clock, settings, placesLeft, stateNow, dispatch }: OnlookersOptions): Onlookers {
  const waiting = new Map<string, Holder<Loaded>>();
  const granted = new Map<string, Holder<Loaded>>();
  const watches = new Set<Holder<void>>();

  function grant({ id }: Waiter): void {
    const holder = waiting.get(id);
    const { lifecycle } = stateNow();
    if (!holder || !isServing(lifecycle)) throw new Error(`a grant for ${id}, which does not wait`);
    waiting.delete(id);
    granted.set(id, holder);
    holder.resolve(lifecycle.loaded);
  }

  function reject({ id }: Waiter, problem: Problem): void {
    waiting.get(id)?.reject(problem);
    waiting.delete(id);
  }

  const toProblem = (cause: Cause): Problem => problemOf(cause, { record, state: stateNow(), nowMs: clock.monotonic() });

  return {
    enter(waiter, onChange) {
      const { holder, promise } = hold<Loaded>(waiter.label, onChange);
      waiting.set(waiter.id, holder);
      const limit = limitOf(settings, stateNow().queue.length, placesLeft());
      dispatch({ type: 'enter', waiter, limit, maxWaitMs: settings.maxSwapWaitMs });
      return {
        id: waiter.id,
        granted: promise,
        revoked: holder.revocation.signal,
        [Symbol.dispose]() {
          if (granted.delete(waiter.id)) dispatch({ type: 'grant-end', grantId: waiter.id });
          else if (waiting.delete(waiter.id)) dispatch({ type: 'leave', waiterId: waiter.id });
        },
      };
    },
    watch(onChange) {
      const { holder, promise } = hold<void>('', onChange);
      watches.add(holder);
      if (isServing(stateNow().lifecycle)) holder.resolve();
      return { ready: promise, [Symbol.dispose]: () => void watches.delete(holder) };
    },
    perform(effect) {
      if (effect.type === 'grant') return grant(effect.waiter);
      if (effect.type === 'yield') return granted.get(effect.grantId)?.revocation.abort(toProblem(GAVE_WAY));
      const problem = toProblem(effect.cause);
      if (effect.type === 'shed') return reject(effect.waiter, problem);
      for (const waiter of effect.waiters) reject(waiter, problem);
      for (const watch of [...watches]) watch.reject(problem);
    },
    announce() {
      const isReady = isServing(stateNow().lifecycle);
      for (const watch of [...watches]) {
        watch.onChange();
        if (isReady) watch.resolve();
      }
      for (const holder of [...waiting.values()]) holder.onChange();
    },
    writing: () => [...granted.values()].map(({ label }) => label),
    [Symbol.dispose]() {
      const problem = new Problem('shutting_down', 'the server is shutting down');
      for (const holder of [...waiting.values(), ...watches]) holder.reject(problem);
    },
  };
}

function hold<T>(label: string, onChange: () => void): { readonly holder: Holder<T>; readonly promise: Promise<T> } {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  // Nobody may be listening any more when it is refused.
  promise.catch(() => {});
  return { holder: { label, resolve, reject, onChange, revocation: new AbortController() }, promise };
}
