import type { Clock } from '@pilotlight/contract';

export interface Repetition extends Disposable {
  /** Runs the work now, or once more right after the run that is going on; resolves when it has ended. */
  now(): Promise<void>;
}

export interface RepetitionOptions {
  readonly clock: Clock;
  /** From the end of one run to the next; undefined: it runs only when asked. */
  readonly periodMs: number | undefined;
  /** Must not reject. */
  readonly work: () => Promise<void>;
}

/** Runs work again and again, never twice at a time, until disposed. Begins with the first `now()`. */
export function repeat({ clock, periodMs, work }: RepetitionOptions): Repetition {
  let timer: Disposable | undefined;
  let running: Promise<void> | undefined;
  const state = { isWanted: false, isOver: false };

  async function run(): Promise<void> {
    timer?.[Symbol.dispose]();
    do {
      state.isWanted = false;
      await work();
    } while (state.isWanted && !state.isOver);
    running = undefined;
    if (!state.isOver && periodMs !== undefined) timer = clock.after(periodMs, () => void now());
  }
  function now(): Promise<void> {
    if (running) state.isWanted = true;
    else if (!state.isOver) running = run();
    return running ?? Promise.resolve();
  }

  return {
    now,
    [Symbol.dispose]() {
      state.isOver = true;
      timer?.[Symbol.dispose]();
    },
  };
}
