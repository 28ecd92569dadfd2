/** Items on their way from somebody who pushes to somebody who pulls, then one end. */
export interface PartQueue<T> {
  readonly isEnded: boolean;
  /** Ended, and nothing is left to read. */
  readonly isDrained: boolean;
  /** Ignored after the end. */
  push(item: T): void;
  /** No more will come: readers get `done` after what is there, or first the error. Only the first end counts. */
  end(failure?: { readonly error: unknown }): void;
  /** Drops what was not read yet, and an error that nobody has met. */
  clear(): void;
  /** What was not read yet is dropped and the next reader meets the error, also where the end is there already; nothing once all was read. */
  abandon(error: unknown): void;
  next(): Promise<IteratorResult<T>>;
}

/** A queue in memory. Its owner bounds what is pushed. */
export function createPartQueue<T>(): PartQueue<T> {
  let items: T[] = [];
  const waiting: PromiseWithResolvers<IteratorResult<T>>[] = [];
  let failure: { readonly error: unknown } | undefined;
  let isEnded = false;

  function settle(): void {
    for (;;) {
      if (waiting.length === 0 || (items.length === 0 && !isEnded)) return;
      const wait = waiting.shift();
      const item = items.shift();
      if (item !== undefined) wait?.resolve({ done: false, value: item });
      else if (failure === undefined) wait?.resolve({ done: true, value: undefined });
      else {
        wait?.reject(failure.error);
        failure = undefined;
      }
    }
  }

  function isDrained(): boolean {
    return isEnded && items.length === 0 && failure === undefined;
  }

  return {
    get isEnded() {
      return isEnded;
    },
    get isDrained() {
      return isDrained();
    },
    push(item) {
      if (isEnded) return;
      items.push(item);
      settle();
    },
    end(reason) {
      if (isEnded) return;
      isEnded = true;
      failure = reason;
      settle();
    },
    clear() {
      items = [];
      failure = undefined;
    },
    abandon(error) {
      if (isDrained()) return;
      items = [];
      isEnded = true;
      failure = { error };
      settle();
    },
    next() {
      const wait = Promise.withResolvers<IteratorResult<T>>();
      waiting.push(wait);
      settle();
      return wait.promise;
    },
  };
}
