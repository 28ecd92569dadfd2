import type { ModelsEvent, ModelsView, ModelView, PageEvent } from '@pilotlight/contract';

/** A model, and by the clock of this browser when its estimate was heard: an estimate is of what is left at that moment. */
export type HeardModel = ModelView & { readonly heard_at?: number };

/** An event with the time at which its estimates were heard. What another tab passes on has it already. */
export function stampEstimates(event: PageEvent, now: number): PageEvent {
  const stamp = (model: HeardModel): HeardModel =>
    model.eta === undefined || model.heard_at !== undefined ? model : { ...model, heard_at: now };
  if (event.type === 'model') return { ...event, model: stamp(event.model) };
  return event.type === 'models' ? { ...event, models: event.models.map(stamp) } : event;
}

/** The picture of the models after one more event; undefined until the first whole picture came. */
export function applyModelsEvent(view: ModelsView | undefined, event: ModelsEvent): ModelsView | undefined {
  if (event.type === 'models') {
    const { type: _, ...picture } = event;
    return picture;
  }
  if (view === undefined) return undefined;
  switch (event.type) {
    case 'model':
      return { ...view, models: upsert(view.models, event.model, isSameModel) };
    case 'model_removed':
      return { ...view, models: view.models.filter((model) => !isSameModel(model, event)) };
    case 'engine':
      return { ...view, engines: upsert(view.engines, event.engine, (one, other) => one.id === other.id) };
    case 'memory':
      return { ...view, memory: event.memory };
  }
}

function isSameModel(one: { name: string; engine: string }, other: { name: string; engine: string }): boolean {
  return one.name === other.name && one.engine === other.engine;
}

function upsert<Item>(items: readonly Item[], item: Item, isSame: (one: Item, other: Item) => boolean): Item[] {
  const index = items.findIndex((known) => isSame(known, item));
  return index === -1 ? [...items, item] : items.with(index, item);
}

/** The model of that name; of several engines that have it, the one that is furthest on its way to answer. */
export function findModel(view: ModelsView | undefined, name: string | undefined): ModelView | undefined {
  const same = view?.models.filter((model) => model.name === name) ?? [];
  return same.find((model) => model.ready) ?? same.find((model) => model.health) ?? same[0];
}

/** The model that a message goes to if nobody chose another: the default one, else one that is ready, else one that could be. */
export function defaultModel(view: ModelsView | undefined): ModelView | undefined {
  if (view === undefined) return undefined;
  return (
    findModel(view, view.default_model) ??
    view.models.find((model) => model.default) ??
    view.models.find((model) => model.ready) ??
    view.models.find((model) => model.health)
  );
}

const EMBEDDING_ONLY = new Set(['embedding', 'embeddings']);

/** Whether one can talk to it: embedding models only turn text into numbers. An engine that does not say counts as able. */
export function canChat(model: ModelView): boolean {
  return model.capabilities.length === 0 || model.capabilities.some((capability) => !EMBEDDING_ONLY.has(capability));
}

/** Whether its file is at fault, so that no further try helps. An engine that is away makes a model unknown, not failed. */
export function isUnusable(model: ModelView): boolean {
  return model.phase === 'failed' && !model.health;
}

/** A model other than `name` that would answer at once, idle ones first. */
export function readyInstead(view: ModelsView | undefined, name: string): ModelView | undefined {
  const others = view?.models.filter((model) => model.ready && model.name !== name && canChat(model)) ?? [];
  return others.find((model) => model.active === 0 && model.queued === 0) ?? others[0];
}

/** Names that resemble one that nobody has: the same beginning, or a part in common. At most three. */
export function similarNames(view: ModelsView | undefined, name: string): string[] {
  const wanted = family(name);
  const scored = (view?.models ?? []).map((model) => ({ name: model.name, score: commonStart(family(model.name), wanted) }));
  return scored
    .filter(({ score }) => score >= Math.min(3, wanted.length))
    .sort((one, other) => other.score - one.score)
    .slice(0, 3)
    .map((candidate) => candidate.name);
}

function family(name: string): string {
  return (name.split('/').at(-1) ?? name).split(':')[0]?.toLowerCase() ?? '';
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
