import type { Clock } from '@pilotlight/contract';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time by `ms`, calling each timer at its own instant, in order of their instants; work that a timer starts settles before the next one is called. */
  advance(ms: number): Promise<void>;
  /** Moves to the next timer, if there is one, and calls it. Resolves with whether there was one. */
  advanceToNext(): Promise<boolean>;
  /** Moves time, timer by timer, until the promise has settled; fails if `limitMs` of this clock (default one hour) did not do. */
  advanceUntil<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** Lets everything that is ready to run, run; time does not move. */
  settle(): Promise<void>;
  /** How many timers wait. */
  readonly pending: number;
  /** Milliseconds until the next timer; undefined if there is none. */
  readonly nextDelayMs: number | undefined;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

const DEFAULT_START_MS = Date.UTC(2026, 0, 1);
const DEFAULT_LIMIT_MS = 3_600_000;

/** Waits until the microtask queue and what is ready in the event loop have run. */
function settle(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  return promise;
}

/** A clock for tests. It starts at 2026-01-01 UTC unless told otherwise. */
export function createManualClock(startMs: number = DEFAULT_START_MS): ManualClock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;

  function next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (first === undefined || timer.dueMs < first.dueMs) first = timer;
    }
    return first;
  }

  async function fire(timer: Timer): Promise<void> {
    timers.delete(timer);
    elapsedMs = Math.max(elapsedMs, timer.dueMs);
    timer.callback();
    await settle();
  }

  async function advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`a clock cannot be moved by ${ms} ms`);
    const endMs = elapsedMs + ms;
    await settle();
    for (let timer = next(); timer !== undefined && timer.dueMs <= endMs; timer = next()) await fire(timer);
    elapsedMs = endMs;
  }

  async function advanceToNext(): Promise<boolean> {
    await settle();
    const timer = next();
    if (timer === undefined) return false;
    await fire(timer);
    return true;
  }

  async function advanceUntil<T>(promise: Promise<T>, limitMs: number = DEFAULT_LIMIT_MS): Promise<T> {
    const endMs = elapsedMs + limitMs;
    const outcome = { settled: false };
    const mark = (): void => {
      outcome.settled = true;
    };
    promise.then(mark, mark);
    await settle();
    while (!outcome.settled) {
      const timer = next();
      if (timer === undefined) throw new Error('the promise waits, but no timer is left that could settle it');
      if (timer.dueMs > endMs) throw new Error(`the promise had not settled after ${limitMs} ms of this clock`);
      await fire(timer);
    }
    return promise;
  }

  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    after(delayMs, callback) {
      const timer: Timer = { dueMs: elapsedMs + Math.max(0, delayMs), callback };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
    advance,
    advanceToNext,
    advanceUntil,
    settle,
    get pending() {
      return timers.size;
    },
    get nextDelayMs() {
      const timer = next();
      return timer === undefined ? undefined : Math.max(0, timer.dueMs - elapsedMs);
    },
  };
}
