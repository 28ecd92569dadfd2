import type { CustomBatchingPrioritizationStrategy } from 'node-llama-cpp';

export interface BatchFiller {
  /** For the `batching` option of the context. */
  readonly strategy: CustomBatchingPrioritizationStrategy;
  /** Counts one more answer that is being written, until it is disposed. */
  join(): Disposable;
  /** How many answers are being written. */
  readonly active: number;
  /** Set while somebody needs the context for itself: every answer waits for it between two tokens. */
  readonly held: Promise<void> | undefined;
  /**
   * Runs `work` while no answer is being computed. The library keeps the context's lock for as long as anything is queued, which with several
   * answers is until the last has ended; work that needs that lock, such as forgetting a part of a sequence, would wait all that time.
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/** Turns of the microtask queue that a batch waits for answers that are between two tokens. Four answers need about twenty. */
const MOST_TURNS = 200;

/**
 * Makes batches of all answers that are being written. By itself the library computes whatever is queued at the moment when the last batch ended,
 * and the answer whose token was sampled last is then always too late: with four answers, batches of three and one take turns, and each costs
 * nearly as much as one of four. An empty batch costs nothing, so this returns empty ones until everybody is there.
 */
export function createBatchFiller(): BatchFiller {
  let active = 0;
  let turns = 0;
  let held: Promise<void> | undefined;
  return {
    strategy({ items, size }) {
      if (held === undefined && items.length < active && turns < MOST_TURNS) {
        turns += 1;
        return [];
      }
      turns = 0;
      let left = size;
      // Answers being written come first, one token each; prompts being read share what is left.
      return items
        .toSorted((one, other) => one.tokens.length - other.tokens.length)
        .flatMap((item) => {
          const processAmount = Math.min(left, item.tokens.length);
          left -= processAmount;
          return processAmount === 0 ? [] : [{ item, processAmount }];
        });
    },
    join() {
      active += 1;
      let isLeft = false;
      return {
        [Symbol.dispose]() {
          if (!isLeft) active -= 1;
          isLeft = true;
        },
      };
    },
    get active() {
      return active;
    },
    get held() {
      return held;
    },
    async alone(work) {
      for (let others = held; others !== undefined; others = held) await others;
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      try {
        return await work();
      } finally {
        held = undefined;
        resolve();
      }
    },
  };
}
