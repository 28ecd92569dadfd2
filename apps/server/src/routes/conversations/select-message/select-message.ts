import { conversationViewSchema, idSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const selectMessage = defineRoute({
  method: 'POST',
  path: '/api/conversations/{id}/select',
  family: 'conversations',
  summary: 'Show another branch',
  description: 'The one that ends in the message, or below it.',
  params: conversationParamsSchema,
  body: z.strictObject({ message_id: idSchema }),
  answers: { 200: { description: 'The conversation with its new head', schema: conversationViewSchema } },
  problems: ['conversation_not_found', 'message_not_found', 'storage_unavailable'],
  handle: async ({ params, body }, { chat }) => json(await chat.select(params.id, body.message_id)),
});
