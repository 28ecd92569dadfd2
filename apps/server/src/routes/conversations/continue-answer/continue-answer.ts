import { acceptedSchema, continueSchema, idSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { refuseUnknownModel } from '../../chat/refuse-unknown-model.ts';

export const continueAnswer = defineRoute({
  method: 'POST',
  path: '/api/conversations/{id}/messages/{message_id}/continue',
  family: 'conversations',
  summary: 'Go on from an answer that is not whole',
  description:
    'One that was stopped, failed, was interrupted, or ended at a token limit. The new answer stands beside it and begins with its text: the log has that text first, then a "seam", then what is written now. The old answer stays as it is. Without a model in the request the one goes on that wrote the text. A model that cannot go on from a text fails with continue_not_supported; regenerate has the question answered anew.',
  params: z.strictObject({ id: idSchema, message_id: idSchema }),
  body: continueSchema.optional(),
  answers: { 202: { description: 'Stored; the answer goes on', schema: acceptedSchema } },
  problems: [
    'conversation_not_found',
    'conversation_deleted',
    'message_not_found',
    'nothing_to_continue',
    'continue_not_supported',
    'conflict',
    'generation_running',
    'model_not_found',
    'storage_unavailable',
    'shutting_down',
  ],
  async handle({ params, body, requestId }, services) {
    refuseUnknownModel(body?.model, services);
    const accepted = await services.chat.continueAnswer({
      conversationId: params.id,
      answerId: params.message_id,
      generationId: body?.generation_id,
      model: body?.model,
      options: body?.options ?? {},
      requestId,
    });
    return json(accepted, 202);
  },
});
