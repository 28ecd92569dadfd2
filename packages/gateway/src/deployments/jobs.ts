import { Problem } from '@pilotlight/contract';
import type { Clock, Engine, LaunchProfile, ModelDescription } from '@pilotlight/contract';

import { LONGEST_PAUSE_MS } from '../attempts/backoff.ts';
import { toCause, toProblem } from '../attempts/problem-of-failure.ts';
import type { LifecycleEvent } from '../lifecycle/events.ts';
import { toForeignWords } from '../lifecycle/serving.ts';
import type { Loaded, Seen, Wish } from '../lifecycle/state.ts';
import type { Log } from '../log.ts';
import type { DeploymentEffect } from '../scheduling/step.ts';
import type { Settings } from '../settings.ts';
import type { Ledger } from '../memory/ledger.ts';
import type { Deployment, Undated } from './deployment.ts';
import type { LoadAsker, LoadGate } from './load-gate.ts';
import { loadModel, unloadModel } from './load-model.ts';
import type { DeploymentRecord } from './record.ts';

export interface JobsOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly gate: LoadGate;
  readonly ledger: Ledger;
  readonly self: () => Deployment;
  readonly log: Log;
  readonly record: DeploymentRecord;
  readonly names: ReadonlyMap<string, ModelDescription>;
  readonly dispatch: (event: Undated<LifecycleEvent>) => void;
  readonly readySinceMs: () => number;
  /** The engine may have gone: have it looked at. */
  readonly suspect: () => void;
}

/** What was in memory when a load was wanted. */
export interface Found {
  readonly isInMemory: boolean;
  /** With a context that another client chose. */
  readonly foreignContext?: number | undefined;
}

type JobEffect = Exclude<DeploymentEffect, { type: 'refuse' | 'shed' | 'grant' | 'yield' }>;

/** The detached work of one deployment. It belongs to no request; each job ends with exactly one event, whatever happens to it. */
export interface Jobs extends Disposable {
  perform(effect: JobEffect, found: Found): void;
  /** It ran out of memory with its profile. */
  quarantine(loaded: Pick<Loaded, 'model' | 'profile'> | undefined, detail: string): void;
}

/** A failed load keeps its cause so long, so that those who come get it and not a second load. */
const FAILURE_KEPT_MS = 15_000;
const OVERLOAD_KEPT_MS = 1_000;

interface Load {
  readonly id: number;
  readonly wish: Wish;
  readonly controller: AbortController;
  /** The weights were in memory already, put there by somebody else. */
  readonly found: Found;
  /** With how much memory it could do when it was asked for, before it took any. */
  readonly mostBytes: number;
}

export function createJobs(options: JobsOptions): Jobs {
  const { engine, clock, settings, gate, dispatch } = options;
  const loads = new Map<number, Load>();
  const places = new Map<number, Disposable>();
  let idleTimer: Disposable | undefined;

  function request(load: Load): void {
    loads.set(load.id, load);
    places.set(load.id, gate.ask(toAsker(options, load)));
  }

  function end(loadId: number): void {
    loads.delete(loadId);
    places.get(loadId)?.[Symbol.dispose]();
    places.delete(loadId);
  }

  async function start(loadId: number): Promise<void> {
    const load = loads.get(loadId);
    if (!load) throw new Error(`load ${loadId} was not asked for`);
    let last = await runLoad(options, load);
    if (last.type === 'warm-end' && load.controller.signal.aborted) {
      // It was told to stop in the moment in which it came to its end.
      await unloadModel({ engine, model: load.wish.model, clock }).catch(() => {});
      last = { type: 'load-failed', loadId, cause: toCause(toProblem(load.controller.signal.reason, 'load')), keepMs: 0 };
    }
    // The place is free before the news is out: who hears it may want to load at once.
    end(loadId);
    dispatch(last);
    if (last.type === 'load-failed' && last.cause.code === 'engine_unreachable') options.suspect();
  }

  async function unload(unloadId: number, model: string | undefined): Promise<void> {
    try {
      if (model !== undefined) await unloadModel({ engine, model, clock });
      dispatch({ type: 'unload-end', unloadId });
    } catch (error) {
      const cause = toCause(toProblem(error, 'answer'));
      const cannotUnload = cause.code === 'not_supported';
      if (cannotUnload) options.record.cannotUnload = true;
      dispatch({ type: 'unload-failed', unloadId, cause });
      if (!cannotUnload) options.suspect();
    }
  }

  function watchIdle(loadId: number): void {
    idleTimer?.[Symbol.dispose]();
    const keepAliveMs = Math.max(settings.keepAliveMs, options.record.keepUntilMs - clock.monotonic());
    // A server elsewhere has its own keep-alive, which it was given with every request.
    if (engine.observation !== 'push' || !Number.isFinite(keepAliveMs)) return;
    const readySinceMs = options.readySinceMs();
    const reason = `not used for ${toWords(keepAliveMs)}`;
    idleTimer = clock.after(keepAliveMs, () => dispatch({ type: 'idle-end', loadId, readySinceMs, reason }));
  }

  return {
    perform(effect, found) {
      if (effect.type === 'request-load') {
        request({ id: effect.loadId, wish: effect.wish, controller: new AbortController(), found, mostBytes: mostOf(options) });
      } else if (effect.type === 'start-load') void start(effect.loadId);
      else if (effect.type === 'withdraw-load') end(effect.loadId);
      else if (effect.type === 'cancel-load') {
        loads.get(effect.loadId)?.controller.abort(new Problem('model_load_failed', 'its load was stopped'));
      } else if (effect.type === 'start-unload') void unload(effect.unloadId, effect.model ?? options.names.keys().next().value);
      else watchIdle(effect.loadId);
    },
    quarantine: (loaded, detail) => quarantine(options, loaded?.model, { detail, mostBytes: mostOf(options), profile: loaded?.profile }),
    [Symbol.dispose]() {
      idleTimer?.[Symbol.dispose]();
      const reason = new Problem('shutting_down', 'the server is shutting down');
      for (const { controller } of loads.values()) controller.abort(reason);
    },
  };
}

/** How the gate's answers come back as events. */
function toAsker({ self, dispatch }: JobsOptions, { id: loadId, wish, found }: Load): LoadAsker {
  return {
    deployment: self(),
    model: wish.model,
    by: wish.by,
    isInMemory: found.isInMemory,
    insists: wish.insists ?? false,
    admit: () => dispatch({ type: 'load-admitted', loadId }),
    refuse: (cause) => dispatch({ type: 'load-refused', loadId, cause }),
    wait: (reason) => dispatch({ type: 'load-waits', loadId, reason }),
  };
}

type LastNews = Extract<Undated<LifecycleEvent>, { readonly type: 'warm-end' | 'load-failed' }>;

/** Loads and warms; reports what happens on the way, and returns the event that is the end of it. Never rejects. */
async function runLoad(options: JobsOptions, load: Load): Promise<LastNews> {
  const { engine, clock, settings, record, names, dispatch, ledger } = options;
  const { id: loadId, wish, controller, found } = load;
  const description = names.get(wish.model) ?? names.values().next().value;
  if (!description) return { type: 'load-failed', loadId, cause: { code: 'model_not_found', detail: `${wish.model} is gone` }, keepMs: 0 };
  const startedMs = clock.monotonic();
  const model = description.name;
  // One for the whole load, whatever its owner sets meanwhile.
  const profile = toProfile(ledger.profileOf(model), found);
  record.loadingWith = profile;
  let loadedMs = startedMs;
  try {
    await loadModel({
      engine,
      description,
      profile,
      clock,
      stallMs: settings.loadStallMs,
      signal: controller.signal,
      onProgress: ({ fraction }) => dispatch({ type: 'load-progress', loadId, fraction }),
      onLoaded: (loaded) => {
        loadedMs = clock.monotonic();
        record.addLoad(loadedMs - startedMs, found.isInMemory);
        record.slots = Math.max(1, loaded.slots);
        const { memoryBytes: bytes, gpuBytes } = loaded;
        if (bytes !== undefined) ledger.measured(options.self(), { profile, bytes, gpuBytes });
        const notice = toNotice(options, found);
        dispatch({
          type: 'load-end',
          loadId,
          loaded: { ...loaded, slots: record.slots, model, profile, ...(notice && { notice }) },
        });
      },
    });
    record.addWarmUp(clock.monotonic() - loadedMs);
    ledger.quarantine.lift(ledger.keyOf(options.self(), model, profile));
    report(options, { model, outcome: 'loaded', startedMs });
    return { type: 'warm-end', loadId };
  } catch (error) {
    const problem = toProblem(error, 'load');
    const isCancelled = controller.signal.aborted;
    if (!isCancelled) record.addFailure();
    if (problem.code === 'model_out_of_memory') ledger.outOfMemory(options.self(), model);
    if (problem.code === 'model_out_of_memory') quarantine(options, model, { detail: problem.detail, mostBytes: load.mostBytes, profile });
    report(options, { model, outcome: isCancelled ? 'cancelled' : 'failed', startedMs, problem });
    return { type: 'load-failed', loadId, cause: toCause(problem), keepMs: keptMs(problem) };
  } finally {
    record.loadingWith = undefined;
  }
}

/** What another client has just loaded is used as it is: asking for anything else would load it again, and then the other client would. */
function toProfile(wanted: LaunchProfile, { isInMemory, foreignContext }: Found): LaunchProfile {
  return isInMemory && foreignContext !== undefined ? { ...wanted, contextLength: foreignContext } : wanted;
}

function toNotice({ engine, clock }: JobsOptions, { foreignContext }: Found): Seen | undefined {
  if (foreignContext === undefined) return undefined;
  return { text: toForeignWords(engine.id, foreignContext, undefined), at: { wallMs: clock.now(), monotonicMs: clock.monotonic() } };
}

interface DeathOfMemory {
  /** With which it ran out of memory; undefined: with that which it has by now. */
  readonly profile: LaunchProfile | undefined;
  readonly detail: string;
  readonly mostBytes: number;
}

function quarantine({ ledger, self }: JobsOptions, model: string | undefined, { detail, mostBytes, profile }: DeathOfMemory): void {
  const deployment = self();
  const name = model ?? deployment.names.keys().next().value;
  if (name === undefined) return;
  ledger.quarantine.add(ledger.keyOf(deployment, name, profile), { detail: detail.replace(/\.$/, ''), mostBytes });
}

function mostOf({ ledger, engine }: JobsOptions): number {
  const pool = ledger.poolOf(engine);
  return pool === undefined ? Number.POSITIVE_INFINITY : ledger.mostOf(pool);
}

interface LoadReport {
  readonly model: string;
  readonly outcome: 'loaded' | 'failed' | 'cancelled';
  readonly startedMs: number;
  readonly problem?: Problem;
}

function report({ log, clock, engine }: JobsOptions, { model, outcome, startedMs, problem }: LoadReport): void {
  log({
    level: outcome === 'failed' ? 'warn' : 'info',
    name: 'load-end',
    model,
    engine: engine.id,
    outcome,
    duration_ms: Math.round(clock.monotonic() - startedMs),
    ...(problem && { code: problem.code, detail: problem.detail, cause: problem.cause }),
  });
}

function keptMs({ code, retryAfterSeconds }: Problem): number {
  if (code === 'queue_full') return Math.min((retryAfterSeconds ?? 0) * 1000, LONGEST_PAUSE_MS) || OVERLOAD_KEPT_MS;
  return FAILURE_KEPT_MS;
}

function toWords(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
