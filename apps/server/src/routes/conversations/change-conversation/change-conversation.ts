import { conversationChangeSchema, conversationDetailsSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { refuseUnknownModel } from '../../chat/refuse-unknown-model.ts';
import { conversationParamsSchema } from '../conversation-params.ts';

export const changeConversation = defineRoute({
  method: 'PATCH',
  path: '/api/conversations/{id}',
  family: 'conversations',
  summary: 'Change the title, the place, or the settings of a conversation',
  description:
    'What is named changes, in one step; null takes a folder or a setting away, "options" are replaced as a whole. "preset_id" replaces all settings by a copy of the preset. Every answer from now on is made with the settings, unless its request says otherwise; its receipt says whose word applied. The order of the list does not change but for pinning.',
  params: conversationParamsSchema,
  body: conversationChangeSchema,
  answers: { 200: { description: 'The conversation as it is now', schema: conversationDetailsSchema } },
  problems: ['conversation_not_found', 'conversation_temporary', 'preset_not_found', 'model_not_found', 'storage_unavailable'],
  async handle({ params, body }, services) {
    refuseUnknownModel(body.settings?.model ?? undefined, services);
    return json(await services.chat.change(params.id, body));
  },
});
