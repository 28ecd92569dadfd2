import type { ResidentModel } from '@pilotlight/contract';

import type { KnownModel } from './to-model-description.ts';

/** The models of these that are in memory by what their server says of each. */
export function toResidentModels(models: readonly KnownModel[]): readonly ResidentModel[] {
  return models.filter(({ state }) => state === 'loaded').map(toResident);
}

/** A model as one that is in memory. */
export function toResident({ description, contextLength }: KnownModel): ResidentModel {
  return { name: description.name, ...(contextLength === undefined ? {} : { contextLength }) };
}
