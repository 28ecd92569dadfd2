import { modelViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { modelParamsSchema } from '../find-model.ts';

export const loadModel = defineRoute({
  method: 'POST',
  path: '/api/models/{name}/load',
  family: 'models',
  summary: 'Load a model into memory',
  description: 'Answers at once; the load goes on by itself and belongs to no request. GET /api/models/events shows its progress.',
  params: modelParamsSchema,
  answers: { 202: { description: 'Begun, or going on, or not needed: see the phase', schema: modelViewSchema } },
  problems: ['model_not_found', 'shutting_down'],
  handle: ({ params }, { gateway }) => json(gateway.load(params.name), 202),
});
