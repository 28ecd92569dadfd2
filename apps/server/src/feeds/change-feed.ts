import { sleep } from '@pilotlight/contract';
import type { Clock } from '@pilotlight/contract';

import type { StreamEvent } from '../http/define-route.ts';

/** Changes of one thing that come faster are put together: only how it stands at last is sent. */
const PAUSE_MS = 100;

export interface Change {
  /** What it is about: a later change of the same thing takes the place of one that has not been sent. */
  readonly key: string;
  readonly event: { readonly type: string };
}

export interface ChangeFeedOptions {
  /** Begins to report changes; none may be lost between this and `picture`. */
  readonly subscribe: (onChange: (change: Change) => void) => Disposable;
  /** How everything stands, sent first. */
  readonly picture: () => readonly { readonly type: string }[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * First how everything stands, then what changes, until the signal aborts. What waits for a slow reader is at most one event for each thing, so memory is
 * bounded by the number of things and not by how much happens.
 */
export async function* changeFeed({ subscribe, picture, clock, signal }: ChangeFeedOptions): AsyncGenerator<StreamEvent> {
  const waiting = new Map<string, { readonly type: string }>();
  let wake = (): void => {};
  using _subscription = subscribe(({ key, event }) => {
    // Moved to the end, so that a removal after a change is sent after it.
    waiting.delete(key);
    waiting.set(key, event);
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    for (const event of picture()) yield toStreamEvent(event);
    while (!signal.aborted) {
      if (waiting.size === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
        continue;
      }
      const batch = [...waiting.values()];
      waiting.clear();
      for (const event of batch) yield toStreamEvent(event);
      await sleep(clock, PAUSE_MS, signal).catch(() => {});
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function toStreamEvent(event: { readonly type: string }): StreamEvent {
  return { type: event.type, json: JSON.stringify(event) };
}
