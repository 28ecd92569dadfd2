import { toHistory } from '@pilotlight/chat';
import { historySchema, idSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';

export const getHistory = defineRoute({
  method: 'GET',
  path: '/api/chat/history/{conversation_id}',
  family: 'chat',
  summary: 'The messages of a conversation, oldest first',
  description: 'The branch that is shown. GET /api/conversations/{id} has all branches.',
  params: z.strictObject({ conversation_id: idSchema }),
  answers: { 200: { description: 'Questions and answers in their order', schema: historySchema } },
  problems: ['conversation_not_found', 'storage_unavailable'],
  handle: async ({ params }, { chat }) => json(toHistory(await chat.conversation(params.conversation_id))),
});
