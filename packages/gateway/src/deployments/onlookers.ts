import { Problem } from '@pilotlight/contract';

import { isServing } from '../lifecycle/state.ts';
import type { Cause, Loaded } from '../lifecycle/state.ts';
import type { DeploymentEffect, DeploymentState } from '../scheduling/step.ts';
import type { Waiter } from '../scheduling/queue.ts';
import type { DeploymentRecord } from './record.ts';

/** A wait for a grant, and the grant itself. Disposing gives back whichever it is, once. */
export interface Ticket extends Disposable {
  readonly id: string;
  /** Resolves with the grant; rejects with the `Problem` for which there is none. Stays pending if the ticket is disposed of first. */
  readonly granted: Promise<Loaded>;
}

/** A wish to see the model ready. Disposing ends the wait, not the load. */
export interface Watch extends Disposable {
  readonly ready: Promise<void>;
}

/** Those who wait for a deployment or hold a grant of it: the promises behind the ids that the scheduler decides about. */
export interface Onlookers extends Disposable {
  enter(waiter: Waiter, onChange: () => void): Ticket;
  watch(onChange: () => void): Watch;
  perform(effect: Extract<DeploymentEffect, { type: 'grant' | 'shed' | 'refuse' }>): void;
  /** The state changed. */
  announce(): void;
  /** The labels of those who hold a grant. */
  writing(): readonly string[];
}

export interface OnlookersOptions {
  readonly record: DeploymentRecord;
  readonly maxWaiting: number;
  readonly stateNow: () => DeploymentState;
  readonly dispatch: (
    event:
      | { readonly type: 'enter'; readonly waiter: Waiter; readonly limit: number }
      | { readonly type: 'leave'; readonly waiterId: string }
      | { readonly type: 'grant-end'; readonly grantId: string },
  ) => void;
}

interface Holder<T> {
  readonly label: string;
  readonly resolve: (value: T) => void;
  readonly reject: (problem: Problem) => void;
  readonly onChange: () => void;
}

/** Where nothing was measured: how long an answer may take, for the time to come back after. */
const USUAL_ANSWER_MS = 5_000;
const LONGEST_RETRY_S = 600;

export function createOnlookers({ record, maxWaiting, stateNow, dispatch }: OnlookersOptions): Onlookers {
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

  function toProblem({ code, detail, source = 'app', retryAfterSeconds = comeBackAfter(code) }: Cause): Problem {
    return new Problem(code, detail, { source, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
  }

  /** When the queue as it is now will have been worked off. */
  function comeBackAfter(code: Cause['code']): number | undefined {
    if (code !== 'queue_full') return undefined;
    const { lifecycle, queue } = stateNow();
    const slots = isServing(lifecycle) ? lifecycle.loaded.slots : 1;
    const seconds = Math.ceil(((record.answerMs.median() ?? USUAL_ANSWER_MS) * queue.length) / slots / 1000);
    return Math.min(LONGEST_RETRY_S, Math.max(1, seconds));
  }

  return {
    enter(waiter, onChange) {
      const { holder, promise } = hold<Loaded>(waiter.label, onChange);
      waiting.set(waiter.id, holder);
      dispatch({ type: 'enter', waiter, limit: maxWaiting });
      return {
        id: waiter.id,
        granted: promise,
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
  return { holder: { label, resolve, reject, onChange }, promise };
}
