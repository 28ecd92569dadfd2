import { toMemoryFacts } from '@pilotlight/contract';
import type { Capability, MemoryFacts, ModelDescription } from '@pilotlight/contract';
import { amountOf, fieldsOf, listOf, textOf } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

const CAPABILITIES: readonly Capability[] = ['completion', 'tools', 'embedding', 'vision', 'thinking', 'insert'];

/** One entry of `/api/tags`, as far as it is understood. */
export interface TagEntry {
  readonly name: string;
  readonly digest: string;
  readonly modifiedAt: string;
  readonly sizeBytes: number | undefined;
  readonly details: Fields;
  readonly capabilities: readonly unknown[];
}

/** Whether an entry stands for a model that runs elsewhere: Ollama only forwards to it. */
function isRemote(entry: Fields, name: string): boolean {
  return textOf(entry['remote_host']) !== undefined || textOf(entry['remote_model']) !== undefined || /[:-]cloud$/.test(name);
}

/** The models of `/api/tags` that run on that server. */
export function toTagEntries(body: Fields): TagEntry[] {
  return listOf(body['models']).flatMap((value) => {
    const entry = fieldsOf(value);
    const name = textOf(entry['name']) ?? textOf(entry['model']);
    if (name === undefined || isRemote(entry, name)) return [];
    return [
      {
        name,
        digest: textOf(entry['digest']) ?? '',
        modifiedAt: textOf(entry['modified_at']) ?? '',
        sizeBytes: amountOf(entry['size']),
        details: fieldsOf(entry['details']),
        capabilities: listOf(entry['capabilities']),
      },
    ];
  });
}

/**
 * The file that the model is loaded from, by its digest: copies and models with another template on the same file share one runner, so this and not the
 * model's own digest says what is in memory. It stands in the first FROM line of the `modelfile` of `/api/show`.
 */
function toWeightsKey(modelfile: string | undefined): string | undefined {
  const from = /^FROM\s+(?<source>\S.*)$/m.exec(modelfile ?? '')?.groups?.['source'];
  const digest = /sha256[-:](?<hex>[0-9a-f]{64})/i.exec(from ?? '')?.groups?.['hex'];
  return digest === undefined ? undefined : `sha256:${digest.toLowerCase()}`;
}

function toContextLength(show: Fields, details: Fields): number | undefined {
  const facts = fieldsOf(show['model_info']);
  const architecture = textOf(facts['general.architecture']) ?? '';
  return amountOf(facts[`${architecture}.context_length`]) ?? amountOf(details['context_length']);
}

function toCapabilities(...lists: readonly (readonly unknown[])[]): readonly Capability[] {
  const found = lists.find((list) => list.length > 0) ?? [];
  return CAPABILITIES.filter((capability) => found.includes(capability));
}

/** What Ollama takes where neither the model's parameters nor the request name a context length, on a machine without a GPU. */
const DEFAULT_CONTEXT = 4096;

/** What `model_info` says of the memory; lists are null in it, so that numbers by layer are taken at their most. Each slot has a context of its own. */
function memoryFactsOf(entry: TagEntry, show: Fields, slots: number): MemoryFacts | undefined {
  if (entry.sizeBytes === undefined || entry.sizeBytes === 0) return undefined;
  const info = fieldsOf(show['model_info']);
  const set = /^num_ctx\s+(?<tokens>\d+)\s*$/m.exec(textOf(show['parameters']) ?? '')?.groups?.['tokens'];
  const defaults = { contextLength: Number(set ?? DEFAULT_CONTEXT), slots };
  return toMemoryFacts({ read: (key) => info[key], weightsBytes: entry.sizeBytes, defaults });
}

/** A model from its entry in `/api/tags` and, if there was one, the answer of `/api/show`. `slots`: how many answers the server writes at once. */
export function toModelDescription(entry: TagEntry, show: Fields, slots = 1): ModelDescription {
  const details = { ...entry.details, ...fieldsOf(show['details']) };
  const contextLength = toContextLength(show, entry.details);
  const family = textOf(details['family']);
  const parameterSize = textOf(details['parameter_size']);
  const quantization = textOf(details['quantization_level']);
  const memoryFacts = memoryFactsOf(entry, show, slots);
  return {
    name: entry.name,
    weightsKey: toWeightsKey(textOf(show['modelfile'])) ?? `manifest:${entry.digest}`,
    ...(entry.sizeBytes === undefined || entry.sizeBytes === 0 ? {} : { sizeBytes: entry.sizeBytes }),
    ...(family === undefined ? {} : { family }),
    ...(parameterSize === undefined ? {} : { parameterSize }),
    ...(quantization === undefined ? {} : { quantization }),
    ...(contextLength === undefined ? {} : { trainedContextLength: contextLength }),
    capabilities: toCapabilities(listOf(show['capabilities']), entry.capabilities),
    ...(memoryFacts === undefined ? {} : { memoryFacts }),
  };
}
