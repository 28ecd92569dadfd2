import type { ModelsView, ModelView } from '@pilotlight/contract';

import { canChat, isUnusable } from './models-state.ts';
import { isResident } from './phase-words.ts';

export interface PickerGroup {
  readonly title: string;
  readonly models: readonly ModelView[];
}

const NEAR = new Set(['queued', 'loading', 'warming', 'ready', 'busy', 'draining', 'unloading', 'wedged']);

/** The models that match, grouped by what choosing them costs: in memory, on disk, elsewhere; last those that cannot be used. */
export function groupModels(view: ModelsView, query: string): PickerGroup[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = view.models.filter((model) => canChat(model) && words.every((word) => model.name.toLowerCase().includes(word)));
  const away = new Set(view.engines.filter((engine) => !engine.reachable).map((engine) => engine.id));
  const unusable = found.filter(isUnusable);
  const present = found.filter((model) => !away.has(model.engine) && !isUnusable(model));
  const groups: PickerGroup[] = [
    { title: 'In memory, or on its way there', models: present.filter(isNear) },
    { title: 'On disk', models: present.filter((model) => !isNear(model)) },
    ...[...away].map((engine) => ({
      title: `On ${engineName(view, engine)}, which does not answer`,
      models: found.filter((model) => model.engine === engine && !isUnusable(model)),
    })),
    { title: 'Cannot be used', models: unusable },
  ];
  return groups.filter((group) => group.models.length > 0);
}

function isNear(model: ModelView): boolean {
  return NEAR.has(model.phase) || isResident(model);
}

/** An engine as people know it: by its address without the scheme, or as the built-in one. */
function engineName(view: ModelsView, id: string): string {
  const engine = view.engines.find((candidate) => candidate.id === id);
  if (engine === undefined) return id;
  return engine.kind === 'llama.cpp' ? 'the built-in engine' : engine.address.replace(/^https?:\/\//, '');
}
