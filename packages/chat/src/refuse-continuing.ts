import { Problem, withTag } from '@pilotlight/contract';
import type { Gateway } from '@pilotlight/contract';

/**
 * Throws `Problem('continue_not_supported')` where it is known that no engine that has the model can go on from a text, before anything is stored. What is
 * not known yet is tried by the answer itself.
 */
export function refuseContinuing(model: string | undefined, gateway: Pick<Gateway, 'models'>): void {
  if (model === undefined) return;
  const deployments = gateway.models().models.filter(({ name }) => name === withTag(model));
  if (deployments.length === 0 || deployments.some(({ continues }) => continues === 'yes' || continues === 'untested')) return;
  throw new Problem('continue_not_supported', `${withTag(model)} does not go on from the beginning of an answer.`, { field: 'model' });
}
