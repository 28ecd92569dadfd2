import { Problem } from '@pilotlight/contract';

import type { Services } from '../../http/services.ts';

/**
 * Throws `model_not_found` for a model that a request names and no engine has, before anything is stored. While the server starts, what the engines have is
 * not known yet: the answer itself then fails.
 */
export function refuseUnknownModel(model: string | undefined, { gateway, state }: Pick<Services, 'gateway' | 'state'>): void {
  if (model === undefined || !state.isStarted() || gateway.placeFor('chat', model) !== undefined) return;
  try {
    gateway.plan(model);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'model_not_found') throw error;
    const detail = error.detail.slice(0, 1).toUpperCase() + error.detail.slice(1);
    throw new Problem(error.code, detail, { field: 'model', facts: error.facts, cause: error });
  }
}
