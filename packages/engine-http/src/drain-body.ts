import { sleep } from '@pilotlight/contract';
import type { Clock } from '@pilotlight/contract';

const DRAIN_LIMIT_MS = 2_000;
/** One for all: without a reason each answer would cost an error with its stack. */
const OVER = new Error('the body was read to its end');

/** Reads the little that follows an end marker, so that the connection can be used again; gives it up if it does not end. */
export async function drainBody(body: AsyncIterator<Uint8Array>, clock: Clock): Promise<void> {
  const controller = new AbortController();
  const limit = sleep(clock, DRAIN_LIMIT_MS, controller.signal).then(() => body.return?.());
  limit.catch(() => {});
  try {
    while ((await body.next()).done !== true);
  } catch {
    // the answer is whole: how its connection ends changes nothing
  } finally {
    controller.abort(OVER);
  }
}
