import { historySchema, idSchema } from '@pilotlight/contract';
import type { ConversationView, History, MessageView } from '@pilotlight/contract';
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

/** The branch from the root to the head. */
function toHistory(view: ConversationView): History {
  const byId = new Map(view.messages.map((message) => [message.id, message]));
  const branch: MessageView[] = [];
  const seen = new Set<string>();
  for (let id = view.head_id; id !== null && !seen.has(id);) {
    seen.add(id);
    const message = byId.get(id);
    if (!message) break;
    branch.push(message);
    id = message.parent_id;
  }
  return {
    conversation_id: view.id,
    messages: branch.toReversed().map(toEntry),
  };
}

function toEntry({ role, content, created_at: timestamp, model }: MessageView): History['messages'][number] {
  return model === undefined ? { role, content, timestamp } : { role, content, timestamp, model };
}
