import type { OptionNote, Options } from '@pilotlight/contract';

import type { CatalogModel } from './models/model-catalog.ts';

/** Which of these options this engine will not honour with the model, and why. A model that is not known is taken to honour all. */
export function findNotApplied(model: CatalogModel | undefined, { thinking, format }: Options): readonly OptionNote[] {
  if (model === undefined || thinking === undefined) return [];
  const { name, capabilities } = model.description;
  const note = (reason: string): readonly OptionNote[] => [{ name: 'thinking', reason }];
  if (!capabilities.includes('thinking')) return thinking === false ? [] : note(`${name} cannot think before it answers`);
  if (format !== undefined && thinking !== false) return note('an answer in a format is written without thinking first');
  const isEffort = typeof thinking === 'string';
  return isEffort && model.facts?.takesEffort === false ? note(`${name} thinks, but its template takes no effort`) : [];
}
