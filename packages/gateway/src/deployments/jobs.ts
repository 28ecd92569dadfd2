import { Problem } from '@pilotlight/contract';
import type { Clock, Engine, ModelDescription } from '@pilotlight/contract';

import { toCause, toProblem } from '../attempts/problem-of-failure.ts';
import type { LifecycleEvent } from '../lifecycle/events.ts';
import type { Wish } from '../lifecycle/state.ts';
import type { Log } from '../log.ts';
import type { DeploymentEffect } from '../scheduling/step.ts';
import type { Settings } from '../settings.ts';
import type { Undated } from './deployment.ts';
import type { LoadGate } from './load-gate.ts';
import { loadModel, unloadModel } from './load-model.ts';
import type { DeploymentRecord } from './record.ts';

export interface JobsOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly gate: LoadGate;
  readonly log: Log;
  readonly record: DeploymentRecord;
  readonly names: ReadonlyMap<string, ModelDescription>;
  readonly dispatch: (event: Undated<LifecycleEvent>) => void;
  readonly readySinceMs: () => number;
}

type JobEffect = Exclude<DeploymentEffect, { type: 'refuse' | 'shed' | 'grant' }>;

/** The detached work of one deployment. It belongs to no request; each job ends with exactly one event, whatever happens to it. */
export interface Jobs extends Disposable {
  perform(effect: JobEffect, foundInMemory: boolean): void;
}

/** A failed load keeps its cause so long, so that those who come get it and not a second load. */
const FAILURE_KEPT_MS = 15_000;
const OVERLOAD_KEPT_MS = 1_000;

export function createJobs(options: JobsOptions): Jobs {
  const { engine, clock, settings, gate, log, record, names, dispatch } = options;
  const loads = new Map<number, { readonly controller: AbortController; place: Disposable | undefined; readonly foundInMemory: boolean }>();
  let idleTimer: Disposable | undefined;

  function request(loadId: number, wish: Wish, foundInMemory: boolean): void {
    const load = { controller: new AbortController(), place: undefined as Disposable | undefined, foundInMemory };
    loads.set(loadId, load);
    load.place = gate.ask({ engine: engine.id, model: wish.model, admit: () => dispatch({ type: 'load-admitted', loadId }) });
  }

  function end(loadId: number): void {
    loads.get(loadId)?.place?.[Symbol.dispose]();
    loads.delete(loadId);
  }

  async function load(loadId: number, wish: Wish): Promise<void> {
    const job = loads.get(loadId);
    const description = names.get(wish.model) ?? names.values().next().value;
    if (!job || !description) {
      dispatch({ type: 'load-failed', loadId, cause: { code: 'model_not_found', detail: `${wish.model} is gone` }, keepMs: 0 });
      return end(loadId);
    }
    const startedMs = clock.monotonic();
    let loadedMs = startedMs;
    try {
      await loadModel({
        engine,
        description,
        profile: settings.profiles[description.name] ?? {},
        clock,
        stallMs: settings.loadStallMs,
        signal: job.controller.signal,
        onProgress: ({ fraction }) => dispatch({ type: 'load-progress', loadId, fraction }),
        onLoaded: (loaded) => {
          loadedMs = clock.monotonic();
          record.addLoad(loadedMs - startedMs, job.foundInMemory);
          dispatch({ type: 'load-end', loadId, loaded: { ...loaded, slots: Math.max(1, loaded.slots), model: description.name } });
        },
      });
      record.warmMs.add(clock.monotonic() - loadedMs);
      report('loaded', description.name, { startedMs });
      dispatch({ type: 'warm-end', loadId });
    } catch (error) {
      const problem = toProblem(error, 'load');
      const isCancelled = job.controller.signal.aborted;
      if (!isCancelled) record.addFailure();
      report(isCancelled ? 'cancelled' : 'failed', description.name, { startedMs, problem });
      dispatch({ type: 'load-failed', loadId, cause: toCause(problem), keepMs: keptMs(problem) });
    } finally {
      end(loadId);
    }
  }

  function report(outcome: 'loaded' | 'failed' | 'cancelled', model: string, facts: { startedMs: number; problem?: Problem }): void {
    log({
      level: outcome === 'failed' ? 'warn' : 'info',
      name: 'load-end',
      model,
      engine: engine.id,
      outcome,
      duration_ms: Math.round(clock.monotonic() - facts.startedMs),
      ...(facts.problem && { code: facts.problem.code, cause: facts.problem.cause ?? facts.problem.detail }),
    });
  }

  async function unload(unloadId: number, named: string | undefined): Promise<void> {
    const model = named ?? names.keys().next().value;
    try {
      if (model !== undefined) await unloadModel({ engine, model, clock });
      dispatch({ type: 'unload-end', unloadId });
    } catch (error) {
      dispatch({ type: 'unload-failed', unloadId, cause: toCause(toProblem(error, 'answer')) });
    }
  }

  function watchIdle(loadId: number): void {
    idleTimer?.[Symbol.dispose]();
    const { keepAliveMs } = settings;
    // A server elsewhere has its own keep-alive, which it was given with every request.
    if (engine.observation !== 'push' || !Number.isFinite(keepAliveMs)) return;
    const readySinceMs = options.readySinceMs();
    idleTimer = clock.after(keepAliveMs, () =>
      dispatch({ type: 'idle-end', loadId, readySinceMs, reason: `not used for ${toWords(keepAliveMs)}` }),
    );
  }

  return {
    perform(effect, foundInMemory) {
      if (effect.type === 'request-load') request(effect.loadId, effect.wish, foundInMemory);
      else if (effect.type === 'start-load') void load(effect.loadId, effect.wish);
      else if (effect.type === 'withdraw-load') end(effect.loadId);
      else if (effect.type === 'cancel-load') {
        loads.get(effect.loadId)?.controller.abort(new Problem('model_load_failed', 'its load was stopped'));
      } else if (effect.type === 'start-unload') void unload(effect.unloadId, effect.model);
      else watchIdle(effect.loadId);
    },
    [Symbol.dispose]() {
      idleTimer?.[Symbol.dispose]();
      const reason = new Problem('shutting_down', 'the server is shutting down');
      for (const { controller } of loads.values()) controller.abort(reason);
    },
  };
}

function keptMs({ code, retryAfterSeconds }: Problem): number {
  if (code === 'queue_full') return (retryAfterSeconds ?? 0) * 1000 || OVERLOAD_KEPT_MS;
  return FAILURE_KEPT_MS;
}

function toWords(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
