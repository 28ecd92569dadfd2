import type { Chat, ConversationList } from '@pilotlight/contract';

import type { ChatStore } from './chat-store.ts';
import { fromCursor, toCursor } from './list-cursor.ts';
import { toSummary } from './views.ts';

const MAX_LIST_LENGTH = 200;

/** A page of the list: without archived conversations, unless they are asked for. */
export async function listConversations(store: ChatStore, query: Parameters<Chat['list']>[0]): Promise<ConversationList> {
  const { before, limit, archived = false, folder } = query;
  const bounded = Math.min(Math.max(1, limit), MAX_LIST_LENGTH);
  const records = await store.list({
    before: before === undefined ? undefined : fromCursor(before),
    limit: bounded + 1,
    archived: archived === 'any' ? undefined : archived,
    folder,
  });
  const shown = records.slice(0, bounded);
  const last = shown.at(-1);
  return { conversations: shown.map(toSummary), next: records.length > bounded && last !== undefined ? toCursor(last) : null };
}
