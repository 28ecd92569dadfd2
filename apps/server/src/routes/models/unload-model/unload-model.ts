import { modelViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { modelParamsSchema } from '../find-model.ts';

export const unloadModel = defineRoute({
  method: 'POST',
  path: '/api/models/{name}/unload',
  family: 'models',
  summary: 'Take a model out of memory',
  description: 'Answers at once. Answers that are being written are finished first.',
  params: modelParamsSchema,
  answers: { 202: { description: 'Begun, or not needed: see the phase', schema: modelViewSchema } },
  problems: ['model_not_found', 'shutting_down'],
  handle: ({ params }, { gateway }) => json(gateway.unload(params.name), 202),
});
