import { modelNameSchema, Problem } from '@pilotlight/contract';
import type { Gateway, ModelView } from '@pilotlight/contract';
import { z } from 'zod';

/** `{name}` in a path, percent-encoded where it holds a slash: `hf.co%2Forg%2Fmodel:Q4_0`. */
export const modelParamsSchema = z.strictObject({ name: modelNameSchema });

/** The model, or `model_not_found`. `field` is where the request has its name. */
export function findModel(gateway: Gateway, name: string, field = 'name'): ModelView {
  const model = gateway.model(name);
  if (model) return model;
  throw new Problem('model_not_found', `No engine has "${name}".`, { field });
}
