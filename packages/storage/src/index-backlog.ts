import type { Clock } from '@pilotlight/contract';

export interface BacklogOptions {
  /** Does a little of the work, and resolves with whether there is more. */
  readonly step: () => Promise<boolean>;
  readonly clock: Clock;
}

/** Those who come when a server starts go first. */
const FIRST_MS = 2_000;
/** Between two steps there is room for all else: the work takes a tenth of the time at most. */
const PAUSE_MS = 300;
/** What could not be stored now may be later. */
const RETRY_MS = 60_000;

/** Does work that waited for it, step by step and beside all else, until nothing is left. What was done before an end of the process is not done again. Disposing ends it. */
export function indexBacklog({ step, clock }: BacklogOptions): Disposable {
  let timer = clock.after(FIRST_MS, () => void go());
  let isOver = false;

  async function go(): Promise<void> {
    const next = await step().then(
      (isMore) => (isMore ? PAUSE_MS : undefined),
      () => RETRY_MS,
    );
    if (next !== undefined && !isOver) timer = clock.after(next, () => void go());
  }

  return {
    [Symbol.dispose]() {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
}
