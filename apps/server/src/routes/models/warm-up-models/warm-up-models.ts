import { modelNameSchema, Problem, warmingViewSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { findModel } from '../find-model.ts';

const warmUpSchema = z.strictObject({ models: z.array(modelNameSchema).min(1).max(20).optional() }).optional();

export const warmUpModels = defineRoute({
  method: 'POST',
  path: '/api/models/warmup',
  family: 'models',
  summary: 'Load the default model, or those that are named, so that the first answer comes at once',
  description: 'Answers at once and blocks nothing. Without a body the default model is meant.',
  body: warmUpSchema,
  answers: { 202: { description: 'The models that are on their way, or there already', schema: warmingViewSchema } },
  problems: ['model_not_found', 'no_model', 'shutting_down'],
  handle({ body }, { gateway }) {
    const names = body?.models ?? [defaultModel(gateway.modelFor('chat')?.name)];
    // All names are looked up before the first load begins: a wrong one changes nothing.
    for (const [index, name] of names.entries()) findModel(gateway, name, `models.${index}`);
    return json({ models: names.map((name) => gateway.load(name)) }, 202);
  },
});

function defaultModel(name: string | undefined): string {
  if (name === undefined) throw new Problem('no_model', 'No engine has a model yet.');
  return name;
}
