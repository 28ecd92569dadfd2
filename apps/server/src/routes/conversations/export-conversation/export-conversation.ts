import { toExport, toMarkdown, withContents } from '@pilotlight/chat';
import { conversationExportSchema, Problem, toTimestamp } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute } from '../../../http/define-route.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const exportConversation = defineRoute({
  method: 'GET',
  path: '/api/conversations/{id}/export',
  family: 'conversations',
  summary: 'A conversation as a file',
  description:
    '"json", the default, has all branches and can be imported again; "markdown" has the branch that is shown, for people. The answer is offered for saving.',
  params: conversationParamsSchema,
  query: z.strictObject({ format: z.enum(['json', 'markdown']).optional() }),
  answers: { 200: { description: 'The file', schema: conversationExportSchema, orText: 'text/markdown' } },
  problems: ['conversation_not_found', 'conversation_temporary', 'storage_unavailable'],
  async handle({ params, query }, { chat, clock }) {
    const view = await chat.conversation(params.id);
    if (view.temporary === true) throw notExported(view.id);
    const isMarkdown = query.format === 'markdown';
    const headers = { 'content-disposition': `attachment; filename="conversation-${view.id}.${isMarkdown ? 'md' : 'json'}"` };
    if (isMarkdown) return { kind: 'text', contentType: 'text/markdown; charset=utf-8', body: toMarkdown(view), headers };
    return { kind: 'json', status: 200, body: toExport([await withContents(view, chat)], toTimestamp(clock.now())), headers };
  },
});

function notExported(id: string): Problem {
  return new Problem('conversation_temporary', `The conversation ${id} is temporary: there is no export of it.`, { field: 'id' });
}
