import type { Priority } from '@pilotlight/contract';

/** A request that wants a grant. */
export interface Newcomer {
  readonly id: string;
  readonly priority: Priority;
  /** In words, for those behind it. */
  readonly label: string;
  /** The name by which it asked for the deployment. */
  readonly model: string;
}

/** A request that waits for a grant. */
export interface Waiter extends Newcomer {
  readonly sinceMs: number;
  /** From then on it goes before everybody who is not. */
  readonly overdueAtMs: number;
}

/** Those who wait, the next one first: by priority, and within one priority in order of arrival. */
export type Queue = readonly Waiter[];

const RANK: Record<Priority, number> = { interactive: 0, api: 1, background: 2 };

export interface Entry {
  readonly queue: Queue;
  /** Who has no place: the newcomer, or a background waiter that gave way to it. */
  readonly shed?: Waiter;
}

/** Adds a waiter at its place. A full queue sheds background work first, and else the newcomer. */
export function enter(queue: Queue, waiter: Waiter, limit: number): Entry {
  const last = queue.at(-1);
  if (queue.length < limit) return { queue: insert(queue, waiter) };
  if (last?.priority !== 'background' || waiter.priority === 'background') return { queue, shed: waiter };
  return { queue: insert(queue.slice(0, -1), waiter), shed: last };
}

function insert(queue: Queue, waiter: Waiter): Queue {
  const index = queue.findLastIndex((other) => RANK[other.priority] <= RANK[waiter.priority]);
  return queue.toSpliced(index + 1, 0, waiter);
}

/** Whose turn it is: the oldest of those who are overdue, so that no priority starves another, and else the first. Background work is never overdue. */
export function nextOf(queue: Queue, nowMs: number): Waiter | undefined {
  let next: Waiter | undefined;
  for (const waiter of queue) {
    if (waiter.priority === 'background' || waiter.overdueAtMs > nowMs) continue;
    if (next === undefined || waiter.sinceMs < next.sinceMs) next = waiter;
  }
  return next ?? queue[0];
}

const WEIGHT: Record<Priority, number> = { interactive: 2, api: 1, background: 0 };

/** How much waits: of two models that are not in memory the one is loaded first for which more does. */
export function weightOf(queue: Queue): number {
  return queue.reduce((total, { priority }) => total + WEIGHT[priority], 0);
}

/** Since when the one waits who has waited longest, background work left out. */
export function oldestOf(queue: Queue): number | undefined {
  const times = queue.flatMap(({ priority, sinceMs }) => (priority === 'background' ? [] : [sinceMs]));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The queue without this waiter; the same queue if it is not in it. */
export function leave(queue: Queue, id: string): Queue {
  const index = queue.findIndex((waiter) => waiter.id === id);
  return index === -1 ? queue : queue.toSpliced(index, 1);
}

export interface Place {
  /** 1 for the next. */
  readonly position: number;
  /** Who is right before it; undefined for the first. */
  readonly ahead: Waiter | undefined;
}

export function placeOf(queue: Queue, id: string): Place | undefined {
  const index = queue.findIndex((waiter) => waiter.id === id);
  return index === -1 ? undefined : { position: index + 1, ahead: queue[index - 1] };
}
