import type { ConversationSettings } from '@pilotlight/contract';

import type { SplitStore } from './split-store.ts';

/** So many are remembered: those of conversations that somebody writes in. A system prompt may be long. */
const MOST_KNOWN = 100;

/** What conversations are set to, without asking the store again for each question. */
export interface KnownSettings {
  /** The same store; whatever changes a conversation through it is noticed. */
  readonly store: SplitStore;
  /** Undefined: there is no such conversation, or it is hidden. */
  readonly of: (conversationId: string) => Promise<ConversationSettings | undefined>;
}

/**
 * This process alone has the store, and the store takes calls in their order: so what it said of a conversation holds until a call that changes it is made,
 * also while that call is under way.
 */
export function createKnownSettings(inner: SplitStore): KnownSettings {
  /** The one that was asked for last at the end. */
  const known = new Map<string, ConversationSettings>();
  /** Counts the calls that may change any of them: what was asked for before one of them is not kept. */
  let changes = 0;

  function keep(id: string, settings: ConversationSettings): void {
    known.delete(id);
    known.set(id, settings);
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value ?? id);
  }
  /** Forgets the conversation, then makes the call that may change it. */
  function changing<Result>(id: string, call: () => Result): Result {
    changes += 1;
    known.delete(id);
    return call();
  }

  return {
    store: {
      ...inner,
      change: (id, change) => changing(id, () => inner.change(id, change)),
      remove: (id) => changing(id, () => inner.remove(id)),
      hide: (id, atMs) => changing(id, () => inner.hide(id, atMs)),
      unhide: (id, sinceMs) => changing(id, () => inner.unhide(id, sinceMs)),
      purge(untilMs) {
        changes += 1;
        known.clear();
        return inner.purge(untilMs);
      },
    },
    async of(id) {
      const settings = known.get(id);
      if (settings !== undefined) {
        keep(id, settings);
        return settings;
      }
      const before = changes;
      const details = await inner.details(id);
      // A temporary one goes without a call when there are too many.
      if (details !== undefined && before === changes && !inner.isTemporary(id)) keep(id, details.settings);
      return details?.settings;
    },
  };
}
