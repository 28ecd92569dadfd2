/**
 * Loaded into a process before anything else, makes its time run faster: its clocks show more, and its timers come earlier. Every limit of the program stays
 * what it is, and is reached sooner. `FAST_TIME` has the factor, the instant from which on, so that all threads agree, and from where on short timers keep their pace.
 */
const [factor = 1, sinceMs = 0, keptFromMs = Number.NaN] = (process.env['FAST_TIME'] ?? '').split('@').map(Number);
const KEPT_TO_MS = 5_000;
if (!(factor > 0)) throw new Error('FAST_TIME has no factor');

const { now: wallNow } = Date;
const monotonicNow = performance.now.bind(performance);
Date.now = () => sinceMs + (wallNow() - sinceMs) * factor;
performance.now = () => monotonicNow() * factor;

const toDelay = (ms: number): number => (ms >= keptFromMs && ms <= KEPT_TO_MS ? ms : ms / factor);

function sooner<T extends object>(timer: T): T {
  return new Proxy(timer, {
    apply: (target, self, [callback, ms, ...given]: readonly unknown[]): unknown =>
      Reflect.apply(target as (...all: unknown[]) => unknown, self, [callback, toDelay(Number(ms ?? 0)), ...given]),
  });
}
globalThis.setTimeout = sooner(globalThis.setTimeout);
globalThis.setInterval = sooner(globalThis.setInterval);
