import type { Refusal } from '@pilotlight/contract';

import type { LifecycleEffect, LifecycleEvent } from '../lifecycle/events.ts';
import { activeOf, initialState, isServing } from '../lifecycle/state.ts';
import type { Cause, LifecycleState, Moment } from '../lifecycle/state.ts';
import { transition } from '../lifecycle/transition.ts';
import { enter, leave, nextOf } from './queue.ts';
import type { Newcomer, Queue, Waiter } from './queue.ts';

/** All that is decided about one deployment: its life, and who waits for it. */
export interface DeploymentState {
  readonly lifecycle: LifecycleState;
  readonly queue: Queue;
  /** The grants of background work, which give way to others. */
  readonly background: ReadonlySet<string>;
  /** Those of them that were told to. */
  readonly yielding: ReadonlySet<string>;
}

/** How many may wait, and what to say to those beyond. */
export interface QueueLimit {
  readonly count: number;
  readonly refusal: Extract<Refusal, 'queue_full' | 'server_full'>;
}

export type DeploymentEvent =
  | LifecycleEvent
  /** A request wants a grant. `maxWaitMs` is how long until nobody goes before it any more. */
  | { readonly type: 'enter'; readonly waiter: Newcomer; readonly limit: QueueLimit; readonly maxWaitMs: number; readonly now: Moment }
  /** A request does not wait any more. */
  | { readonly type: 'leave'; readonly waiterId: string; readonly now: Moment };

export type DeploymentEffect =
  | Exclude<LifecycleEffect, { type: 'refuse' }>
  /** These waiters, and all who only want it ready, get this. */
  | { readonly type: 'refuse'; readonly cause: Cause; readonly waiters: readonly Waiter[] }
  /** This waiter alone has no place. */
  | { readonly type: 'shed'; readonly waiter: Waiter; readonly cause: Cause }
  | { readonly type: 'grant'; readonly waiter: Waiter }
  /** This background work is to stop, for somebody who waits. */
  | { readonly type: 'yield'; readonly grantId: string };

export interface DeploymentStep {
  readonly state: DeploymentState;
  readonly effects: readonly DeploymentEffect[];
}

export function initialDeployment(now: Moment): DeploymentState {
  return { lifecycle: initialState(now), queue: [], background: NOBODY, yielding: NOBODY };
}

const NOBODY: ReadonlySet<string> = new Set();
const NO_BACKGROUND_LOAD: Cause = {
  code: 'no_model',
  detail: 'it is not in memory, and background work loads no model',
  facts: { reason: 'not_in_memory' satisfies Refusal },
};

/**
 * Decides one event of one deployment. Pure. What holds after every step: nobody waits for a free slot of a serving deployment, nobody waits for a
 * deployment on which nothing moves, and grants in use never exceed its slots.
 */
export function step(state: DeploymentState, event: DeploymentEvent): DeploymentStep {
  const effects: DeploymentEffect[] = [];
  const entered = admit(state, event, effects);
  return { state: settle(entered, event.now, effects), effects };
}

function admit(state: DeploymentState, event: DeploymentEvent, effects: DeploymentEffect[]): DeploymentState {
  if (event.type === 'leave') return { ...state, queue: leave(state.queue, event.waiterId) };
  if (event.type === 'grant-end') return apply(withoutBackground(state, event.grantId), event, effects);
  if (event.type !== 'enter') return apply(state, event, effects);
  const sinceMs = event.now.monotonicMs;
  const waiter: Waiter = { ...event.waiter, sinceMs, overdueAtMs: sinceMs + event.maxWaitMs };
  const { queue, shed } = enter(state.queue, waiter, event.limit.count);
  if (shed) effects.push({ type: 'shed', waiter: shed, cause: shed === waiter ? toFull(event.limit, state.queue.length) : GAVE_WAY });
  return { ...state, queue };
}

const GAVE_WAY: Cause = {
  code: 'queue_full',
  detail: 'it gave its place in the queue to a request that cannot wait',
  facts: { reason: 'gave_way' satisfies Refusal },
};

function toFull({ refusal }: QueueLimit, waiting: number): Cause {
  const detail =
    refusal === 'queue_full' ? `${waiting} requests wait for it already` : 'as many requests wait for all models together as may';
  return { code: 'queue_full', detail, facts: { reason: refusal, position: waiting + 1 } };
}

/** The same state if this grant is none of background work. */
function withoutBackground(state: DeploymentState, grantId: string): DeploymentState {
  if (!state.background.has(grantId)) return state;
  const without = (ids: ReadonlySet<string>): ReadonlySet<string> => ids.difference(new Set([grantId]));
  return { ...state, background: without(state.background), yielding: without(state.yielding) };
}

/** One transition of the lifecycle, its effects translated into those of the deployment. */
function apply(state: DeploymentState, event: LifecycleEvent, effects: DeploymentEffect[]): DeploymentState {
  const next = transition(state.lifecycle, event);
  let { queue } = state;
  for (const effect of next.effects) {
    if (effect.type !== 'refuse') {
      effects.push(effect);
      continue;
    }
    effects.push({ ...effect, waiters: queue });
    queue = [];
  }
  return next.state === state.lifecycle && queue === state.queue ? state : { ...state, lifecycle: next.state, queue };
}

/** Gives free slots to those who wait, and sets moving what they wait for. */
function settle(state: DeploymentState, now: Moment, effects: DeploymentEffect[]): DeploymentState {
  let current = state;
  for (let waiter = nextOf(current.queue, now.monotonicMs); waiter; waiter = nextOf(current.queue, now.monotonicMs)) {
    const { lifecycle } = current;
    if (!isServing(lifecycle) || activeOf(lifecycle).size >= lifecycle.loaded.slots) break;
    const background = waiter.priority === 'background' ? current.background.union(new Set([waiter.id])) : current.background;
    const next = { ...current, background, queue: leave(current.queue, waiter.id) };
    current = apply(next, { type: 'grant-start', grantId: waiter.id, now }, effects);
    effects.push({ type: 'grant', waiter });
  }
  current = giveWay(current, effects);
  if (current.queue.length === 0 || isServing(current.lifecycle) || isOnItsWay(current.lifecycle)) return current;
  return demand(current, now, effects);
}

/** Background work stops for those who wait for its slots, and when the model is to leave memory. */
function giveWay(state: DeploymentState, effects: DeploymentEffect[]): DeploymentState {
  if (state.background.size === state.yielding.size) return state;
  const isLeaving = state.lifecycle.phase === 'draining';
  const wanted = isLeaving ? state.background.size : state.queue.filter(({ priority }) => priority !== 'background').length;
  const told = [...state.background.difference(state.yielding)].slice(0, Math.max(0, wanted - state.yielding.size));
  if (told.length === 0) return state;
  for (const grantId of told) effects.push({ type: 'yield', grantId });
  return { ...state, yielding: state.yielding.union(new Set(told)) };
}

/** Whether all that is written in it is background work, which gives way to whoever needs the memory. */
export function isBusyForNobody({ lifecycle, background }: DeploymentState): boolean {
  return lifecycle.phase === 'busy' && lifecycle.active.isSubsetOf(background);
}

/** Whether waiting has a point: something is under way that ends in a grant or in a refusal. */
function isOnItsWay({ phase }: LifecycleState): boolean {
  return phase === 'queued' || phase === 'loading' || phase === 'warming';
}

/** Those who wait want a load; background work alone wants none, and is told so. */
function demand(state: DeploymentState, now: Moment, effects: DeploymentEffect[]): DeploymentState {
  const first = state.queue[0];
  if (first && first.priority !== 'background') {
    return apply(state, { type: 'want', wish: { model: first.model, by: first.label }, now }, effects);
  }
  for (const waiter of state.queue) effects.push({ type: 'shed', waiter, cause: NO_BACKGROUND_LOAD });
  return { ...state, queue: [] };
}
