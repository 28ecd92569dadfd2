import type { Clock } from '@pilotlight/contract';

export interface TimeLimit {
  readonly clock: Clock;
  readonly limitMs: number;
  /** What the work is aborted with when the limit is reached. */
  readonly reason: () => Error;
  /** Ends the work from outside, with its own reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long work that was aborted may take to come to its end, before it is left behind. Default 10 s. */
  readonly graceMs?: number;
}

const ABORT_GRACE_MS = 10_000;

export interface LimitedWork {
  readonly signal: AbortSignal;
  /** A sign of life: the limit begins anew. */
  readonly renew: () => void;
}

/**
 * Runs work under a limit that signs of life renew. At the limit, or when the outer signal aborts, the work is aborted and given a moment to clean
 * up; then the reason is thrown, whether it ended or not.
 */
export async function withTimeLimit<T>(
  { clock, limitMs, reason, signal, graceMs = ABORT_GRACE_MS }: TimeLimit,
  work: (limited: LimitedWork) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => {});
  let aliveAt = clock.monotonic();
  let timer: Disposable = clock.after(limitMs, check);

  function check(): void {
    const leftMs = aliveAt + limitMs - clock.monotonic();
    if (leftMs > 0) timer = clock.after(leftMs, check);
    else abort(reason());
  }
  function abort(error: Error): void {
    timer[Symbol.dispose]();
    timer = clock.after(graceMs, () => gone.reject(error));
    controller.abort(error);
  }
  const onAbort = (): void => abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const result = await Promise.race([work({ signal: controller.signal, renew: () => void (aliveAt = clock.monotonic()) }), gone.promise]);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    timer[Symbol.dispose]();
    signal?.removeEventListener('abort', onAbort);
  }
}
