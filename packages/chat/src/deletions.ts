import { Problem, toTimestamp } from '@pilotlight/contract';
import type { Clock, ConversationSummary, DeletedConversation } from '@pilotlight/contract';

import type { ChatLog } from './chat-log.ts';
import type { ChatStore, ConversationRecord } from './chat-store.ts';
import { toSummary } from './views.ts';

/** Conversations that are deleted and can be restored. What is in here is hidden in the store. */
export interface Deletions extends Disposable {
  readonly has: (id: string) => boolean;
  /** Hides it. Undefined: there is no such conversation. */
  readonly hide: (id: string) => Promise<Hidden | undefined>;
  /** Shows it again. Undefined: there is none, or its time is over. */
  readonly restore: (id: string) => Promise<ConversationSummary | undefined>;
  /** Takes up the deletions that a former process left: those whose time is over become final, the others do in their time. */
  readonly recover: () => Promise<void>;
}

export interface Hidden {
  readonly deleted: DeletedConversation;
  /** It was shown until now, as far as the store is concerned: what was asked for before may have changed that meanwhile. */
  readonly isNew: boolean;
}

export interface DeletionOptions {
  readonly store: ChatStore;
  readonly clock: Clock;
  readonly log: ChatLog;
  /** How long a deletion can be taken back. */
  readonly graceMs: number;
  /** First and longest wait before a removal that failed is tried again. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

/** Timers do not reach as far as a time to restore may. */
const LONGEST_WAIT_MS = 86_400_000;

/** Deletions with a time to take them back. They become final by a timer, which a restart sets anew from what the store has. */
export function createDeletions(options: DeletionOptions): Deletions {
  const { store, clock, graceMs } = options;
  const hiddenAt = new Map<string, number>();
  const finalMs = (deletedMs: number): number => deletedMs + graceMs;
  let timer: Disposable | undefined;
  let isClosed = false;

  function plan(): void {
    timer?.[Symbol.dispose]();
    timer = undefined;
    const next = Math.min(...hiddenAt.values());
    if (isClosed || !Number.isFinite(next)) return;
    wait(Math.min(Math.max(0, finalMs(next) - clock.now()), LONGEST_WAIT_MS), options.retryMs);
  }

  function wait(delayMs: number, retryMs: number): void {
    timer?.[Symbol.dispose]();
    timer = clock.after(delayMs, () => void purge(retryMs));
  }

  async function purge(retryMs: number): Promise<void> {
    try {
      for (const id of await store.purge(clock.now() - graceMs)) hiddenAt.delete(id);
      plan();
    } catch (error) {
      if (retryMs === options.retryMs) options.log.error({ err: error }, 'deleted conversations could not be removed; it is tried again');
      if (!isClosed) wait(retryMs, Math.min(retryMs * 2, options.maxRetryMs));
    }
  }

  return {
    has: (id) => hiddenAt.has(id),
    async hide(id) {
      const deletedMs = await store.hide(id, clock.now());
      if (deletedMs === undefined) return undefined;
      const isNew = !hiddenAt.has(id);
      hiddenAt.set(id, deletedMs);
      plan();
      return { deleted: { id, deleted_at: toTimestamp(deletedMs), final_at: toTimestamp(finalMs(deletedMs)) }, isNew };
    },
    async restore(id) {
      // One whose time is over is not shown again, also where its removal is late.
      const record = await store.unhide(id, clock.now() - graceMs + 1);
      if (record === undefined) return undefined;
      hiddenAt.delete(id);
      plan();
      return toSummary(record);
    },
    async recover() {
      for (const { id, deletedMs } of await store.hidden()) hiddenAt.set(id, deletedMs);
      plan();
    },
    [Symbol.dispose]() {
      isClosed = true;
      timer?.[Symbol.dispose]();
    },
  };
}

/** What a deleted conversation answers to those who would write in it. */
export function refuseDeleted(id: string): Problem {
  return new Problem('conversation_deleted', `The conversation ${id} was deleted and is not removed yet.`, { field: 'conversation_id' });
}

/** Whether an event of this record may be told. */
export function isShown(record: ConversationRecord | undefined, deletions: Pick<Deletions, 'has'>): record is ConversationRecord {
  return record !== undefined && record.temporary !== true && !deletions.has(record.id);
}
