import { conversationSummarySchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const restoreConversation = defineRoute({
  method: 'POST',
  path: '/api/conversations/{id}/restore',
  family: 'conversations',
  summary: 'Bring a deleted conversation back',
  description: 'As it was, but for an answer that was stopped. One that is not deleted stays as it is.',
  params: conversationParamsSchema,
  answers: { 200: { description: 'The conversation, which is there again', schema: conversationSummarySchema } },
  problems: ['conversation_not_found', 'storage_unavailable'],
  handle: async ({ params }, { chat }) => json(await chat.restore(params.id)),
});
