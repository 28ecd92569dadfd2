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
  /** Of two timers for the same instant the older one goes first. */
  readonly number: number;
  readonly callback: () => void;
  isOver: boolean;
}

/** Timers with the next one on top: a binary heap. Those that are over stay in it until they come to the top. */
interface Heap {
  readonly push: (timer: Timer) => void;
  /** The next one that is not over, which stays. */
  readonly top: () => Timer | undefined;
}

function createHeap(): Heap {
  const timers: Timer[] = [];
  const isBefore = (a: Timer, b: Timer): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.number < b.number);

  function sink(timer: Timer): void {
    let place = 0;
    for (let child = 1; child < timers.length; child = 2 * place + 1) {
      const [left, right] = [timers[child], timers[child + 1]];
      if (!left) break;
      const first = right && isBefore(right, left) ? right : left;
      if (!isBefore(first, timer)) break;
      timers[place] = first;
      place = first === left ? child : child + 1;
    }
    timers[place] = timer;
  }

  return {
    push(timer) {
      let place = timers.length;
      while (place > 0) {
        const above = (place - 1) >> 1;
        const parent = timers[above];
        if (!parent || !isBefore(timer, parent)) break;
        timers[place] = parent;
        place = above;
      }
      timers[place] = timer;
    },
    top() {
      while (timers[0]?.isOver) {
        const last = timers.pop();
        if (last && timers.length > 0) sink(last);
      }
      return timers[0];
    },
  };
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
  const timers = createHeap();
  let elapsedMs = 0;
  let made = 0;
  let pending = 0;

  function end(timer: Timer): void {
    if (timer.isOver) return;
    timer.isOver = true;
    pending -= 1;
  }

  async function fire(timer: Timer): Promise<void> {
    end(timer);
    elapsedMs = Math.max(elapsedMs, timer.dueMs);
    timer.callback();
    await settle();
  }

  async function advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`a clock cannot be moved by ${ms} ms`);
    const endMs = elapsedMs + ms;
    await settle();
    for (let timer = timers.top(); timer !== undefined && timer.dueMs <= endMs; timer = timers.top()) await fire(timer);
    elapsedMs = endMs;
  }

  async function advanceToNext(): Promise<boolean> {
    await settle();
    const timer = timers.top();
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
      const timer = timers.top();
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
      const timer: Timer = { dueMs: elapsedMs + Math.max(0, delayMs), number: (made += 1), callback, isOver: false };
      pending += 1;
      timers.push(timer);
      return { [Symbol.dispose]: () => end(timer) };
    },
    advance,
    advanceToNext,
    advanceUntil,
    settle,
    get pending() {
      return pending;
    },
    get nextDelayMs() {
      const timer = timers.top();
      return timer === undefined ? undefined : Math.max(0, timer.dueMs - elapsedMs);
    },
  };
}
