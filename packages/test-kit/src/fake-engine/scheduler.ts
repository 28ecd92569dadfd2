import { delay } from './delay.ts';
import type { EventList } from './event-list.ts';
import type { FakeEngineConfig } from './fake-engine-config.ts';
import { HttpFailure } from './http-failure.ts';
import type { Runner } from './runner.ts';
import { needsReload } from './runner-options.ts';
import type { NewRunner, RunnerTable } from './runner-table.ts';
import { chooseVictim } from './runner-table.ts';

export interface RunnerRequest extends NewRunner {
  readonly signal: AbortSignal;
}

export interface LoadInProgress {
  readonly model: string;
  readonly fraction: number;
}

/**
 * Who waits for memory. One cold request is served at a time, in order of arrival, and a load or an eviction holds up all that come after it;
 * requests for what is in memory pass by.
 */
export interface Scheduler {
  /** The runner for a request, loaded if need be. Never settles if the client leaves while it waits, as the real one's handlers do not. */
  runnerFor(request: RunnerRequest): Promise<Runner>;
  readonly load: LoadInProgress | undefined;
  dispose(): void;
}

interface Pending extends RunnerRequest {
  readonly resolve: (runner: Runner) => void;
  readonly reject: (error: unknown) => void;
}

interface Loading {
  readonly model: string;
  readonly startedAt: number;
  readonly totalMs: number;
}

export interface SchedulerSetup {
  readonly config: () => FakeEngineConfig;
  readonly events: EventList;
  readonly runners: RunnerTable;
}

export function createScheduler({ config, events, runners }: SchedulerSetup): Scheduler {
  const pending: Pending[] = [];
  const closed = new AbortController();
  let loading: Loading | undefined;
  let working = false;

  async function load(entry: Pending): Promise<void> {
    const { name, loadMs, loadError } = entry.model;
    const totalMs = loadMs ?? config().loadMs;
    loading = { model: name, startedAt: performance.now(), totalMs };
    events.add({ type: 'load-start', model: name });
    const passed = await delay(totalMs, config().loadSurvivesClient ? closed.signal : AbortSignal.any([entry.signal, closed.signal]));
    loading = undefined;
    if (!passed) {
      events.add({ type: 'load-aborted', model: name });
      entry.reject(new HttpFailure(499, 'client connection closed before llama-server finished loading, aborting load'));
    } else if (loadError !== undefined) {
      events.add({ type: 'load-failed', model: name });
      entry.reject(new HttpFailure(loadError.status, loadError.text));
    } else {
      events.add({ type: 'load-end', model: name });
      entry.resolve(runners.add(entry));
    }
  }

  async function serve(entry: Pending): Promise<void> {
    while (!entry.signal.aborted && !closed.signal.aborted) {
      const current = runners.get(entry.model);
      if (current !== undefined && !needsReload(current.options, entry.options)) {
        entry.resolve(current);
        return;
      }
      const victim = current ?? (runners.size >= config().maxLoaded ? chooseVictim(runners.values()) : undefined);
      if (victim === undefined) {
        await load(entry);
        return;
      }
      await runners.evict(victim);
    }
  }

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    for (let entry = pending.shift(); entry !== undefined; entry = pending.shift()) await serve(entry);
    working = false;
  }

  return {
    get load() {
      if (loading === undefined) return undefined;
      const { model, startedAt, totalMs } = loading;
      return { model, fraction: totalMs > 0 ? Math.min(1, (performance.now() - startedAt) / totalMs) : 0 };
    },
    runnerFor(request) {
      const current = runners.get(request.model);
      if (current !== undefined && request.keepAliveMs !== undefined) current.keepAliveMs = request.keepAliveMs;
      if (current !== undefined && !needsReload(current.options, request.options)) return Promise.resolve(current);
      if (pending.length >= config().maxQueue) {
        return Promise.reject(new HttpFailure(503, 'server busy, please try again.  maximum pending requests exceeded'));
      }
      const { promise, resolve, reject } = Promise.withResolvers<Runner>();
      pending.push({ ...request, resolve, reject });
      void work();
      return promise;
    },
    dispose: () => closed.abort(),
  };
}
