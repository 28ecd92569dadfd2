import type { Priority } from '@pilotlight/contract';

/** A request that waits for a grant. */
export interface Waiter {
  readonly id: string;
  readonly priority: Priority;
  /** In words, for those behind it. */
  readonly label: string;
  /** The name by which it asked for the deployment. */
  readonly model: string;
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
