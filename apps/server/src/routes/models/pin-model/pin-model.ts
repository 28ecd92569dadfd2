import { modelViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { modelParamsSchema } from '../find-model.ts';

export const pinModel = defineRoute({
  method: 'POST',
  path: '/api/models/{name}/pin',
  family: 'models',
  summary: 'Keep a model in memory',
  description:
    'It is never unloaded to make room, and is loaded at the start if memory allows. Loads nothing now. It is kept from one start to the next.',
  params: modelParamsSchema,
  answers: { 200: { description: 'Stored', schema: modelViewSchema } },
  problems: ['model_not_found', 'shutting_down', 'storage_unavailable'],
  handle: async ({ params }, { gateway }) => json(await gateway.setPinned(params.name, true)),
});
