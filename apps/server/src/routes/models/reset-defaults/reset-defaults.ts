import { modelDefaultsViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { modelParamsSchema } from '../find-model.ts';

export const resetDefaults = defineRoute({
  method: 'DELETE',
  path: '/api/models/{name}/defaults',
  family: 'models',
  summary: 'Take back what was set for a model: pilotlight.yaml holds again',
  params: modelParamsSchema,
  answers: { 200: { description: 'Its defaults as they stand now', schema: modelDefaultsViewSchema } },
  problems: ['model_not_found', 'storage_unavailable', 'shutting_down'],
  handle: async ({ params }, { preferences }) => json(await preferences.setDefaults(params.name, undefined)),
});
