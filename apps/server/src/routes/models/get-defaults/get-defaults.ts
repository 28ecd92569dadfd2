import { modelDefaultsViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { modelParamsSchema } from '../find-model.ts';

export const getDefaults = defineRoute({
  method: 'GET',
  path: '/api/models/{name}/defaults',
  family: 'models',
  summary: 'How a model answers unless a request or a conversation says otherwise',
  description: 'With its launch profile, and what of all that has no effect with its engine.',
  params: modelParamsSchema,
  answers: { 200: { description: 'Its defaults', schema: modelDefaultsViewSchema } },
  problems: ['model_not_found', 'shutting_down'],
  handle: ({ params }, { preferences }) => json(preferences.defaults(params.name)),
});
