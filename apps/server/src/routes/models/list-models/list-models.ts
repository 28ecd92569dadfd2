import { modelsViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const listModels = defineRoute({
  method: 'GET',
  path: '/api/models',
  family: 'models',
  summary: 'All models with their phases, all engines, and the memory',
  description:
    'Answered from what is known, within milliseconds, also while an engine is away or hangs. "ready" means that a token came out of the model since it was loaded; "health" says only that its engine answers and the model is on its disk.',
  answers: { 200: { description: 'How everything stands now', schema: modelsViewSchema } },
  problems: [],
  handle: (_request, { gateway }) => json(gateway.models()),
});
