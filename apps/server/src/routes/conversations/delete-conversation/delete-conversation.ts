import { defineRoute } from '../../../http/define-route.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const deleteConversation = defineRoute({
  method: 'DELETE',
  path: '/api/conversations/{id}',
  family: 'conversations',
  summary: 'Remove a conversation with all its messages and logs',
  description: 'An answer that is being written in it is stopped first.',
  params: conversationParamsSchema,
  answers: { 204: { description: 'Removed' } },
  problems: ['conversation_not_found', 'storage_unavailable'],
  async handle({ params }, { chat }) {
    await chat.remove(params.id);
    return { kind: 'empty' };
  },
});
