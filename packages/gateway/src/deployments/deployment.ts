import { Problem } from '@pilotlight/contract';
import type { Clock, Engine, ModelDescription } from '@pilotlight/contract';

import type { Cause, LifecycleState, Loaded, Moment } from '../lifecycle/state.ts';
import { isServing } from '../lifecycle/state.ts';
import type { Log } from '../log.ts';
import { initialDeployment, step } from '../scheduling/step.ts';
import type { DeploymentEffect, DeploymentEvent, DeploymentState } from '../scheduling/step.ts';
import type { Waiter } from '../scheduling/queue.ts';
import type { Settings } from '../settings.ts';
import { createJobs } from './jobs.ts';
import type { LoadGate } from './load-gate.ts';
import { createRecord } from './record.ts';
import type { DeploymentRecord } from './record.ts';

/** An event without its moment, which the deployment adds. */
export type Undated<E> = E extends { readonly now: Moment } ? Omit<E, 'now'> : never;

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

/** One model's weights on one engine. The only place where its state changes: events in, effects out. */
export interface Deployment {
  readonly key: string;
  readonly engine: Engine;
  readonly record: DeploymentRecord;
  /** The names under which the engine lists these weights. */
  readonly names: Map<string, ModelDescription>;
  /** To be shown, never to be decided on. */
  readonly state: DeploymentState;
  /** The labels of the answers that are being written. */
  readonly writing: readonly string[];
  dispatch(event: Undated<DeploymentEvent>): void;
  /** Asks for a grant; `onChange` hears of every change while the ticket lives. */
  enter(waiter: Waiter, onChange: () => void): Ticket;
  /** Waits until it is ready. Wants nothing itself: dispatch `want` after it. */
  watch(onChange: () => void): Watch;
  [Symbol.dispose](): void;
}

export interface DeploymentOptions {
  readonly key: string;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly gate: LoadGate;
  readonly log: Log;
  /** Called after every step that changed something. */
  readonly onChange: (deployment: Deployment, phaseChanged: boolean) => void;
}

interface Holder {
  readonly resolve: (loaded: Loaded) => void;
  readonly reject: (problem: Problem) => void;
  readonly onChange: () => void;
  readonly label: string;
}

/** Trouble is worth a warning; that an answer begins or ends is said by its own line. */
function levelOf(from: LifecycleState, to: LifecycleState): 'debug' | 'info' | 'warn' {
  if (to.phase === 'failed' || to.phase === 'wedged') return 'warn';
  return isServing(from) && isServing(to) ? 'debug' : 'info';
}

export function createDeployment(options: DeploymentOptions): Deployment {
  const { engine, clock, settings, log } = options;
  const record = createRecord();
  const names = new Map<string, ModelDescription>();
  const waiting = new Map<string, Holder>();
  const granted = new Map<string, Holder>();
  const watches = new Set<{ readonly resolve: () => void; readonly reject: (problem: Problem) => void; readonly onChange: () => void }>();
  const pending: Undated<DeploymentEvent>[] = [];
  let state = initialDeployment(moment());
  let isStepping = false;

  function moment(): Moment {
    return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
  }

  /** Events are taken one after the other, also those that effects cause. */
  function dispatch(event: Undated<DeploymentEvent>): void {
    pending.push(event);
    if (isStepping) return;
    isStepping = true;
    const before = state;
    try {
      for (let next = pending.shift(); next; next = pending.shift()) take(next);
    } finally {
      isStepping = false;
    }
    if (state !== before) announce(before);
  }

  function take(event: Undated<DeploymentEvent>): void {
    const from = state.lifecycle;
    const next = step(state, { ...event, now: moment() } as DeploymentEvent);
    state = next.state;
    const to = state.lifecycle;
    if (from.phase !== to.phase) {
      log({
        level: levelOf(from, to),
        name: 'phase-change',
        model: nameOf(),
        engine: engine.id,
        from: from.phase,
        to: to.phase,
        reason: to.reason,
      });
    }
    for (const effect of next.effects) perform(effect, from.phase === 'unknown' && from.resident !== undefined);
  }

  function perform(effect: DeploymentEffect, foundInMemory: boolean): void {
    if (effect.type === 'grant') grant(effect.waiter);
    else if (effect.type === 'shed') reject(effect.waiter, effect.cause);
    else if (effect.type === 'refuse') {
      for (const waiter of effect.waiters) reject(waiter, effect.cause);
      for (const watch of [...watches]) watch.reject(toProblemOf(effect.cause));
    } else jobs.perform(effect, foundInMemory);
  }

  function grant(waiter: Waiter): void {
    const holder = waiting.get(waiter.id);
    waiting.delete(waiter.id);
    const { lifecycle } = state;
    if (!holder || !isServing(lifecycle)) throw new Error(`a grant for ${waiter.id}, which does not wait`);
    granted.set(waiter.id, holder);
    holder.resolve(lifecycle.loaded);
  }

  function reject(waiter: Waiter, cause: Cause): void {
    waiting.get(waiter.id)?.reject(toProblemOf(cause));
    waiting.delete(waiter.id);
  }

  function toProblemOf({ code, detail, source = 'app', retryAfterSeconds }: Cause): Problem {
    if (code !== 'queue_full' || source === 'upstream') {
      return new Problem(code, detail, { source, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
    }
    const answerMs = record.answerMs.median() ?? 5000;
    const slots = 'loaded' in state.lifecycle ? state.lifecycle.loaded.slots : 1;
    const seconds = Math.min(600, Math.max(1, Math.ceil((answerMs * state.queue.length) / slots / 1000)));
    return new Problem(code, detail, { retryAfterSeconds: seconds });
  }

  function announce(before: DeploymentState): void {
    const isReady = isServing(state.lifecycle);
    for (const watch of [...watches]) {
      watch.onChange();
      if (isReady) watch.resolve();
    }
    for (const holder of [...waiting.values()]) holder.onChange();
    options.onChange(deployment, before.lifecycle.phase !== state.lifecycle.phase);
  }

  function nameOf(): string {
    return names.keys().next().value ?? options.key;
  }

  const jobs = createJobs({ ...options, record, names, dispatch, readySinceMs: () => state.lifecycle.since.monotonicMs });

  const deployment: Deployment = {
    key: options.key,
    engine,
    record,
    names,
    get state() {
      return state;
    },
    get writing() {
      return [...granted.values()].map(({ label }) => label);
    },
    dispatch,
    enter(waiter, onChange) {
      const { promise, resolve, reject: rejectTicket } = Promise.withResolvers<Loaded>();
      promise.catch(() => {});
      waiting.set(waiter.id, { resolve, reject: rejectTicket, onChange, label: waiter.label });
      dispatch({ type: 'enter', waiter, limit: settings.maxWaiting });
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
      const { promise, resolve, reject: rejectWatch } = Promise.withResolvers<void>();
      promise.catch(() => {});
      const watch = { resolve, reject: rejectWatch, onChange };
      watches.add(watch);
      if (isServing(state.lifecycle)) resolve();
      return { ready: promise, [Symbol.dispose]: () => void watches.delete(watch) };
    },
    [Symbol.dispose]() {
      jobs[Symbol.dispose]();
      const problem = new Problem('shutting_down', 'the server is shutting down');
      for (const holder of waiting.values()) holder.reject(problem);
      for (const watch of watches) watch.reject(problem);
    },
  };
  return deployment;
}
