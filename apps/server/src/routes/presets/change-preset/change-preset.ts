import { presetChangeSchema, presetSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { refuseUnknownModel } from '../../chat/refuse-unknown-model.ts';
import { presetParamsSchema } from '../preset-params.ts';

export const changePreset = defineRoute({
  method: 'PATCH',
  path: '/api/presets/{id}',
  family: 'presets',
  summary: 'Change a preset',
  description:
    'What is named changes; null takes a setting away, "options" are replaced as a whole. Conversations that have a copy stay as they are.',
  params: presetParamsSchema,
  body: presetChangeSchema,
  answers: { 200: { description: 'The preset as it is now', schema: presetSchema } },
  problems: ['preset_not_found', 'model_not_found', 'storage_unavailable'],
  async handle({ params, body }, services) {
    refuseUnknownModel(body.model ?? undefined, services);
    return json(await services.chat.changePreset(params.id, body));
  },
});
