import type { BreakerView, Clock, Engine, LaunchProfile, ModelDescription, Randomness } from '@pilotlight/contract';

import { createBreaker } from '../attempts/breaker.ts';
import type { Breaker } from '../attempts/breaker.ts';
import type { LifecycleState, Moment } from '../lifecycle/state.ts';
import { isServing, loadedOf } from '../lifecycle/state.ts';
import type { Log } from '../log.ts';
import { initialDeployment, step } from '../scheduling/step.ts';
import type { DeploymentEffect, DeploymentEvent, DeploymentState } from '../scheduling/step.ts';
import type { Newcomer } from '../scheduling/queue.ts';
import type { Settings } from '../settings.ts';
import type { Ledger } from '../memory/ledger.ts';
import { createContinuations } from './continuations.ts';
import type { Continuations } from './continuations.ts';
import { createJobs } from './jobs.ts';
import type { Found } from './jobs.ts';
import type { LoadGate } from './load-gate.ts';
import { createOnlookers } from './onlookers.ts';
import type { Onlookers, Ticket, Watch } from './onlookers.ts';
import { createRecord } from './record.ts';
import type { DeploymentRecord } from './record.ts';

/** An event without its moment, which the deployment adds. */
export type Undated<E> = E extends { readonly now: Moment } ? Omit<E, 'now'> : never;

/** One model's weights on one engine. The only place where its state changes: events in, effects out. */
export interface Deployment {
  readonly key: string;
  readonly engine: Engine;
  readonly record: DeploymentRecord;
  readonly breaker: Breaker;
  readonly continuations: Continuations;
  /** The launch profile of the load that goes on, or of what is in memory, whatever was set since; undefined: there is neither, or nobody knows. */
  readonly profile: LaunchProfile | undefined;
  /** The names under which the engine lists these weights. */
  readonly names: Map<string, ModelDescription>;
  /** To be shown, never to be decided on. */
  readonly state: DeploymentState;
  /** The labels of the answers that are being written. */
  readonly writing: readonly string[];
  dispatch(event: Undated<DeploymentEvent>): void;
  /** Asks for a grant; `onChange` hears of every change while the ticket lives. */
  enter(waiter: Newcomer, onChange: () => void): Ticket;
  /** Waits until it is ready. Wants nothing itself: dispatch `want` after it. */
  watch(onChange: () => void): Watch;
  [Symbol.dispose](): void;
}

export interface DeploymentOptions {
  readonly key: string;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly settings: Settings;
  readonly gate: LoadGate;
  readonly ledger: Ledger;
  readonly log: Log;
  /** How many more requests may wait at all deployments together. */
  readonly placesLeft: () => number;
  /** The engine may have gone: have it looked at. */
  readonly suspect: () => void;
  /** Called after every step that changed something. */
  readonly onChange: (deployment: Deployment, phaseChanged: boolean) => void;
}

/** Trouble is worth a warning; that an answer begins or ends is said by its own line. */
function levelOf(from: LifecycleState, to: LifecycleState): 'debug' | 'info' | 'warn' {
  if (to.phase === 'failed' || to.phase === 'wedged') return 'warn';
  return isServing(from) && isServing(to) ? 'debug' : 'info';
}

/** A fresh load may be granted to a waiter in the very step in which it became ready. */
function noteTimes(record: DeploymentRecord, from: LifecycleState, to: LifecycleState): void {
  if (isServing(to) && from.phase === 'warming') record.addReady(to.since.monotonicMs);
  else if (to.phase === 'ready' && from.phase === 'busy') record.addUse(to.since.monotonicMs);
}

/** The token of a warm-up proves as much as that of an answer; a model of which nothing comes needs no further proof. */
function noteLife(breaker: Breaker, from: LifecycleState, to: LifecycleState): void {
  if (isServing(to) && from.phase === 'warming') breaker.showedLife();
  if (to.phase === 'wedged' && from.phase !== 'wedged') breaker.wedged(to.reason);
}

function toFound(from: LifecycleState, isLeft: boolean): Found {
  if (from.phase !== 'unknown' || !from.resident) return { isInMemory: isLeft };
  return { isInMemory: true, ...(from.isForeign === true && { foreignContext: from.resident.contextLength }) };
}

/** A name by which the log knows it. */
function nameOf({ names, key }: Pick<Deployment, 'names' | 'key'>): string {
  return names.keys().next().value ?? key;
}

type Loss = Extract<Undated<DeploymentEvent>, { readonly type: 'model-lost' }>;

function isDeathOfMemory(event: Undated<DeploymentEvent>, to: LifecycleState): event is Loss {
  return event.type === 'model-lost' && to.phase === 'failed' && event.cause.code === 'model_out_of_memory';
}

function isForOnlookers(effect: DeploymentEffect): effect is Parameters<Onlookers['perform']>[0] {
  return effect.type === 'grant' || effect.type === 'shed' || effect.type === 'refuse' || effect.type === 'yield';
}

/** Events are taken one after the other, also those that effects cause. False: the call that is under way takes it. */
function createTurns<E>(take: (event: E) => void): (event: E) => boolean {
  const pending: E[] = [];
  let isTaking = false;
  return (event) => {
    pending.push(event);
    if (isTaking) return false;
    isTaking = true;
    try {
      for (let next = pending.shift(); next !== undefined; next = pending.shift()) take(next);
    } finally {
      isTaking = false;
    }
    return true;
  };
}

interface Change<T> {
  readonly from: T;
  readonly to: T;
}

function logStep(deployment: Deployment, log: Log, { from, to }: Change<LifecycleState>): void {
  const where = { model: nameOf(deployment), engine: deployment.engine.id };
  if (from.phase !== to.phase) {
    log({ level: levelOf(from, to), name: 'phase-change', ...where, from: from.phase, to: to.phase, reason: to.reason });
  }
  const notice = loadedOf(to)?.notice;
  if (notice && notice !== loadedOf(from)?.notice) log({ level: 'warn', name: 'foreign-change', ...where, reason: notice.text });
}

function tellBreaker(deployment: Deployment, { log, onChange }: DeploymentOptions, { from, to }: Change<BreakerView['state']>): void {
  const reason = deployment.breaker.why ?? 'it answers again';
  const where = { model: nameOf(deployment), engine: deployment.engine.id };
  log({ level: to === 'open' ? 'warn' : 'info', name: 'breaker', ...where, from, to, reason });
  onChange(deployment, true);
}

export function createDeployment(options: DeploymentOptions): Deployment {
  const { key, engine, clock, log } = options;
  const moment = (): Moment => ({ wallMs: clock.now(), monotonicMs: clock.monotonic() });
  const names = new Map<string, ModelDescription>();
  const modelNow = (): string => loadedOf(state.lifecycle)?.model ?? names.keys().next().value ?? key;
  const record = createRecord({
    figures: () => options.ledger.figuresOf(deployment, modelNow()),
    onLearned: () => options.ledger.learned(deployment, modelNow()),
  });
  const onBreaker = (from: BreakerView['state'], to: BreakerView['state']): void => tellBreaker(deployment, options, { from, to });
  const breaker = createBreaker({ ...options, onChange: (from, to) => onBreaker(from.state, to.state) });
  const onlookers = createOnlookers({ ...options, record, dispatch, stateNow: () => state });
  const jobs = createJobs({
    ...options,
    record,
    names,
    dispatch,
    self: () => deployment,
    readySinceMs: () => state.lifecycle.since.monotonicMs,
  });
  const takeInTurn = createTurns(take);
  let state = initialDeployment(moment());

  function dispatch(event: Undated<DeploymentEvent>): void {
    const before = state;
    if (!takeInTurn(event) || state === before) return;
    onlookers.announce();
    options.onChange(deployment, before.lifecycle.phase !== state.lifecycle.phase);
  }

  function take(event: Undated<DeploymentEvent>): void {
    const from = state.lifecycle;
    const next = step(state, { ...event, now: moment() });
    state = next.state;
    const to = state.lifecycle;
    noteTimes(record, from, to);
    noteLife(breaker, from, to);
    if (isDeathOfMemory(event, to)) jobs.quarantine(loadedOf(from), event.cause.detail);
    logStep(deployment, log, { from, to });
    const found = toFound(from, event.type === 'unload-failed' && event.cause.code === 'not_supported');
    for (const effect of next.effects) {
      if (isForOnlookers(effect)) onlookers.perform(effect);
      else jobs.perform(effect, found);
    }
  }

  const deployment: Deployment = {
    key,
    engine,
    record,
    breaker,
    continuations: createContinuations(clock),
    names,
    get profile() {
      return record.loadingWith ?? loadedOf(state.lifecycle)?.profile;
    },
    get state() {
      return state;
    },
    get writing() {
      return onlookers.writing();
    },
    dispatch,
    enter: (waiter, onChange) => onlookers.enter(waiter, onChange),
    watch: (onChange) => onlookers.watch(onChange),
    [Symbol.dispose]() {
      jobs[Symbol.dispose]();
      onlookers[Symbol.dispose]();
    },
  };
  return deployment;
}
