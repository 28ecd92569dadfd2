import type { LifecycleEffect, LifecycleEvent } from '../lifecycle/events.ts';
import { activeOf, initialState, isServing } from '../lifecycle/state.ts';
import type { Cause, LifecycleState, Moment } from '../lifecycle/state.ts';
import { transition } from '../lifecycle/transition.ts';
import { enter, leave } from './queue.ts';
import type { Queue, Waiter } from './queue.ts';

/** All that is decided about one deployment: its life, and who waits for it. */
export interface DeploymentState {
  readonly lifecycle: LifecycleState;
  readonly queue: Queue;
}

export type DeploymentEvent =
  | LifecycleEvent
  /** A request wants a grant. `limit` is how many may wait. */
  | { readonly type: 'enter'; readonly waiter: Waiter; readonly limit: number; readonly now: Moment }
  /** A request does not wait any more. */
  | { readonly type: 'leave'; readonly waiterId: string; readonly now: Moment };

export type DeploymentEffect =
  | Exclude<LifecycleEffect, { type: 'refuse' }>
  /** These waiters, and all who only want it ready, get this. */
  | { readonly type: 'refuse'; readonly cause: Cause; readonly waiters: readonly Waiter[] }
  /** This waiter alone has no place. */
  | { readonly type: 'shed'; readonly waiter: Waiter; readonly cause: Cause }
  | { readonly type: 'grant'; readonly waiter: Waiter };

export interface DeploymentStep {
  readonly state: DeploymentState;
  readonly effects: readonly DeploymentEffect[];
}

export function initialDeployment(now: Moment): DeploymentState {
  return { lifecycle: initialState(now), queue: [] };
}

const NO_BACKGROUND_LOAD: Cause = { code: 'no_model', detail: 'it is not in memory, and background work loads no model' };

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
  if (event.type !== 'enter') return apply(state, event, effects);
  const { queue, shed } = enter(state.queue, event.waiter, event.limit);
  if (shed) {
    const detail = `${state.queue.length} requests wait for it already`;
    effects.push({ type: 'shed', waiter: shed, cause: { code: 'queue_full', detail } });
  }
  return { ...state, queue };
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
  return next.state === state.lifecycle && queue === state.queue ? state : { lifecycle: next.state, queue };
}

/** Gives free slots to those who wait, and sets moving what they wait for. */
function settle(state: DeploymentState, now: Moment, effects: DeploymentEffect[]): DeploymentState {
  let current = state;
  for (let waiter = current.queue[0]; waiter; waiter = current.queue[0]) {
    const { lifecycle } = current;
    if (!isServing(lifecycle)) break;
    if (activeOf(lifecycle).size >= lifecycle.loaded.slots) return current;
    current = apply({ ...current, queue: current.queue.slice(1) }, { type: 'grant-start', grantId: waiter.id, now }, effects);
    effects.push({ type: 'grant', waiter });
  }
  if (current.queue.length === 0 || isOnItsWay(current.lifecycle)) return current;
  return demand(current, now, effects);
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
