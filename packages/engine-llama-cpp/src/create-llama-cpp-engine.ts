import { EngineError, withTag } from '@pilotlight/contract';
import type { Clock, Disk, Engine, EngineEvent, LoadedModel, Machine, Processes, Randomness } from '@pilotlight/contract';

import { createAnswerIterator } from './answer-iterator.ts';
import { askOnce } from './ask-once.ts';
import type { SamplingHints } from './gguf/describe-header.ts';
import { createModelProcess } from './model-process.ts';
import { createModelCatalog } from './models/model-catalog.ts';
import type { BuiltInModel, CatalogModel } from './models/model-catalog.ts';
import { watchOomKills } from './oom-watch.ts';
import { createResidents } from './residents.ts';
import type { Resident, Residents } from './residents.ts';
import { findNotApplied } from './not-applied.ts';
import { resolveSampling, toChosen, whyNotFormat } from './resolve-sampling.ts';
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

/** The largest seed that the contract allows, and one more. */
const SEEDS = 2 ** 31;

/** The engine that runs model files itself, each loaded model in a process of its own. */
export function createLlamaCppEngine(options: LlamaCppEngineOptions): Engine {
  const { clock, machine } = options;
  const catalog = createModelCatalog(options);
  const listeners = new Set<(event: EngineEvent) => void>();
  const emit = (event: EngineEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const residents = createResidents({
    cores: machine.cores,
    start: () => startProcess(options),
    onLost: (model, { failure, reason }) => emit({ type: 'model-lost', model, failure, reason }),
  });
  const folderWatch = watchFolders({ clock, catalog, onChange: () => emit({ type: 'models-changed' }) });

  async function find(name: string, signal?: AbortSignal): Promise<CatalogModel> {
    signal?.throwIfAborted();
    const model = (await catalog.scan()).get(withTag(name));
    signal?.throwIfAborted();
    if (model === undefined) throw new EngineError('absent', `There is no model file for ${withTag(name)}.`);
    return model;
  }

  return {
    id: 'llama.cpp',
    kind: 'llama.cpp',
    reportsResidency: true,
    observation: 'push',
    isLocal: true,
    continues: 'always',
    async check(signal) {
      signal?.throwIfAborted();
      return Promise.resolve({ reachable: true, address: 'built in', durationMs: 0 });
    },
    async list(signal) {
      signal?.throwIfAborted();
      return [...(await catalog.scan()).values()].map(({ description }) => description);
    },
    describe: async (name, signal) => (await find(name, signal)).description,
    async resident(signal) {
      signal?.throwIfAborted();
      return Promise.resolve(residents.all().map(({ model, loaded }) => toResidentModel(model, loaded)));
    },
    optionsNotApplied: (name, wanted) => findNotApplied(catalog.known.get(withTag(name)), wanted),
    whyNotFormat,
    load: async (name, load) => residents.load(await find(name, load.signal), load),
    async unload(name, signal) {
      signal?.throwIfAborted();
      await residents.unload(withTag(name));
    },
    ...createRequests(residents, options),
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      folderWatch[Symbol.dispose]();
      await residents.close();
    },
  };
}

function startProcess({ processes, clock, disk, childModule }: LlamaCppEngineOptions): Resident['process'] {
  const module = childModule ?? new URL('child/main.ts', import.meta.url).href;
  return createModelProcess({ processes, clock, module, wasKilledForMemory: watchOomKills(disk) });
}

function toResidentModel({ description }: CatalogModel, { contextLength, memoryBytes }: LoadedModel): { readonly name: string } {
  return {
    name: description.name,
    ...(contextLength !== undefined && { contextLength }),
    ...(memoryBytes !== undefined && { memoryBytes }),
  };
}

/** What is asked of a model in memory. */
function createRequests(
  residents: Residents,
  { builtIn, randomness }: LlamaCppEngineOptions,
): Pick<Engine, 'stream' | 'embed' | 'countTokens'> {
  function residentFor(name: string, capability: 'completion' | 'embedding'): Resident {
    const resident = residents.find(withTag(name));
    if (resident === undefined) throw new EngineError('absent', `${withTag(name)} is not in memory.`);
    if (resident.model.description.capabilities.includes(capability)) return resident;
    const can = capability === 'completion' ? 'makes embeddings and cannot chat' : 'makes no embeddings';
    throw new EngineError('unsupported', `${withTag(name)} ${can}.`);
  }

  function hintsFor({ description, facts }: CatalogModel): SamplingHints {
    return { ...facts?.sampling, ...(description.name === builtIn?.name && builtIn.sampling) };
  }

  return {
    stream({ model, messages, options: wanted }, signal) {
      const start: Parameters<typeof createAnswerIterator>[0] = (listener) => {
        const resident = residentFor(model, 'completion');
        if (messages.some(({ images }) => images !== undefined))
          throw new EngineError('unsupported', `${withTag(model)} cannot see images here.`);
        const sampling = resolveSampling(wanted, hintsFor(resident.model), () => Math.floor(randomness.next() * SEEDS));
        return {
          request: resident.process.request({ type: 'generate', messages, sampling }, listener),
          chosen: toChosen(wanted, sampling),
        };
      };
      return { [Symbol.asyncIterator]: () => createAnswerIterator(start, signal) };
    },
    async embed(name, texts, signal) {
      signal.throwIfAborted();
      const { process } = residentFor(name, 'embedding');
      if (texts.length === 0) return [];
      const answer = await askOnce(process, { type: 'embed', texts }, signal);
      return answer.type === 'vectors' ? answer.vectors : [];
    },
    async countTokens(name, messages, signal) {
      signal?.throwIfAborted();
      const resident = residents.find(withTag(name));
      if (resident === undefined || !resident.model.description.capabilities.includes('completion')) return undefined;
      const answer = await askOnce(resident.process, { type: 'count', messages }, signal);
      return answer.type === 'counted' ? answer.tokens : undefined;
    },
  };
}
