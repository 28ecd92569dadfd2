import { delay } from './delay.ts';
import type { EventList } from './event-list.ts';
import type { FakeEngineConfig, FakeModel } from './fake-engine-config.ts';
import { weightsOf } from './fake-engine-config.ts';
import { createRunner } from './runner.ts';
import type { Runner } from './runner.ts';
import type { RunnerOptions } from './runner-options.ts';

export interface NewRunner {
  readonly model: FakeModel;
  readonly options: RunnerOptions;
  readonly keepAliveMs: number | undefined;
}

/** What is in memory, by weights. */
export interface RunnerTable {
  get(model: FakeModel): Runner | undefined;
  readonly size: number;
  values(): Iterable<Runner>;
  add(runner: NewRunner): Runner;
  /** A runner dies, whatever it does; its answers end with an error. */
  kill(runner: Runner): void;
  /** Marks a runner for unloading and waits until one, this or another, has gone. */
  evict(runner: Runner): Promise<void>;
  dispose(): void;
}

/** The victim of an eviction: an idle one first, then the shortest keep_alive, then the name of the weights. */
export function chooseVictim(runners: Iterable<Runner>): Runner | undefined {
  return [...runners].sort((left, right) => {
    if (left.isIdle !== right.isIdle) return left.isIdle ? -1 : 1;
    if (left.keepAliveMs !== right.keepAliveMs) return left.keepAliveMs < right.keepAliveMs ? -1 : 1;
    return left.weights < right.weights ? -1 : 1;
  })[0];
}

export function createRunnerTable(config: () => FakeEngineConfig, events: EventList): RunnerTable {
  const runners = new Map<string, Runner>();
  const closed = new AbortController();
  let unloaded = Promise.withResolvers<void>();

  function remove(runner: Runner): void {
    if (runners.get(runner.weights) !== runner) return;
    runner.dispose();
    runners.delete(runner.weights);
    events.add({ type: 'unload', model: runner.model.name });
    unloaded.resolve();
    unloaded = Promise.withResolvers<void>();
  }

  async function leave(runner: Runner): Promise<void> {
    if (config().unloadMs > 0) await delay(config().unloadMs, closed.signal);
    if (runner.isIdle) remove(runner);
  }

  return {
    get: (model) => runners.get(weightsOf(model)),
    get size() {
      return runners.size;
    },
    values: () => runners.values(),
    add({ model, options, keepAliveMs }) {
      const runner = createRunner({
        weights: weightsOf(model),
        model,
        options,
        contextLength: Math.min(options.num_ctx ?? config().contextLength, model.contextLength ?? 8192),
        slots: model.capabilities?.includes('embedding') === true ? 1 : config().parallel,
        keepAliveMs: keepAliveMs ?? config().keepAliveMs,
        onExpired: () => void leave(runner),
      });
      runners.set(runner.weights, runner);
      return runner;
    },
    kill(runner) {
      remove(runner);
      runner.die();
    },
    async evict(runner) {
      const { promise } = unloaded;
      events.add({ type: 'evict', model: runner.model.name });
      runner.keepAliveMs = 0;
      if (runner.isIdle) runner.settleIdle();
      await promise;
    },
    dispose() {
      closed.abort();
      for (const runner of runners.values()) runner.dispose();
    },
  };
}
