import { conversationSummarySchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

const changeSchema = z.strictObject({
  title: z
    .string()
    .max(200)
    .refine((title) => title.trim() !== '', 'a title that is not empty'),
});

export const changeConversation = defineRoute({
  method: 'PATCH',
  path: '/api/conversations/{id}',
  family: 'conversations',
  summary: 'Give a conversation another title',
  params: conversationParamsSchema,
  body: changeSchema,
  answers: { 200: { description: 'The conversation as it is called now', schema: conversationSummarySchema } },
  problems: ['conversation_not_found', 'storage_unavailable'],
  handle: async ({ params, body }, { chat }) => json(await chat.rename(params.id, body.title.trim())),
});
