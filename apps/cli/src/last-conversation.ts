import { conversationListSchema } from '@pilotlight/contract';
import type { ConversationSummary } from '@pilotlight/contract';

import { ServerFailure } from './server-client.ts';
import type { ServerClient } from './server-client.ts';

/** The conversation that was used last. Throws `ServerFailure` if there is none. */
export async function findLastConversation(server: ServerClient): Promise<ConversationSummary> {
  const { conversations } = conversationListSchema.parse(await server.request('GET', '/api/conversations?limit=1'));
  const [first] = conversations;
  if (first !== undefined) return first.pinned === true ? newest(server, first) : first;
  throw new ServerFailure('There is no conversation yet', { code: 'conversation_not_found', remedy: 'Begin one without --continue.' });
}

/** Pinned conversations come first in the list: the one that was used last may stand behind all of them. */
async function newest(server: ServerClient, pinned: ConversationSummary): Promise<ConversationSummary> {
  let next: string | null = '';
  while (next !== null) {
    const before: string = next === '' ? '' : `&before=${encodeURIComponent(next)}`;
    const page = conversationListSchema.parse(await server.request('GET', `/api/conversations?limit=200${before}`));
    const other = page.conversations.find((conversation) => conversation.pinned !== true);
    if (other !== undefined) return other.updated_at > pinned.updated_at ? other : pinned;
    ({ next } = page);
  }
  return pinned;
}
