import { estimateSchema, evidenceSchema, modelNameSchema, phaseSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { findModel } from '../../models/find-model.ts';
import { toStorageWords } from '../storage-words.ts';

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
  /** Whether anything new can be stored. */
  storage: z.enum(['writable', 'read_only']).optional(),
});

export const getReadiness = defineRoute({
  method: 'GET',
  path: '/readyz',
  family: 'health',
  summary: 'A message can be taken and stored; with ?model=, that model would answer at once',
  query: z.strictObject({ model: modelNameSchema.optional() }),
  answers: { 200: { description: 'Ready', schema: readinessSchema }, 503: { description: 'Not ready, and why', schema: readinessSchema } },
  problems: ['model_not_found'],
  handle({ query }, { gateway, state, writes }) {
    const reason = state.reasonNotReady() ?? toStorageWords(writes.state());
    const storage = writes.state().state;
    if (reason !== undefined) return json({ ready: false, reason, storage }, 503);
    if (query.model === undefined) return json({ ready: true, reason: 'Messages are taken and stored.', storage });
    const { name, engine, phase, ready, reason: why, since, evidence, progress, eta } = findModel(gateway, query.model, 'model');
    return json({ ready, reason: why, model: name, engine, phase, since, evidence, progress, eta }, ready ? 200 : 503);
  },
});
