import { modelViewSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { countModels, modelCountsSchema } from '../model-counts.ts';

const healthSchema = z.object({
  ...modelCountsSchema.shape,
  models: z.array(
    modelViewSchema.pick({
      name: true,
      engine: true,
      provider: true,
      health: true,
      phase: true,
      ready: true,
      reason: true,
      since: true,
      evidence: true,
      breaker: true,
      notice: true,
    }),
  ),
});

export const listModelHealth = defineRoute({
  method: 'GET',
  path: '/api/models/health',
  family: 'models',
  summary: 'Of each model: does its engine answer, is it ready, does it keep failing, and did another client change it',
  answers: { 200: { description: 'Counts, and one line for each model', schema: healthSchema } },
  problems: [],
  handle(_request, { gateway }) {
    const { models } = gateway.models();
    return json({
      ...countModels(models),
      models: models.map(({ name, engine, provider, health, phase, ready, reason, since, evidence, breaker, notice }) => ({
        ...{ name, engine, provider, health, phase, ready, reason, since, evidence },
        ...(breaker && { breaker }),
        ...(notice && { notice }),
      })),
    });
  },
});
