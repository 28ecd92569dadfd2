import { conversationViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const getConversation = defineRoute({
  method: 'GET',
  path: '/api/conversations/{id}',
  family: 'conversations',
  summary: 'A conversation with all its messages and branches',
  params: conversationParamsSchema,
  answers: {
    200: { description: 'The whole tree; head_id is the last message of the branch that is shown', schema: conversationViewSchema },
  },
  problems: ['conversation_not_found', 'storage_unavailable'],
  handle: async ({ params }, { chat }) => json(await chat.conversation(params.id)),
});
