import type { ModelView } from '@pilotlight/contract';
import { z } from 'zod';

export const modelCountsSchema = z.object({ healthy: z.int(), ready: z.int(), total: z.int() });

/** Of how many models the engine answers, and how many are ready. */
export function countModels(models: readonly ModelView[]): z.infer<typeof modelCountsSchema> {
  return {
    healthy: models.filter((model) => model.health).length,
    ready: models.filter((model) => model.ready).length,
    total: models.length,
  };
}
