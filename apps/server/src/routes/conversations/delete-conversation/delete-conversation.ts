import { deletedConversationSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const deleteConversation = defineRoute({
  method: 'DELETE',
  path: '/api/conversations/{id}',
  family: 'conversations',
  summary: 'Delete a conversation with all its messages and logs',
  description:
    'It is gone from every list, search and address at once, and an answer that is being written in it is stopped. Until "final_at" POST /api/conversations/{id}/restore brings it back; then it is removed for good. Deleting it again changes nothing. A temporary conversation is removed for good at once.',
  params: conversationParamsSchema,
  answers: { 200: { description: 'Deleted; until when it can be restored', schema: deletedConversationSchema } },
  problems: ['conversation_not_found', 'storage_unavailable'],
  handle: async ({ params }, { chat }) => json(await chat.remove(params.id)),
});
