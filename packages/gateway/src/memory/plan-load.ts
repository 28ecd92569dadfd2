import { chooseVictims } from './choose-victims.ts';
import { isMovable, sum } from './holding.ts';
import type { Holder } from './holding.ts';

export interface LoadQuestion {
  /** The deployment that wants in. */
  readonly key: string;
  readonly needsBytes: number;
  /** What a load could take now. */
  readonly freeBytes: number;
  /** Everybody who holds memory of the same pool. */
  readonly holders: readonly Holder[];
  /** Freed a moment ago and not yet seen to be free. */
  readonly recoveringBytes: number;
  readonly nowMs: number;
  /** It has waited its maximum: what is in use is drained for it. */
  readonly isOverdue: boolean;
  readonly minResidencyMs: number;
}

export type LoadPlan =
  | { readonly type: 'fits' }
  /** `drains`: some of the victims are in use, and end their answers first. */
  | { readonly type: 'unload'; readonly victims: readonly Holder[]; readonly drains: boolean }
  /** `againAtMs`: the plan may be another then, though nothing happens meanwhile. */
  | {
      readonly type: 'wait';
      readonly reason: 'leaving' | 'in_use' | 'just_loaded';
      readonly holders: readonly Holder[];
      readonly againAtMs?: number;
    }
  /** Not even with everything unloaded that may be. */
  | { readonly type: 'never'; readonly mostBytes: number; readonly fixed: readonly Holder[] };

const RECOVERY_STEP_MS = 500;
/** Longer than the pause of a program between two requests. */
const LINGER_MS = 500;

/**
 * Whether a load fits, what to unload for it, or why it waits. Pure. Never a pinned model; never one in use but for those who are overdue; one that was
 * just loaded stays while it may still be wanted, but for those who are overdue.
 */
export function planLoad(question: LoadQuestion): LoadPlan {
  const { key, needsBytes, freeBytes, recoveringBytes, nowMs, isOverdue } = question;
  const holders = question.holders.filter((holder) => holder.key !== key);
  if (needsBytes <= freeBytes) return { type: 'fits' };
  const fixed = holders.filter((holder) => !isMovable(holder));
  const movable = holders.filter(isMovable);
  // A load under way may be in the machine's figure already and is reserved in full as well; too much here means to wait for its end and look again.
  const inBoth = sum(holders, ({ standing, bytes }) => (standing === 'loading' ? bytes : 0));
  const mostBytes = freeBytes + recoveringBytes + inBoth + sum(movable, ({ bytes }) => bytes);
  if (needsBytes > mostBytes) return { type: 'never', mostBytes: Math.max(0, mostBytes), fixed };

  const leaving = holders.filter(({ standing }) => standing === 'leaving');
  const shortBytes = needsBytes - freeBytes - recoveringBytes - sum(leaving, ({ bytes }) => bytes);
  if (shortBytes <= 0) {
    return { type: 'wait', reason: 'leaving', holders: leaving, ...(recoveringBytes > 0 && { againAtMs: nowMs + RECOVERY_STEP_MS }) };
  }
  const idle = movable.filter(({ standing }) => standing === 'idle');
  const settled = idle.filter((holder) => isOverdue || settledAtMs(holder, question) <= nowMs);
  const victims = chooseVictims(settled, shortBytes, nowMs);
  if (victims) return { type: 'unload', victims, drains: false };
  const busy = movable.filter(({ standing }) => standing === 'busy');
  if (isOverdue) {
    const drained = chooseVictims([...settled, ...busy], shortBytes, nowMs);
    if (drained) return { type: 'unload', victims: drained, drains: true };
  }
  const early = idle.filter((holder) => !settled.includes(holder));
  const others = movable.filter(({ standing }) => standing !== 'leaving' && standing !== 'idle');
  if (early.length === 0) return { type: 'wait', reason: 'in_use', holders: others };
  const againAtMs = Math.min(...early.map((holder) => settledAtMs(holder, question)));
  return others.length === 0
    ? { type: 'wait', reason: 'just_loaded', holders: early, againAtMs }
    : { type: 'wait', reason: 'in_use', holders: others, againAtMs };
}

/**
 * Until then it stays after its load: as long as the load took, so that at most half of the time goes into loads; or until nobody has used it for a
 * moment, which says that those who had a use for it have had it.
 */
function settledAtMs({ readyAtMs, reloadMs, lastUsedMs }: Holder, { minResidencyMs }: LoadQuestion): number {
  if (readyAtMs === undefined) return Number.NEGATIVE_INFINITY;
  return Math.min(readyAtMs + Math.min(minResidencyMs, reloadMs), lastUsedMs + LINGER_MS);
}
