/**
 * Loaded into a process before anything else, makes its time run faster: its clocks show more, and its timers come earlier. Every limit of the program stays
 * what it is, and is reached sooner. `FAST_TIME` has the factor, and the instant from which on, so that all threads agree.
 */
const [factor = 1, sinceMs = 0] = (process.env['FAST_TIME'] ?? '').split('@').map(Number);
if (!(factor > 0)) throw new Error('FAST_TIME has no factor');

const { now: wallNow } = Date;
const monotonicNow = performance.now.bind(performance);
Date.now = () => sinceMs + (wallNow() - sinceMs) * factor;
performance.now = () => monotonicNow() * factor;

function sooner<T extends object>(timer: T): T {
  return new Proxy(timer, {
    apply: (target, self, [callback, ms, ...given]: readonly unknown[]): unknown =>
      Reflect.apply(target as (...all: unknown[]) => unknown, self, [callback, Number(ms ?? 0) / factor, ...given]),
  });
}
globalThis.setTimeout = sooner(globalThis.setTimeout);
globalThis.setInterval = sooner(globalThis.setInterval);
