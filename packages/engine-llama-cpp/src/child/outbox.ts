import type { Clock } from '@pilotlight/contract';

import type { ChildMessage } from '../protocol.ts';

export interface Outbox {
  /** Sends now if nothing was sent for a moment, else together with what follows within a few milliseconds. */
  post(message: ChildMessage): void;
  /** Sends it and all before it now. */
  postNow(message: ChildMessage): void;
}

/** A quick model writes more than a token a millisecond; one message for each would cost both processes more than the tokens do. */
const GATHER_MS = 4;

/** Gathers messages for the parent. Their order is kept. */
export function createOutbox(clock: Clock, send: (messages: readonly ChildMessage[]) => void): Outbox {
  let gathered: ChildMessage[] = [];
  let lastSentMs = Number.NEGATIVE_INFINITY;
  let isTimerSet = false;

  function flush(): void {
    if (gathered.length === 0) return;
    const messages = gathered;
    gathered = [];
    lastSentMs = clock.monotonic();
    send(messages);
  }

  return {
    post(message) {
      gathered.push(message);
      if (isTimerSet) return;
      if (clock.monotonic() - lastSentMs >= GATHER_MS) {
        flush();
        return;
      }
      isTimerSet = true;
      clock.after(GATHER_MS, () => {
        isTimerSet = false;
        flush();
      });
    },
    postNow(message) {
      gathered.push(message);
      flush();
    },
  };
}
