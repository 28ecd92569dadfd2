import type { Clock, Engine, EnginePart, StreamRequest } from '@pilotlight/contract';

import type { Ticket } from '../deployments/onlookers.ts';

/**
 * A place at a deployment: a wait, then a grant, then a stream. Whatever ends it (the end of the answer, a failure, a caller that left, also one that
 * never comes back to the generator), it is given back once, and not before the engine has let go of it.
 */
export interface Lease extends Disposable {
  /** Opens the stream, the first one or the next after a `rest`; the request goes out with the first `next`. */
  open(request: StreamRequest): void;
  next(): Promise<IteratorResult<EnginePart>>;
  /** Ends the stream and keeps the place: resolves when the engine has let go. */
  rest(): Promise<void>;
  /** The engine's end marker came: its slot is free, and so is the grant. What is left of the exchange is read to its end. */
  complete(): void;
  /** Done in its place once the engine has let go of the answer, before the place is given back. Must not reject. */
  beforeRelease(work: () => Promise<void>): void;
}

export interface LeaseOptions {
  readonly ticket: Ticket;
  readonly engine: Engine;
  readonly clock: Clock;
  /** Aborting ends the lease. */
  readonly signal: AbortSignal;
}

/** How long an engine may take to let go; after that its slot is given to the next all the same. */
const GRACE_MS = 5_000;
/** One for all: an error for each answer costs more than it tells. */
const ENDED = new Error('the answer ended');

export function createLease({ ticket, engine, clock, signal }: LeaseOptions): Lease {
  const controller = new AbortController();
  let iterator: AsyncIterator<EnginePart> | undefined;
  let inFlight: Promise<unknown> = Promise.resolve();
  let isOver = false;
  let lastWork = (): Promise<void> => Promise.resolve();

  function reasonOr(words: string): unknown {
    if (signal.aborted) return signal.reason;
    return ticket.revoked.aborted ? ticket.revoked.reason : new Error(words);
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', end);
    if (!iterator) return ticket[Symbol.dispose]();
    controller.abort(reasonOr('the answer ended'));
    void within(letGo(iterator))
      .then(() => lastWork())
      .finally(() => ticket[Symbol.dispose]());
  }

  function complete(): void {
    if (isOver || !iterator) return;
    isOver = true;
    signal.removeEventListener('abort', end);
    ticket[Symbol.dispose]();
    const open = iterator;
    void within(open.next().catch(() => {})).then(() => controller.abort(ENDED));
  }

  async function within(work: Promise<unknown>): Promise<void> {
    const grace = Promise.withResolvers<void>();
    using _timer = clock.after(GRACE_MS, grace.resolve);
    await Promise.race([work, grace.promise]);
  }

  /** Resolves when the engine's iterator has ended; what it still yields or throws is of no interest. */
  async function letGo(open: AsyncIterator<EnginePart>): Promise<void> {
    await inFlight.catch(() => {});
    await Promise.resolve(open.return?.()).catch(() => {});
  }

  signal.addEventListener('abort', end, { once: true });
  ticket.revoked.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return {
    open(request) {
      if (!isOver) iterator = engine.stream(request, controller.signal)[Symbol.asyncIterator]();
    },
    next() {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason of a signal is whatever its owner gave
      if (!iterator || isOver) return Promise.reject(reasonOr('the lease is over'));
      const next = iterator.next();
      inFlight = next;
      return next;
    },
    async rest() {
      if (iterator && !isOver) await within(letGo(iterator));
    },
    complete,
    beforeRelease(work) {
      lastWork = work;
    },
    [Symbol.dispose]: end,
  };
}
