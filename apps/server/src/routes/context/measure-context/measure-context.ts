import { contextRequestSchema, contextUsageSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const measureContext = defineRoute({
  method: 'POST',
  path: '/api/context',
  family: 'conversations',
  summary: 'How much of the window a conversation takes, with a draft',
  description:
    'What would be sent if this were asked now, and what would be left out. Loads nothing and stores nothing. The count is exact where the model is in memory and its engine counts; "basis" says what it rests on. Without a conversation, or one that is not stored yet, it is that of the draft alone.',
  body: contextRequestSchema,
  answers: { 200: { description: 'The count, the window, and what rests on them', schema: contextUsageSchema } },
  problems: ['model_not_found', 'storage_unavailable'],
  handle: async ({ body, signal }, { chat }) => json(await chat.contextUsage(body, signal)),
});
