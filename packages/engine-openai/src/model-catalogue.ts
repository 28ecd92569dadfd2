import { EngineError } from '@pilotlight/contract';
import type { ModelDescription, ResidentModel } from '@pilotlight/contract';

import type { OpenaiClient } from './openai-client.ts';
import { readMood } from './read-mood.ts';
import type { ServerMood } from './read-mood.ts';
import type { KnownModel, ServerKind } from './to-model-description.ts';
import { toEntries, toKnownModels, toServerKind } from './to-model-description.ts';
import { toResident, toResidentModels } from './to-resident-models.ts';

/** What one server has, under our names. */
export interface ModelCatalogue {
  /** What the last look has shown; `plain` before there was one. */
  readonly kind: ServerKind;
  /** What the server says of itself, where it does. */
  readonly told: Pick<ServerMood, 'slots' | 'takesEffort'>;
  look(options: LookOptions): Promise<readonly KnownModel[]>;
  list(signal: AbortSignal | undefined): Promise<readonly ModelDescription[]>;
  /** The model of a name: looked up, and asked for if it was not there. Throws `absent`. */
  find(name: string, signal: AbortSignal | undefined): Promise<KnownModel>;
  /** The same by a fresh look. */
  findAnew(name: string, options: LookOptions): Promise<KnownModel>;
  resident(signal: AbortSignal | undefined): Promise<readonly ResidentModel[]>;
  /** What a llama-server with one model does just now. */
  doing(signal: AbortSignal | undefined): Promise<ServerMood['doing']>;
  /** The server was away: what comes back may be another one. */
  forgetKind(): void;
}

export interface LookOptions {
  readonly signal: AbortSignal | undefined;
  readonly limitMs?: number;
}

const LIST_LIMIT_MS = 5_000;
const RESIDENT_LIMIT_MS = 2_000;
const SIDE_LIMIT_MS = 2_000;

export function createModelCatalogue(client: OpenaiClient): ModelCatalogue {
  let kind: ServerKind = 'plain';
  let told: ModelCatalogue['told'] = { slots: undefined };
  let known = new Map<string, KnownModel>();
  /** It has no list of LM Studio's kind, and is not asked for one again until it was away. */
  let isPlainForSure = false;

  /** The models of LM Studio's own list, which tells more; undefined if it has none. */
  async function readLmStudio(options: LookOptions): Promise<readonly KnownModel[] | undefined> {
    if (isPlainForSure) return undefined;
    try {
      const entries = toEntries(await client.ask({ path: '/api/v0/models', limitMs: SIDE_LIMIT_MS, ...options }));
      if (entries.some((entry) => typeof entry['state'] === 'string')) return toKnownModels(entries);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.failure === 'unreachable') return undefined;
    }
    isPlainForSure = true;
    return undefined;
  }

  async function readModels(options: LookOptions): Promise<readonly KnownModel[]> {
    if (kind === 'lm-studio') {
      const own = await readLmStudio(options);
      if (own !== undefined) return own;
    }
    const entries = toEntries(await client.ask({ path: '/v1/models', limitMs: LIST_LIMIT_MS, ...options }));
    kind = toServerKind(entries);
    const own = kind === 'plain' ? await readLmStudio(options) : undefined;
    if (own === undefined) return toKnownModels(entries);
    kind = 'lm-studio';
    return own;
  }

  async function look(options: LookOptions): Promise<readonly KnownModel[]> {
    const models = await readModels(options);
    known = new Map(models.map((model) => [model.description.name, model]));
    return models;
  }

  async function mood(signal: AbortSignal | undefined): Promise<ServerMood['doing']> {
    const seen = await client.within({ signal, limitMs: RESIDENT_LIMIT_MS }, (limited) => readMood(client, limited));
    told = { slots: seen.slots ?? told.slots, takesEffort: seen.takesEffort ?? told.takesEffort };
    return seen.doing;
  }

  async function findAnew(name: string, options: LookOptions): Promise<KnownModel> {
    const found = (await look(options)).find(({ description }) => description.name === name);
    if (found === undefined) throw new EngineError('absent', `There is no model ${name} on ${client.server}.`);
    return found;
  }

  async function residentNow(signal: AbortSignal): Promise<readonly ResidentModel[]> {
    if (kind === 'plain') return [];
    if (kind === 'llama-server') return (await mood(signal)) === 'up' ? [...known.values()].map(toResident) : [];
    const models = await look({ signal });
    return kind === 'vllm' ? models.map(toResident) : toResidentModels(models);
  }

  return {
    get kind() {
      return kind;
    },
    get told() {
      return told;
    },
    look,
    list: async (signal) => (await look({ signal })).map(({ description }) => description),
    find(name, signal) {
      const found = known.get(name);
      return found === undefined ? findAnew(name, { signal }) : Promise.resolve(found);
    },
    findAnew,
    resident: (signal) => client.within({ signal, limitMs: RESIDENT_LIMIT_MS }, residentNow),
    doing: mood,
    forgetKind: () => void (isPlainForSure = false),
  };
}
