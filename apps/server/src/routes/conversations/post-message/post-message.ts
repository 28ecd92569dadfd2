import { acceptedSchema, postMessageSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { refuseUnknownModel } from '../../chat/refuse-unknown-model.ts';
import { taskOf } from '../../chat/task-of.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const postMessage = defineRoute({
  method: 'POST',
  path: '/api/conversations/{id}/messages',
  family: 'conversations',
  summary: 'Ask in a conversation',
  description:
    'Answered when the question is stored, so that nothing that was acknowledged is lost. The answer is followed at GET /api/generations/{id}/events. The conversation is made by its first message, with what "new_conversation" says; a temporary one is kept in memory alone. The same message_id with the same content gives the same ids again and starts nothing.',
  params: conversationParamsSchema,
  body: postMessageSchema,
  answers: { 202: { description: 'Stored; the answer has begun', schema: acceptedSchema } },
  problems: [
    'conversation_deleted',
    'message_not_found',
    'attachment_not_found',
    'not_supported',
    'preset_not_found',
    'conflict',
    'generation_running',
    'model_not_found',
    'storage_unavailable',
    'shutting_down',
  ],
  async handle({ params, body, requestId }, services) {
    refuseUnknownModel(body.model ?? body.new_conversation?.settings?.model, services);
    const accepted = await services.chat.post({
      conversationId: params.id,
      messageId: body.message_id,
      text: body.text,
      parentId: body.parent_id,
      attachments: body.attachments,
      contextPolicy: body.context_policy,
      model: body.model,
      task: taskOf(body),
      options: body.options ?? {},
      priority: 'interactive',
      requestId,
      newConversation: body.new_conversation,
    });
    return json(accepted, 202);
  },
});
