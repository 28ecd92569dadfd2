import type { Estimate } from '@pilotlight/contract';

/** What is known about how long a load takes. */
export interface LoadKnowledge {
  /** What is timed: bringing the weights in, or having one token out of them. */
  readonly what: 'load' | 'warm-up';
  readonly elapsedMs: number;
  /** Median of earlier ones of this deployment, and of how many. */
  readonly medianMs: number | undefined;
  readonly loads: number;
  /** Measured, 0 to 1. */
  readonly progress: number | undefined;
}

/** From this share on, the pace of the load so far says more than nothing. */
const TELLING_SHARE = 0.1;
const OVERRUN = 1.5;

/** How long the load will still take, with what that rests on; undefined where nothing is known. */
export function estimateLoad({ what, elapsedMs, medianMs, loads, progress }: LoadKnowledge): Estimate | undefined {
  if (medianMs !== undefined && elapsedMs < medianMs * OVERRUN) {
    const basis = loads === 1 ? `the last ${what}` : `median of the last ${loads} ${what}s`;
    return { seconds: toSeconds(medianMs - elapsedMs), basis };
  }
  if (progress === undefined || progress < TELLING_SHARE) return undefined;
  return { seconds: toSeconds((elapsedMs / progress) * (1 - progress)), basis: 'its pace so far' };
}

/** Whether it takes notably longer than it used to. */
export function isOverdue({ elapsedMs, medianMs }: LoadKnowledge): boolean {
  return medianMs !== undefined && elapsedMs >= medianMs * OVERRUN && elapsedMs - medianMs > 1000;
}

function toSeconds(ms: number): number {
  return Math.max(0, Math.round(ms / 100) / 10);
}
