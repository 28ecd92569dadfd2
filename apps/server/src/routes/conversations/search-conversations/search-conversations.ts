import { searchResultSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { limitQuery } from '../limit-query.ts';

const DEFAULT_LIMIT = 20;
const MOST = 50;

const searchQuerySchema = z.strictObject({
  q: z.string().max(500),
  before: z.string().min(1).max(20).optional(),
  limit: limitQuery(MOST),
});

export const searchConversations = defineRoute({
  method: 'GET',
  path: '/api/conversations/search',
  family: 'conversations',
  summary: 'Titles, messages and attached files in which all the words of "q" stand',
  description: `The last word may be the beginning of one; case and accents do not count, and nothing in "q" is syntax. Titles come first, the best first, then messages, the best first, and after every two of them a file, the newest first: at most ${DEFAULT_LIMIT} at once, or "limit" of them, up to ${MOST}. A file is found by its name and the first 250,000 characters of its text, once for each conversation: "attachment" says which it is, "message_id" which message has it. "marks" are the places of the words in "snippet", in UTF-16 units. "next" is what to give to "before" for those that follow; null at the end. A text without a word finds nothing.`,
  query: searchQuerySchema,
  answers: { 200: { description: 'A page of what was found', schema: searchResultSchema } },
  problems: ['storage_unavailable'],
  handle: async ({ query }, { chat }) =>
    json(await chat.search({ text: query.q, before: query.before, limit: query.limit ?? DEFAULT_LIMIT })),
});
