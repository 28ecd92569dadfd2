import type { PhasePart } from '@pilotlight/contract';

import type { Bell } from './bell.ts';
import type { PhaseFeed } from './phase-feed.ts';

export interface WaitOptions {
  readonly bell: Bell;
  readonly feed: PhaseFeed;
  /** Whoever aborts it has to ring the bell. */
  readonly signal: AbortSignal;
  /** What there is to see meanwhile. */
  readonly picture: () => PhasePart;
}

/** Shows the picture until the promise has settled; then gives its value, or throws its error. Throws the signal's reason as soon as it is aborted. */
export async function* waitFor<T>(promise: Promise<T>, { bell, feed, signal, picture }: WaitOptions): AsyncGenerator<PhasePart, T> {
  const wait: { outcome?: { readonly value: T } | { readonly error: unknown } } = {};
  async function follow(): Promise<void> {
    try {
      wait.outcome = { value: await promise };
    } catch (error) {
      wait.outcome = { error };
    }
    bell.ring();
  }
  void follow();
  // What is there at once is no wait, and nothing is shown of it.
  await Promise.resolve();
  try {
    if (!wait.outcome) feed.show(picture);
    for (;;) {
      if (signal.aborted) throw signal.reason;
      if (wait.outcome) {
        if ('error' in wait.outcome) throw wait.outcome.error;
        return wait.outcome.value;
      }
      const part = feed.take();
      if (part) yield part;
      else await bell.heard();
    }
  } finally {
    feed.show(undefined);
  }
}
