import { EngineError } from '@pilotlight/contract';
import type { ModelDescription, ResidentModel } from '@pilotlight/contract';

import type { AppliedQuestion } from './not-applied.ts';
import type { OpenaiClient } from './openai-client.ts';
import { createOwnList } from './own-list.ts';
import { readMood } from './read-mood.ts';
import type { ServerMood } from './read-mood.ts';
import type { KnownModel, ServerKind } from './to-model-description.ts';
import { toEntries, toKnownModels, toServerKind } from './to-model-description.ts';
import { toResident, toResidentModels } from './to-resident-models.ts';

/** What one server has, under our names. */
export interface ModelCatalogue {
  /** What the last look has shown; `plain` before there was one. */
  readonly kind: ServerKind;
  /** It loads and unloads models when it is told to. */
  readonly canBeDriven: boolean;
  /** What the server says of itself, where it does. */
  readonly told: Pick<ServerMood, 'slots' | 'takesEffort'>;
  /** What decides which options are honoured. */
  factsFor(name: string): Pick<AppliedQuestion, 'kind' | 'takesEffort' | 'canThink'>;
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

export function createModelCatalogue(client: OpenaiClient): ModelCatalogue {
  const ownList = createOwnList(client);
  let kind: ServerKind = 'plain';
  let told: ModelCatalogue['told'] = { slots: undefined };
  let known = new Map<string, KnownModel>();
  async function readModels(options: LookOptions): Promise<readonly KnownModel[]> {
    if (kind === 'lm-studio') {
      const entries = await ownList.read(options);
      if (entries !== undefined) return toKnownModels(entries);
    }
    const entries = toEntries(await client.ask({ path: '/v1/models', limitMs: LIST_LIMIT_MS, ...options }));
    kind = toServerKind(entries);
    const own = kind === 'plain' ? await ownList.read(options) : undefined;
    if (own !== undefined) kind = 'lm-studio';
    return toKnownModels(own ?? entries);
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
    get canBeDriven() {
      return kind === 'llama-router' || (kind === 'lm-studio' && ownList.canBeDriven);
    },
    get told() {
      return told;
    },
    factsFor: (name) => ({ kind, takesEffort: told.takesEffort, canThink: known.get(name)?.description.capabilities.includes('thinking') }),
    look,
    list: async (signal) => (await look({ signal })).map(({ description }) => description),
    find(name, signal) {
      const found = known.get(name);
      return found === undefined ? findAnew(name, { signal }) : Promise.resolve(found);
    },
    findAnew,
    resident: (signal) => client.within({ signal, limitMs: RESIDENT_LIMIT_MS }, residentNow),
    doing: mood,
    forgetKind: () => ownList.forget(),
  };
}
