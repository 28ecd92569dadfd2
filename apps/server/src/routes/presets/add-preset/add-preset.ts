import { newPresetSchema, presetSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { refuseUnknownModel } from '../../chat/refuse-unknown-model.ts';

export const addPreset = defineRoute({
  method: 'POST',
  path: '/api/presets',
  family: 'presets',
  summary: 'Add a preset',
  description:
    'At most 500. With an "id" of its own the same request again gives the same preset. A conversation gets a copy of it by "preset_id": later changes of the preset change no conversation.',
  body: newPresetSchema,
  answers: { 201: { description: 'The preset', schema: presetSchema } },
  problems: ['conflict', 'model_not_found', 'storage_unavailable'],
  async handle({ body }, services) {
    refuseUnknownModel(body.model, services);
    return json(await services.chat.addPreset(body), 201);
  },
});
