import { modelDefaultsSchema, modelDefaultsViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { modelParamsSchema } from '../find-model.ts';

export const setDefaults = defineRoute({
  method: 'PUT',
  path: '/api/models/{name}/defaults',
  family: 'models',
  summary: 'Set the defaults of a model as a whole',
  description:
    'Options hold from the next answer on, the profile from the next load on: nothing that is set here loads a model again. A request goes before a conversation, that before these, and these before what the engine takes. Kept across restarts.',
  params: modelParamsSchema,
  body: modelDefaultsSchema,
  answers: { 200: { description: 'Its defaults as they stand now', schema: modelDefaultsViewSchema } },
  problems: ['model_not_found', 'storage_unavailable', 'shutting_down'],
  handle: async ({ params, body }, { preferences }) => json(await preferences.setDefaults(params.name, body)),
});
