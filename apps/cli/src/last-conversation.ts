import { conversationListSchema } from '@pilotlight/contract';
import type { ConversationSummary } from '@pilotlight/contract';

import { ServerFailure } from './server-client.ts';
import type { ServerClient } from './server-client.ts';

/** The conversation that was used last. Throws `ServerFailure` if there is none. */
export async function findLastConversation(server: ServerClient): Promise<ConversationSummary> {
  const { conversations } = conversationListSchema.parse(await server.request('GET', '/api/conversations?limit=1'));
  const [last] = conversations;
  if (last !== undefined) return last;
  throw new ServerFailure('There is no conversation yet', { code: 'conversation_not_found', remedy: 'Begin one without --continue.' });
}
