import type { KeptTexts } from '../../app/ports.ts';

/** What is typed but not yet acknowledged by the server, by conversation. It survives reload, crash and a server that is away. */
export interface Drafts {
  read(conversationId: string | undefined): string;
  write(conversationId: string | undefined, text: string): void;
  /** Forgets the draft if it is this text: the server has it now, and what was typed since stays. */
  settle(conversationId: string | undefined, text: string): void;
}

export function createDrafts(kept: KeptTexts): Drafts {
  const key = (conversationId: string | undefined): string => `pilotlight.draft.${conversationId ?? 'new'}`;
  return {
    read: (conversationId) => kept.get(key(conversationId)) ?? '',
    write(conversationId, text) {
      if (text === '') kept.remove(key(conversationId));
      else kept.set(key(conversationId), text);
    },
    settle(conversationId, text) {
      if (kept.get(key(conversationId)) === text) kept.remove(key(conversationId));
    },
  };
}
