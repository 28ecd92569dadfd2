import type { Clock } from '@pilotlight/contract';

import type { StreamEvent } from './define-route.ts';

export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Asks proxies of the nginx kind not to hold events back.
  'x-accel-buffering': 'no',
};

const HEARTBEAT_MS = 10_000;
/** Stamps are further apart than this: enough to see whether the stream is held back, at a few bytes a second. */
const STAMP_MS = 250;
/** A reader that takes nothing for so long is cut off; it can come back and read on. */
const STALLED_READER_MS = 120_000;

/** Where text goes out to one reader. */
export interface EventSink {
  /** Takes text, to be sent soon and in order. */
  write(text: string): void;
  /** More is waiting to be sent than should; write on after `drained`. */
  readonly isFull: boolean;
  /** Resolves when there is room again; never rejects, and resolves also when the reader has left. */
  drained(): Promise<void>;
  /** Sends what is left, then ends the answer. */
  end(): void;
  /** Breaks the connection. */
  destroy(): void;
}

/** One event as the HTML standard has it. JSON holds no line break, so one `data:` line does. */
export function toFrame({ id, type, json }: StreamEvent): string {
  return id === undefined ? `event: ${type}\ndata: ${json}\n\n` : `id: ${id}\nevent: ${type}\ndata: ${json}\n\n`;
}

export interface Pump {
  readonly iterator: AsyncIterator<StreamEvent>;
  /** What `next()` has been asked for already. */
  readonly first: Promise<IteratorResult<StreamEvent>>;
  readonly sink: EventSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Carries events to a reader at the reader's pace: nothing is asked of the source while the reader is behind, so memory stays flat. A comment line
 * every 10 s keeps the connection. Comments say when what follows was sent, in milliseconds since the stream began, by which a client sees a proxy that
 * holds the stream back (`isHeldBack`). Rejects if the source fails; a reader that leaves is no failure.
 */
export async function pumpEvents({ iterator, first, sink, clock, signal }: Pump): Promise<void> {
  const stamps = createStamps(clock);
  let heartbeat = clock.after(HEARTBEAT_MS, beat);
  function beat(): void {
    if (!sink.isFull) sink.write(`${stamps.now()}\n\n`);
    heartbeat = clock.after(HEARTBEAT_MS, beat);
  }
  try {
    for (let result = await first; !result.done && !signal.aborted; result = await iterator.next()) {
      sink.write(stamps.due() + toFrame(result.value));
      if (sink.isFull && !(await waitForRoom(sink, clock))) {
        sink.destroy();
        return;
      }
    }
    sink.end();
  } catch (error) {
    if (signal.aborted) return;
    sink.destroy();
    throw error;
  } finally {
    heartbeat[Symbol.dispose]();
    await iterator.return?.();
  }
}

interface Stamps {
  now(): string;
  /** With its line end; empty while the last one is young. */
  due(): string;
}

function createStamps(clock: Clock): Stamps {
  const startMs = clock.monotonic();
  let lastMs = -Infinity;
  function now(): string {
    lastMs = clock.monotonic();
    return `:${Math.round(lastMs - startMs)}`;
  }
  return { now, due: () => (clock.monotonic() - lastMs >= STAMP_MS ? `${now()}\n` : '') };
}

async function waitForRoom(sink: EventSink, clock: Clock): Promise<boolean> {
  const { promise: stalled, resolve } = Promise.withResolvers<boolean>();
  using _limit = clock.after(STALLED_READER_MS, () => resolve(false));
  return await Promise.race([sink.drained().then(() => true), stalled]);
}
