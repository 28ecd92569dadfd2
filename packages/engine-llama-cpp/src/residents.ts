import { EngineError } from '@pilotlight/contract';
import type { LoadedModel, LoadOptions } from '@pilotlight/contract';

import type { Loss } from './exit-reason.ts';
import { toOpenSettings } from './launch-settings.ts';
import type { ModelProcess } from './model-process.ts';
import type { CatalogModel } from './models/model-catalog.ts';

/** A model with a process of its own. */
export interface Resident {
  readonly process: ModelProcess;
  readonly model: CatalogModel;
  /** Set once the model is in memory. */
  loaded?: LoadedModel;
}

export interface ResidentsOptions {
  readonly cores: number;
  readonly start: () => ModelProcess;
  /** A model that was in memory is not any more, and nobody asked for that. */
  readonly onLost: (name: string, loss: Loss) => void;
}

/** The processes of the engine, by the name of their model; at most one for each. */
export interface Residents {
  load(model: CatalogModel, options: LoadOptions): Promise<LoadedModel>;
  unload(name: string): Promise<void>;
  /** The model, if it is in memory and can be asked. */
  find(name: string): (Resident & { readonly loaded: LoadedModel }) | undefined;
  all(): readonly (Resident & { readonly loaded: LoadedModel })[];
  /** Ends every process, also those that are still loading; none can be started after. */
  close(): Promise<void>;
}

export function createResidents({ cores, start, onLost }: ResidentsOptions): Residents {
  const residents = new Map<string, Resident>();
  let isClosed = false;

  async function load(model: CatalogModel, { profile, signal, onProgress }: LoadOptions): Promise<LoadedModel> {
    const { name, defect } = model.description;
    if (isClosed) throw new EngineError('died', 'The engine is shutting down.');
    const present = residents.get(name);
    if (present?.loaded !== undefined) return present.loaded;
    if (defect !== undefined) throw new EngineError('bad_file', defect);
    await present?.process.lost;
    const resident: Resident = { process: start(), model };
    residents.set(name, resident);
    void watch(name, resident);
    const { contextLength, memoryBytes, slots } = await resident.process.open(toOpenSettings(model, profile, cores), signal, onProgress);
    resident.loaded = { contextLength, memoryBytes, slots };
    return resident.loaded;
  }

  async function watch(name: string, resident: Resident): Promise<void> {
    const { asked, ...loss } = await resident.process.lost;
    forget(name, resident);
    if (!asked && resident.loaded !== undefined) onLost(name, loss);
  }

  function forget(name: string, resident: Resident): void {
    if (residents.get(name) === resident) residents.delete(name);
  }

  async function unload(name: string): Promise<void> {
    const resident = residents.get(name);
    if (resident === undefined) return;
    await end(resident);
    forget(name, resident);
  }

  return {
    load,
    unload,
    find(name) {
      const resident = residents.get(name);
      return isLoaded(resident) ? resident : undefined;
    },
    all: () => [...residents.values()].filter(isLoaded),
    async close() {
      isClosed = true;
      await Promise.all([...residents.values()].map(end));
    },
  };
}

/** From here on nobody is sent to this process any more, though it may take a moment to end. */
async function end(resident: Resident): Promise<void> {
  delete resident.loaded;
  await resident.process.end();
}

function isLoaded(resident: Resident | undefined): resident is Resident & { readonly loaded: LoadedModel } {
  return resident?.loaded !== undefined;
}
