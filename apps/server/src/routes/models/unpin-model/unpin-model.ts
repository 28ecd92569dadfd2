import { modelViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { modelParamsSchema } from '../find-model.ts';

export const unpinModel = defineRoute({
  method: 'DELETE',
  path: '/api/models/{name}/pin',
  family: 'models',
  summary: 'Let a model be unloaded for others again',
  description: 'Unloads nothing now.',
  params: modelParamsSchema,
  answers: { 200: { description: 'Stored', schema: modelViewSchema } },
  problems: ['model_not_found', 'shutting_down', 'storage_unavailable'],
  handle: async ({ params }, { gateway }) => json(await gateway.setPinned(params.name, false)),
});
