import type { Clock } from './seams.ts';

/** Waits for `delayMs` on the given clock; rejects with the signal's reason if it aborts first, and leaves no timer behind. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal?.aborted) {
    reject(signal.reason);
    return promise;
  }
  const timer = clock.after(delayMs, () => {
    signal?.removeEventListener('abort', onAbort);
    resolve();
  });
  function onAbort(): void {
    timer[Symbol.dispose]();
    reject(signal?.reason);
  }
  signal?.addEventListener('abort', onAbort, { once: true });
  return promise;
}

/** The date of a clock reading as the wire has it: ISO 8601, UTC, milliseconds. */
export function toTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
