/** Pieces of a body between the socket and the one who reads them. */
export interface BodyQueue {
  /** True if the reader is so far behind that the socket should rest until `onDrained`. */
  push(piece: Uint8Array): boolean;
  end(): void;
  /** Rejects the wait that is under way, or the next one; what came before is still read. */
  fail(error: unknown): void;
  /** Rejects at once and forgets what was not read. */
  abort(error: unknown): void;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface BodyQueueSetup {
  /** The reader has caught up after `push` had returned true. */
  readonly onDrained: () => void;
  /** The reader leaves before the end. */
  readonly onLeft: () => void;
}

const HIGH_WATER_BYTES = 262_144;

type State = { readonly kind: 'open' } | { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown };

/** One queue with one reader. Pieces that wait are handed out together, so that a slow reader wakes less often. */
export function createBodyQueue({ onDrained, onLeft }: BodyQueueSetup): BodyQueue {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  let state: State = { kind: 'open' };
  let waiter: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined;

  function takeAll(): Uint8Array | undefined {
    const [first] = pieces;
    if (first === undefined) return undefined;
    const all = pieces.length === 1 ? first : Buffer.concat(pieces, bytes);
    const wasFull = bytes >= HIGH_WATER_BYTES;
    pieces = [];
    bytes = 0;
    if (wasFull) onDrained();
    return all;
  }

  function next(): Promise<IteratorResult<Uint8Array>> {
    const piece = takeAll();
    if (piece !== undefined) return Promise.resolve({ done: false, value: piece });
    if (state.kind === 'ended') return Promise.resolve({ done: true, value: undefined });
    waiter = Promise.withResolvers<IteratorResult<Uint8Array>>();
    const { promise } = waiter;
    if (state.kind === 'failed') settle(state);
    return promise;
  }

  function settle(to: State): void {
    if (to.kind === 'failed') waiter?.reject(to.error);
    else waiter?.resolve({ done: true, value: undefined });
    waiter = undefined;
  }

  function close(to: State): void {
    if (state.kind !== 'open') return;
    state = to;
    settle(to);
  }

  function leave(): Promise<IteratorResult<Uint8Array>> {
    pieces = [];
    bytes = 0;
    if (state.kind === 'open') onLeft();
    close({ kind: 'ended' });
    state = { kind: 'ended' };
    return Promise.resolve({ done: true, value: undefined });
  }

  return {
    push(piece) {
      if (state.kind !== 'open') return false;
      if (waiter !== undefined) {
        waiter.resolve({ done: false, value: piece });
        waiter = undefined;
        return false;
      }
      pieces.push(piece);
      bytes += piece.length;
      return bytes >= HIGH_WATER_BYTES;
    },
    end: () => close({ kind: 'ended' }),
    fail: (error) => close({ kind: 'failed', error }),
    abort(error) {
      if (state.kind === 'ended') return;
      pieces = [];
      bytes = 0;
      close({ kind: 'failed', error });
      state = { kind: 'failed', error };
    },
    body: { [Symbol.asyncIterator]: () => ({ next, return: leave }) },
  };
}
