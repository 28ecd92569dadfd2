import { EngineError, withTag } from '@pilotlight/contract';
import type {
  Clock,
  Disk,
  Engine,
  EngineEvent,
  EnginePart,
  LoadedModel,
  LoadOptions,
  Machine,
  Message,
  ModelDescription,
  Processes,
  Randomness,
  StreamRequest,
} from '@pilotlight/contract';

import { createAnswerIterator } from './answer-iterator.ts';
import { askOnce } from './ask-once.ts';
import type { SamplingHints } from './gguf/describe-header.ts';
import { toOpenSettings } from './launch-settings.ts';
import { createModelProcess } from './model-process.ts';
import type { ModelProcess } from './model-process.ts';
import { createModelCatalog } from './models/model-catalog.ts';
import type { BuiltInModel, CatalogModel } from './models/model-catalog.ts';
import { watchOomKills } from './oom-watch.ts';
import { resolveSampling } from './resolve-sampling.ts';
import { watchFolders } from './watch-folders.ts';

export interface LlamaCppEngineOptions {
  readonly processes: Processes;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly machine: Machine;
  /** Absolute paths of the folders whose `*.gguf` files are models; the first has precedence where names collide. */
  readonly folders: readonly string[];
  /** The model that comes with the product, and how it is sampled where a request does not say. */
  readonly builtIn?: BuiltInModel & { readonly sampling?: SamplingHints };
  /** The program of the child process, if it is not beside this module (in a build, for instance). */
  readonly childModule?: string;
}

interface Resident {
  readonly process: ModelProcess;
  readonly model: CatalogModel;
  /** Set once the model is in memory. */
  loaded?: LoadedModel;
}

/** The largest seed that the contract allows. */
const SEEDS = 2 ** 31;

/** The engine that runs model files itself, each loaded model in a process of its own. */
export function createLlamaCppEngine(options: LlamaCppEngineOptions): Engine {
  const { processes, disk, clock, randomness, machine } = options;
  const module = options.childModule ?? new URL('child/main.ts', import.meta.url).href;
  const catalog = createModelCatalog(options);
  const residents = new Map<string, Resident>();
  const listeners = new Set<(event: EngineEvent) => void>();
  let isDisposed = false;

  const emit = (event: EngineEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const folderWatch = watchFolders({ clock, catalog, onChange: () => emit({ type: 'models-changed' }) });

  async function find(name: string, signal?: AbortSignal): Promise<CatalogModel> {
    signal?.throwIfAborted();
    const model = (await catalog.scan()).get(withTag(name));
    signal?.throwIfAborted();
    if (model === undefined) throw new EngineError('absent', `There is no model file for ${withTag(name)}.`);
    return model;
  }

  async function load(name: string, { profile, signal, onProgress }: LoadOptions): Promise<LoadedModel> {
    const model = await find(name, signal);
    const key = model.description.name;
    if (isDisposed) throw new EngineError('died', 'The engine is shutting down.');
    const present = residents.get(key);
    if (present?.loaded !== undefined) return present.loaded;
    if (model.description.defect !== undefined) throw new EngineError('bad_file', model.description.defect);
    const process = createModelProcess({ processes, clock, module, wasKilledForMemory: watchOomKills(disk) });
    const resident: Resident = { process, model };
    residents.set(key, resident);
    void watchForLoss(key, resident);
    const { contextLength, memoryBytes, slots } = await process.open(toOpenSettings(model, profile, machine.cores), signal, onProgress);
    resident.loaded = { contextLength, memoryBytes, slots };
    return resident.loaded;
  }

  async function watchForLoss(name: string, resident: Resident): Promise<void> {
    const { asked, failure, reason } = await resident.process.lost;
    if (residents.get(name) === resident) residents.delete(name);
    if (!asked && resident.loaded !== undefined) emit({ type: 'model-lost', model: name, failure, reason });
  }

  async function unload(name: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const key = withTag(name);
    const resident = residents.get(key);
    if (resident === undefined) return;
    await resident.process.end();
    if (residents.get(key) === resident) residents.delete(key);
  }

  /** The resident model that a request is for. Throws what tells a model that is not loaded from one that is not there. */
  function resident(name: string): Resident {
    const found = residents.get(withTag(name));
    if (found?.loaded === undefined) throw new EngineError('absent', `${withTag(name)} is not in memory.`);
    return found;
  }

  function stream({ model, messages, options: wanted }: StreamRequest, signal: AbortSignal): AsyncIterator<EnginePart> {
    return createAnswerIterator((listener) => {
      const { process, model: known } = resident(model);
      if (!known.description.capabilities.includes('completion'))
        throw new EngineError('unsupported', `${known.description.name} makes embeddings and cannot chat.`);
      const hints = { ...known.facts?.sampling, ...(known.description.name === options.builtIn?.name && options.builtIn.sampling) };
      const sampling = resolveSampling(wanted, hints, () => Math.floor(randomness.next() * SEEDS));
      return process.request({ type: 'generate', messages, sampling }, listener);
    }, signal);
  }

  async function embed(name: string, texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]> {
    signal.throwIfAborted();
    const { process, model } = resident(name);
    if (!model.description.capabilities.includes('embedding'))
      throw new EngineError('unsupported', `${model.description.name} makes no embeddings.`);
    if (texts.length === 0) return [];
    const answer = await askOnce(process, { type: 'embed', texts }, signal);
    return answer.type === 'vectors' ? answer.vectors : [];
  }

  async function countTokens(name: string, messages: readonly Message[], signal?: AbortSignal): Promise<number | undefined> {
    signal?.throwIfAborted();
    const found = residents.get(withTag(name));
    if (found?.loaded === undefined || !found.model.description.capabilities.includes('completion')) return undefined;
    const answer = await askOnce(found.process, { type: 'count', messages }, signal);
    return answer.type === 'counted' ? answer.tokens : undefined;
  }

  return {
    id: 'llama.cpp',
    kind: 'llama.cpp',
    reportsResidency: true,
    observation: 'push',
    check: (signal) => {
      signal?.throwIfAborted();
      return Promise.resolve({ reachable: true, address: 'built in', durationMs: 0 });
    },
    async list(signal) {
      signal?.throwIfAborted();
      return descriptions(await catalog.scan());
    },
    describe: async (name, signal) => (await find(name, signal)).description,
    async resident(signal) {
      signal?.throwIfAborted();
      return Promise.resolve([...residents].flatMap(([name, { loaded }]) => (loaded === undefined ? [] : [toResident(name, loaded)])));
    },
    load,
    unload,
    stream: (request, signal) => ({ [Symbol.asyncIterator]: () => stream(request, signal) }),
    embed,
    countTokens,
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      folderWatch[Symbol.dispose]();
      await Promise.all([...residents.values()].map(({ process }) => process.end()));
    },
  };
}

function descriptions(models: ReadonlyMap<string, CatalogModel>): readonly ModelDescription[] {
  return [...models.values()].map(({ description }) => description);
}

function toResident(name: string, { contextLength, memoryBytes }: LoadedModel): { readonly name: string } {
  return { name, ...(contextLength !== undefined && { contextLength }), ...(memoryBytes !== undefined && { memoryBytes }) };
}
