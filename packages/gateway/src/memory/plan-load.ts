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
  /** Since when the one has waited who waits longest for it. */
  readonly sinceMs: number;
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
  | { readonly type: 'never'; readonly mostBytes: number; readonly fixed: readonly Holder[]; readonly isWithGraphics?: true };

export const RECOVERY_STEP_MS = 500;
/** That one of those who come first has begun is no news of its own. */
const OLDER_STEP_MS = 250;
/** While it is in use and nobody is overdue, a model stays so many times as long as its load took: three quarters of the time go into answers. */
const BATCH_LOADS = 3;
/** Of its load time: as long as that it may be idle before those who had a use for it have had it. Programs pause between two requests. */
const LINGER_SHARE = 0.15;
const SHORTEST_LINGER_MS = 100;
const LONGEST_LINGER_MS = 2_000;

/**
 * Whether a load fits, what to unload for it, or why it waits. Pure. Never a pinned model; never one in use but for those who are overdue, and then not
 * before those who have waited longer for it; one that was just loaded stays while it may still be wanted.
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
  const shortBytes = toShortBytes(question);
  if (shortBytes <= 0) {
    return { type: 'wait', reason: 'leaving', holders: leaving, ...(recoveringBytes > 0 && { againAtMs: nowMs + RECOVERY_STEP_MS }) };
  }
  const idle = movable.filter(({ standing }) => standing === 'idle');
  const settled = idle.filter((holder) => isOverdue || settledAtMs(holder, question) <= nowMs);
  const victims = chooseVictims(settled, shortBytes, nowMs);
  if (victims) return { type: 'unload', victims, drains: false };
  const busy = movable.filter(({ standing }) => standing === 'busy');
  if (isOverdue) {
    const closable = busy.filter((holder) => !servesOlder(holder, question) && restedAtMs(holder, question) <= nowMs);
    const drained = chooseVictims([...settled, ...closable], shortBytes, nowMs);
    if (drained) return { type: 'unload', victims: drained, drains: true };
  }
  return toWait(question, { early: idle.filter((holder) => !settled.includes(holder)), busy, movable });
}

/** How much has to be unloaded for it, beside what leaves by itself. */
export function toShortBytes({ key, needsBytes, freeBytes, recoveringBytes, holders }: LoadQuestion): number {
  const leaving = holders.filter((holder) => holder.key !== key && holder.standing === 'leaving');
  return needsBytes - freeBytes - recoveringBytes - sum(leaving, ({ bytes }) => bytes);
}

interface InTheWay {
  readonly early: readonly Holder[];
  readonly busy: readonly Holder[];
  readonly movable: readonly Holder[];
}

/** Why it waits, and when that may be over though nothing else happens. */
function toWait(question: LoadQuestion, { early, busy, movable }: InTheWay): LoadPlan {
  const others = movable.filter(({ standing }) => standing !== 'leaving' && standing !== 'idle');
  const times = early.map((holder) => settledAtMs(holder, question));
  if (question.isOverdue) {
    for (const holder of busy) {
      const untilMs = servesOlder(holder, question) ? question.nowMs + OLDER_STEP_MS : restedAtMs(holder, question);
      if (untilMs > question.nowMs) times.push(untilMs);
    }
  }
  const again = times.length === 0 ? {} : { againAtMs: Math.min(...times) };
  return others.length === 0
    ? { type: 'wait', reason: 'just_loaded', holders: early, ...again }
    : { type: 'wait', reason: 'in_use', holders: others, ...again };
}

/**
 * Until then it stays after its load though nobody uses it in this moment: a few times as long as the load took; or until nobody has used it for a while,
 * which says that those who had a use for it have had it.
 */
function settledAtMs({ readyAtMs, reloadMs, lastUsedMs }: Holder, { minResidencyMs }: LoadQuestion): number {
  if (readyAtMs === undefined) return Number.NEGATIVE_INFINITY;
  const lingerMs = Math.min(LONGEST_LINGER_MS, Math.max(SHORTEST_LINGER_MS, reloadMs * LINGER_SHARE));
  return Math.min(readyAtMs + Math.min(minResidencyMs, reloadMs * BATCH_LOADS), lastUsedMs + lingerMs);
}

/** Until then it is not even drained for those who are overdue: at least half of the time goes into answers, unless a load takes longer than the maximum wait. */
function restedAtMs({ readyAtMs, reloadMs }: Holder, { minResidencyMs }: LoadQuestion): number {
  return readyAtMs === undefined ? Number.NEGATIVE_INFINITY : readyAtMs + Math.min(minResidencyMs, reloadMs);
}

/** Whether somebody waits for it who has waited longer than who wants its memory: they come first. */
function servesOlder({ oldestWaiterMs }: Holder, { sinceMs }: LoadQuestion): boolean {
  return oldestWaiterMs !== undefined && oldestWaiterMs < sinceMs;
}
