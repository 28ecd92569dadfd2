import { createEventStreamParser, createHoldWatch, type Clock, type Randomness, type ServerSentEvent } from '@pilotlight/contract';

import { ConnectionLost, RequestRefused, type Http } from './http.ts';

/** The server sends a comment every 10 s; after this long without a byte the connection counts as lost. */
export const QUIET_LIMIT_MS = 25_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export type StreamStatus =
  | { readonly kind: 'open' }
  /** `failures` in a row; the next try is at `retryAt`. */
  | { readonly kind: 'lost'; readonly failures: number; readonly lostAt: number; readonly retryAt: number }
  /** The server refused; it is not tried again. */
  | { readonly kind: 'refused'; readonly refusal: RequestRefused };

export interface FollowedStream {
  /** Asked before every connection, so that it can continue where the last one ended. */
  readonly path: () => string;
  /** Events in order, as many as one piece of the stream held. Returns true if nothing more will come. */
  readonly take: (events: readonly ServerSentEvent[]) => boolean;
  readonly report: (status: StreamStatus) => void;
  readonly signal: AbortSignal;
}

export interface StreamPorts {
  readonly http: Http;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Called when a stream is seen to come in lumps, as through a proxy that buffers. */
  readonly onHeldBack?: () => void;
}

/** How long to wait after that many failures in a row: doubling up to 10 s, with a half of chance in it, so that many pages do not come at once. */
export function toRetryDelay(failures: number, chance: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(wait * (0.5 + chance / 2));
}

/** Reads a stream to its end, through as many connections as it takes. `tryNow` ends a wait between two of them. */
export function followStream(ports: StreamPorts, stream: FollowedStream): { readonly tryNow: () => void } {
  let cutWait: (() => void) | undefined;
  void run(ports, stream, (cut) => {
    cutWait = cut;
  });
  return { tryNow: () => cutWait?.() };
}

async function run(ports: StreamPorts, stream: FollowedStream, onWait: (cut: (() => void) | undefined) => void): Promise<void> {
  const { clock, randomness } = ports;
  let failures = 0;
  let lostAt = 0;
  while (!stream.signal.aborted) {
    const outcome = await connectOnce(ports, stream, () => {
      failures = 0;
    });
    if (outcome === 'done' || stream.signal.aborted) return;
    if (outcome instanceof RequestRefused && !isPassing(outcome)) {
      stream.report({ kind: 'refused', refusal: outcome });
      return;
    }
    if (failures === 0) lostAt = clock.now();
    failures += 1;
    const asked = outcome instanceof RequestRefused ? (outcome.retryAfterMs ?? 0) : 0;
    const delay = Math.max(asked, toRetryDelay(failures, randomness.next()));
    stream.report({ kind: 'lost', failures, lostAt, retryAt: clock.now() + delay });
    await waitCuttably(ports.clock, delay, { signal: stream.signal, onWait });
  }
}

/** 429 and 5xx pass; the rest does not. */
function isPassing(refusal: RequestRefused): boolean {
  return refusal.problem.status === 429 || refusal.problem.status >= 500;
}

async function connectOnce(
  ports: StreamPorts,
  stream: FollowedStream,
  onOpen: () => void,
): Promise<'done' | 'ended' | ConnectionLost | RequestRefused> {
  const connection = new AbortController();
  const signal = AbortSignal.any([stream.signal, connection.signal]);
  let quiet = ports.clock.after(QUIET_LIMIT_MS, () => connection.abort());
  try {
    const pieces = await ports.http.stream(stream.path(), signal);
    const watch = createHoldWatch(() => ports.clock.monotonic());
    const parse = createEventStreamParser(watch.take);
    onOpen();
    stream.report({ kind: 'open' });
    for await (const piece of pieces) {
      quiet[Symbol.dispose]();
      quiet = ports.clock.after(QUIET_LIMIT_MS, () => connection.abort());
      const events = parse(piece);
      if (watch.look()) ports.onHeldBack?.();
      if (events.length > 0 && stream.take(events)) return 'done';
    }
    return 'ended';
  } catch (error) {
    if (error instanceof RequestRefused || error instanceof ConnectionLost) return error;
    if (signal.aborted) return 'ended';
    throw error;
  } finally {
    quiet[Symbol.dispose]();
    connection.abort();
  }
}

interface Wait {
  readonly signal: AbortSignal;
  readonly onWait: (cut: (() => void) | undefined) => void;
}

function waitCuttably(clock: Clock, delayMs: number, { signal, onWait }: Wait): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', end);
      onWait(undefined);
      resolve();
    };
    const timer = clock.after(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
    onWait(end);
  });
}
