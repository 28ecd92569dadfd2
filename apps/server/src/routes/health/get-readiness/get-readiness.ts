import { estimateSchema, evidenceSchema, modelNameSchema, phaseSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { findModel } from '../../models/find-model.ts';

const readinessSchema = z.object({
  ready: z.boolean(),
  reason: z.string(),
  model: z.string().optional(),
  engine: z.string().optional(),
  phase: phaseSchema.optional(),
  since: z.string().optional(),
  evidence: evidenceSchema.optional(),
  progress: z.number().optional(),
  eta: estimateSchema.optional(),
});

export const getReadiness = defineRoute({
  method: 'GET',
  path: '/readyz',
  family: 'health',
  summary: 'A message can be taken and stored; with ?model=, that model would answer at once',
  query: z.strictObject({ model: modelNameSchema.optional() }),
  answers: { 200: { description: 'Ready', schema: readinessSchema }, 503: { description: 'Not ready, and why', schema: readinessSchema } },
  problems: ['model_not_found'],
  handle({ query }, { gateway, state }) {
    const reason = state.reasonNotReady();
    if (reason !== undefined) return json({ ready: false, reason }, 503);
    if (query.model === undefined) return json({ ready: true, reason: 'Messages are taken and stored.' });
    const { name, engine, phase, ready, reason: why, since, evidence, progress, eta } = findModel(gateway, query.model);
    return json({ ready, reason: why, model: name, engine, phase, since, evidence, progress, eta }, ready ? 200 : 503);
  },
});
