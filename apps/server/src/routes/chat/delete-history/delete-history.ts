import { idSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute } from '../../../http/define-route.ts';

export const deleteHistory = defineRoute({
  method: 'DELETE',
  path: '/api/chat/history/{conversation_id}',
  family: 'chat',
  summary: 'Delete a conversation with all its messages',
  description: 'Like DELETE /api/conversations/{id}: it can be restored for a time.',
  params: z.strictObject({ conversation_id: idSchema }),
  answers: { 204: { description: 'Deleted' } },
  problems: ['conversation_not_found', 'storage_unavailable'],
  async handle({ params }, { chat }) {
    await chat.remove(params.conversation_id);
    return { kind: 'empty' };
  },
});
