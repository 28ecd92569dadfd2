import type { Clock, PhasePart } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { toWaitingPart } from '../views/phase-words.ts';
import { createBell } from './bell.ts';
import { createPhaseFeed } from './phase-feed.ts';
import { waitFor } from './wait-for.ts';

export interface EnsureOptions {
  readonly deployment: Deployment;
  readonly model: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onPhase: ((part: PhasePart) => void) | undefined;
  readonly loadAhead: () => string | undefined;
}

/** Waits until a deployment is ready, loading it if need be, and reports the way there. Leaving ends the wait and not the load. */
export async function ensureReady({ deployment, model, clock, signal, onPhase, loadAhead }: EnsureOptions): Promise<void> {
  signal.throwIfAborted();
  const bell = createBell();
  using feed = createPhaseFeed(clock, bell);
  using watch = deployment.watch(() => feed.changed());
  const waitingSince = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
  const picture = () => toWaitingPart(deployment, { model, waitingSince, nowMonotonicMs: clock.monotonic(), loadAhead: loadAhead() });
  signal.addEventListener('abort', bell.ring);
  try {
    deployment.dispatch({ type: 'want', wish: { model, by: 'a request to load it' } });
    for await (const part of waitFor(watch.ready, { bell, feed, signal, picture })) onPhase?.(part);
  } finally {
    signal.removeEventListener('abort', bell.ring);
  }
}
