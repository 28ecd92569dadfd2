import { conversationListSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { limitQuery } from '../limit-query.ts';

const DEFAULT_LIMIT = 50;
const MOST = 200;

const listQuerySchema = z.strictObject({
  before: z.string().min(1).max(200).optional(),
  limit: limitQuery(MOST),
});

export const listConversations = defineRoute({
  method: 'GET',
  path: '/api/conversations',
  family: 'conversations',
  summary: 'Conversations, the last used one first',
  description: `At most ${DEFAULT_LIMIT} at once, or "limit" of them, up to ${MOST}. "next" is what to give to "before" for those that follow; null at the end.`,
  query: listQuerySchema,
  answers: { 200: { description: 'A page of the list', schema: conversationListSchema } },
  problems: ['storage_unavailable'],
  handle: async ({ query }, { chat }) => json(await chat.list({ before: query.before, limit: query.limit ?? DEFAULT_LIMIT })),
});
