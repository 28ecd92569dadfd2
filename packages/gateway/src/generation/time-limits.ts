import { mergeOptions, Problem, toDurationMs } from '@pilotlight/contract';
import type { Clock, Options } from '@pilotlight/contract';

import type { Settings } from '../settings.ts';

/** What one answer may take, in milliseconds; `Infinity`: there is no limit. */
export interface TimeLimits {
  /** For its turn: see `options.queue_timeout`. */
  readonly queueMs: number;
  /** In all: see `options.total_timeout`. */
  readonly totalMs: number;
  /** Whose word the latter is. */
  readonly totalBy: string;
}

export interface LimitQuestion {
  readonly stated: Options;
  /** The model that is asked first. */
  readonly model: string;
  readonly settings: Pick<Settings, 'modelOptions' | 'totalTimeoutMs'>;
}

/** What the request says goes before the defaults of the model, and they before the setting. */
export function toTimeLimits({ stated, model, settings }: LimitQuestion): TimeLimits {
  const defaults = settings.modelOptions[model] ?? {};
  const { queue_timeout: queue, total_timeout: total } = mergeOptions(stated, defaults);
  const queueMs = queue === undefined ? Number.POSITIVE_INFINITY : toDurationMs(queue);
  if (total === undefined) return { queueMs, totalMs: settings.totalTimeoutMs, totalBy: 'the settings allow' };
  const totalBy = stated.total_timeout === undefined ? `the defaults of ${model} allow` : 'its options allow';
  return { queueMs, totalMs: toDurationMs(total), totalBy };
}

/** A timer of the platform takes no more, and nobody waits so long. */
const LONGEST_TIMER_MS = 2_000_000_000;

/** Calls `end` with the problem when the whole time is over. */
export function watchTotal(clock: Clock, { totalMs, totalBy }: TimeLimits, end: (problem: Problem) => void): Disposable {
  if (totalMs > LONGEST_TIMER_MS) return { [Symbol.dispose]: () => {} };
  return clock.after(totalMs, () => end(new Problem('total_timeout', `it took longer than the ${toSeconds(totalMs)} that ${totalBy}`)));
}

/** How long one answer has waited for its turn, over all its tries. One wait at a time; disposing ends the one that goes on. */
export interface QueueLimit extends Disposable {
  /** It waits once more, until it is disposed of. `onOver` is called when all that it may wait is used up. */
  wait(onOver: () => void): QueueWait;
  /** In words. */
  readonly waited: string;
}

export interface QueueWait extends Disposable {
  /** Whether what it waits for now is its turn, and not a load of its own model. */
  count(isForTurn: boolean): void;
}

/** To look at the memory and to decide is no wait for others, and a limit of 0 is one: so much is granted beyond it, over all tries. */
const GRACE_MS = 500;

/** Undefined: there is no limit. */
export function createQueueLimit(clock: Clock, { queueMs }: TimeLimits): QueueLimit | undefined {
  if (queueMs > LONGEST_TIMER_MS) return undefined;
  let usedMs = 0;
  let counting: { readonly sinceMs: number; readonly timer: Disposable } | undefined;

  function stop(): void {
    if (!counting) return;
    usedMs += clock.monotonic() - counting.sinceMs;
    counting.timer[Symbol.dispose]();
    counting = undefined;
  }
  function begin(onOver: () => void): void {
    const leftMs = Math.max(queueMs - usedMs, Math.min(GRACE_MS, queueMs + GRACE_MS - usedMs), 0);
    const timer = clock.after(leftMs, () => {
      stop();
      onOver();
    });
    counting = { sinceMs: clock.monotonic(), timer };
  }

  return {
    wait(onOver) {
      let isOver = false;
      return {
        count(isForTurn) {
          if (isOver || isForTurn === (counting !== undefined)) return;
          if (isForTurn) begin(onOver);
          else stop();
        },
        [Symbol.dispose]() {
          if (!isOver) stop();
          isOver = true;
        },
      };
    },
    get waited() {
      return toSeconds(usedMs);
    },
    [Symbol.dispose]: stop,
  };
}

function toSeconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`;
}
