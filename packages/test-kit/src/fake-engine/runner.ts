import type { FakeModel } from './fake-engine-config.ts';
import type { RunnerOptions } from './runner-options.ts';

interface Waiter {
  readonly signal: AbortSignal;
  readonly start: () => void;
}

/** Weights in memory, with their slots. */
export interface Runner {
  readonly weights: string;
  /** The name under which they were loaded. */
  readonly model: FakeModel;
  readonly options: RunnerOptions;
  readonly contextLength: number;
  keepAliveMs: number;
  expiresAt: number;
  readonly isIdle: boolean;
  /** Waits for a slot, in order of arrival; false if the signal aborted first. */
  take(signal: AbortSignal): Promise<boolean>;
  /** Gives a slot back. */
  give(): void;
  /** Starts to count keep_alive, or calls back at once if it is 0. */
  settleIdle(): void;
  /** Aborted when it has died. */
  readonly died: AbortSignal;
  die(): void;
  /** Ends the timer. */
  dispose(): void;
}

export interface RunnerSetup {
  readonly weights: string;
  readonly model: FakeModel;
  readonly options: RunnerOptions;
  readonly contextLength: number;
  readonly slots: number;
  readonly keepAliveMs: number;
  /** Called when it is idle and its keep_alive is over. */
  readonly onExpired: () => void;
}

const FOR_EVER_MS = 9_000_000_000_000;
const MAX_TIMER_MS = 2_147_483_647;

/** A runner just loaded, with all its slots free. */
export function createRunner(setup: RunnerSetup): Runner {
  const waiters: Waiter[] = [];
  const death = new AbortController();
  let busy = 0;
  let timer: NodeJS.Timeout | undefined;

  const runner: Runner = {
    weights: setup.weights,
    model: setup.model,
    options: setup.options,
    contextLength: setup.contextLength,
    keepAliveMs: setup.keepAliveMs,
    expiresAt: 0,
    died: death.signal,
    die: () => death.abort(new Error('the runner has died')),
    get isIdle() {
      return busy === 0 && waiters.length === 0;
    },
    take(signal) {
      clearTimeout(timer);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter: Waiter = {
        signal,
        start() {
          busy += 1;
          resolve(true);
        },
      };
      if (busy < setup.slots) waiter.start();
      else waiters.push(waiter);
      signal.addEventListener(
        'abort',
        () => {
          const index = waiters.indexOf(waiter);
          if (index < 0) return;
          waiters.splice(index, 1);
          resolve(false);
          if (runner.isIdle) runner.settleIdle();
        },
        { once: true },
      );
      return promise;
    },
    give() {
      busy -= 1;
      waiters.shift()?.start();
      if (runner.isIdle) runner.settleIdle();
    },
    settleIdle() {
      clearTimeout(timer);
      if (runner.keepAliveMs <= 0) {
        setup.onExpired();
        return;
      }
      runner.expiresAt = Date.now() + Math.min(runner.keepAliveMs, FOR_EVER_MS);
      if (runner.keepAliveMs > MAX_TIMER_MS) return;
      timer = setTimeout(setup.onExpired, runner.keepAliveMs);
      timer.unref();
    },
    dispose: () => clearTimeout(timer),
  };
  return runner;
}
