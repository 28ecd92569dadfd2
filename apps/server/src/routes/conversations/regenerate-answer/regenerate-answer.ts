import { acceptedSchema, idSchema, regenerateSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { refuseUnknownModel } from '../../chat/refuse-unknown-model.ts';

export const regenerateAnswer = defineRoute({
  method: 'POST',
  path: '/api/conversations/{id}/messages/{message_id}/regenerate',
  family: 'conversations',
  summary: 'Have a question answered once more',
  description: 'The new answer stands beside the one that is named, to the same question; nothing is overwritten.',
  params: z.strictObject({ id: idSchema, message_id: idSchema }),
  body: regenerateSchema.optional(),
  answers: { 202: { description: 'Stored; the answer has begun', schema: acceptedSchema } },
  problems: [
    'conversation_not_found',
    'conversation_deleted',
    'message_not_found',
    'conflict',
    'generation_running',
    'model_not_found',
    'storage_unavailable',
    'shutting_down',
  ],
  async handle({ params, body, requestId }, services) {
    refuseUnknownModel(body?.model, services);
    const accepted = await services.chat.regenerate({
      conversationId: params.id,
      answerId: params.message_id,
      generationId: body?.generation_id,
      model: body?.model,
      contextPolicy: body?.context_policy,
      options: body?.options ?? {},
      requestId,
    });
    return json(accepted, 202);
  },
});
