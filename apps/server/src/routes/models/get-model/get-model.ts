import { modelViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { findModel, modelParamsSchema } from '../find-model.ts';

export const getModel = defineRoute({
  method: 'GET',
  path: '/api/models/{name}',
  family: 'models',
  summary: 'One model with its phase, reason and evidence',
  description: 'Without a tag, ":latest" is meant. A slash within the name is written as %2F.',
  params: modelParamsSchema,
  answers: { 200: { description: 'How it stands now', schema: modelViewSchema } },
  problems: ['model_not_found'],
  handle: ({ params }, { gateway }) => json(findModel(gateway, params.name)),
});
