/** Waits; false if the signal aborted before. A negative time never passes. */
export function delay(ms: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  if (signal.aborted) {
    resolve(false);
    return promise;
  }
  const timer = ms < 0 ? undefined : setTimeout(() => finish(true), ms);
  const onAbort = (): void => finish(false);
  function finish(passed: boolean): void {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    resolve(passed);
  }
  signal.addEventListener('abort', onAbort, { once: true });
  return promise;
}
