import { conversationListSchema, folderNameSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { limitQuery } from '../limit-query.ts';

const DEFAULT_LIMIT = 50;
const MOST = 200;

const listQuerySchema = z.strictObject({
  before: z.string().min(1).max(200).optional(),
  limit: limitQuery(MOST),
  archived: z.enum(['true', 'false', 'any']).optional(),
  folder: folderNameSchema.optional(),
});

const ARCHIVED = { true: true, false: false, any: 'any' } as const;

export const listConversations = defineRoute({
  method: 'GET',
  path: '/api/conversations',
  family: 'conversations',
  summary: 'Conversations: pinned ones first, then the last used one first',
  description: `At most ${DEFAULT_LIMIT} at once, or "limit" of them, up to ${MOST}. "next" is what to give to "before" for those that follow; null at the end. Archived ones only with archived=true (those alone) or archived=any. "folder" takes those of one folder. Deleted and temporary ones are in no list.`,
  query: listQuerySchema,
  answers: { 200: { description: 'A page of the list', schema: conversationListSchema } },
  problems: ['storage_unavailable'],
  async handle({ query: { before, limit = DEFAULT_LIMIT, archived, folder } }, { chat }) {
    return json(await chat.list({ before, limit, folder, archived: archived && ARCHIVED[archived] }));
  },
});
