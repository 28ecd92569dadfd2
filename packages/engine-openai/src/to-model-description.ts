import type { Capability, ModelDescription } from '@pilotlight/contract';
import { amountOf, fieldsOf, isFields, listOf, textOf } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

import { toModelNames } from './to-model-name.ts';

/**
 * What kind of server it is, by what it lists: each can tell something else. `plain`: it lists models and says nothing about memory.
 */
export type ServerKind = 'plain' | 'vllm' | 'lm-studio' | 'llama-server' | 'llama-router';

/** A model as one server knows it. */
export interface KnownModel {
  readonly description: ModelDescription;
  /** How the server calls it. */
  readonly id: string;
  /** `loaded`, `loading`, `unloaded`, `sleeping`, `not-loaded`, where the server says so. */
  readonly state: string | undefined;
  /** The last load failed, with this code. */
  readonly exitCode: number | undefined;
  /** The context that it runs with. */
  readonly contextLength: number | undefined;
  /** Answers at once, where the server says so of each model. */
  readonly slots: number | undefined;
  /** What LM Studio calls it in memory, once for each time that it was loaded. */
  readonly instances: readonly string[];
}

/** The kind that a list of `/v1/models` shows; `plain` may still be LM Studio, whose list shows nothing. */
export function toServerKind(entries: readonly Fields[]): ServerKind {
  if (entries.some((entry) => textOf(fieldsOf(entry['status'])['value']) !== undefined)) return 'llama-router';
  const owners = new Set(entries.map((entry) => entry['owned_by']));
  if (owners.has('llamacpp')) return 'llama-server';
  return owners.has('vllm') ? 'vllm' : 'plain';
}

/** The entries of a list that name a model. */
export function toEntries(body: Fields): readonly Fields[] {
  return listOf(body['data']).filter((entry): entry is Fields => isFields(entry) && textOf(entry['id']) !== undefined);
}

/** Servers seldom say what a model is for; one whose name speaks of embeddings is taken at its word. */
const EMBEDS = /(?:^|[-_/.])(?:text-)?embed(?:ding|dings)?(?=[-_/.:]|\d|$)|(?:^|[-_/])bge-|nomic-embed/i;

function toCapabilities(entry: Fields, id: string): readonly Capability[] {
  const type = textOf(entry['type']);
  if (type === 'embeddings' || (type === undefined && EMBEDS.test(id))) return ['embedding'];
  // llama-server lists them, Ray Serve names one.
  const modality = textOf(fieldsOf(entry['metadata'])['input_modality']);
  const inputs = [...listOf(fieldsOf(entry['architecture'])['input_modalities']), ...(modality === undefined ? [] : [modality])];
  const able = listOf(entry['capabilities']);
  const seesImages = type === 'vlm' || inputs.includes('image');
  if (type === undefined && inputs.length === 0) return [];
  return [
    'completion',
    ...(able.includes('tool_use') ? (['tools'] as const) : []),
    ...(seesImages ? (['vision'] as const) : []),
    ...(able.includes('reasoning') ? (['thinking'] as const) : []),
  ];
}

/** vLLM lists adapters beside the model they stand on, and one model under several names: what shares weights has the same root. */
function toWeightsKey(entry: Fields, entries: readonly Fields[]): string {
  const parent = entries.find(({ id }) => id === entry['parent']) ?? entry;
  return textOf(parent['root']) ?? textOf(parent['id']) ?? '';
}

function toParameterSize(count: number | undefined): string | undefined {
  if (count === undefined || count === 0) return undefined;
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${(count / 1e6).toFixed(1)}M`;
}

function toDescription(entry: Fields, name: string, entries: readonly Fields[]): ModelDescription {
  const meta = fieldsOf(entry['meta']);
  const sizeBytes = amountOf(meta['size']);
  const parameterSize = textOf(entry['params']) ?? toParameterSize(amountOf(meta['n_params']));
  const family = textOf(entry['arch']);
  const quantization = textOf(entry['quantization']) ?? textOf(meta['ftype']);
  const trained =
    amountOf(meta['n_ctx_train']) ??
    amountOf(entry['max_context_length']) ??
    amountOf(entry['max_model_len']) ??
    amountOf(fieldsOf(entry['metadata'])['max_request_context_length']);
  return {
    name,
    weightsKey: toWeightsKey(entry, entries),
    ...(sizeBytes === undefined || sizeBytes === 0 ? {} : { sizeBytes }),
    ...(family === undefined ? {} : { family }),
    ...(parameterSize === undefined ? {} : { parameterSize }),
    ...(quantization === undefined ? {} : { quantization }),
    ...(trained === undefined || trained === 0 ? {} : { trainedContextLength: trained }),
    capabilities: toCapabilities(entry, textOf(entry['id']) ?? ''),
  };
}

/** The models of a list, each under a name of ours. */
export function toKnownModels(entries: readonly Fields[]): readonly KnownModel[] {
  const names = toModelNames(entries.map((entry) => textOf(entry['id']) ?? ''));
  return [...names].map(([name, id]) => {
    const entry = entries.find((candidate) => candidate['id'] === id) ?? {};
    const status = fieldsOf(entry['status']);
    const context =
      amountOf(entry['loaded_context_length']) ?? amountOf(fieldsOf(entry['meta'])['n_ctx']) ?? amountOf(entry['max_model_len']);
    return {
      description: toDescription(entry, name, entries),
      id,
      state: textOf(status['value']) ?? textOf(entry['state']),
      exitCode: status['failed'] === true ? (amountOf(status['exit_code']) ?? 1) : undefined,
      contextLength: context === 0 ? undefined : context,
      slots: amountOf(entry['parallel']),
      instances: listOf(entry['instances']).filter((id): id is string => typeof id === 'string'),
    };
  });
}
