import { modelPlanSchema, planRequestSchema, Problem, toLaunchProfile } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const planLoad = defineRoute({
  method: 'POST',
  path: '/api/models/plan',
  family: 'models',
  summary: 'Say whether a model would fit into memory, and what would be unloaded for it',
  description:
    'A dry run: loads nothing, unloads nothing, asks no engine. With `profile` it says what a change of context length, slots or cache type would need, what would be unloaded for it, and how long a context would fit; a model that is in memory counts as loaded again then.',
  body: planRequestSchema,
  answers: { 200: { description: 'What a load would do now, with what each figure rests on', schema: modelPlanSchema } },
  problems: ['model_not_found', 'shutting_down'],
  handle({ body }, { gateway }) {
    try {
      return json(gateway.plan(body.model, body.profile && toLaunchProfile(body.profile)));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'model_not_found') throw error;
      throw new Problem(error.code, error.detail, { field: 'model', facts: error.facts, cause: error });
    }
  },
});
