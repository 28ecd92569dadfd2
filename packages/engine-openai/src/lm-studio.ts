import { fieldsOf, isFields, listOf, textOf } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

/**
 * The models of LM Studio's own list (`GET /api/v1/models`, from 0.4 on) in the form of the list that it had before (`GET /api/v0/models`), with what the newer
 * one tells besides: sizes, the instances in memory, whether a model thinks. Fields by lmstudio.ai/docs/developer/rest/list.
 */
export function toLmStudioEntries(body: Fields): readonly Fields[] {
  return listOf(body['models'])
    .filter((entry): entry is Fields => isFields(entry) && textOf(entry['key']) !== undefined)
    .map(toEntry);
}

function toEntry(entry: Fields): Fields {
  const instances = listOf(entry['loaded_instances']).filter(isFields);
  const config = fieldsOf(instances[0]?.['config']);
  const abilities = fieldsOf(entry['capabilities']);
  const isEmbedding = entry['type'] === 'embedding';
  const able = [
    ...(abilities['trained_for_tool_use'] === true ? ['tool_use'] : []),
    ...(isFields(abilities['reasoning']) ? ['reasoning'] : []),
  ];
  return {
    id: entry['key'],
    type: isEmbedding ? 'embeddings' : abilities['vision'] === true ? 'vlm' : 'llm',
    arch: entry['architecture'],
    quantization: fieldsOf(entry['quantization'])['name'],
    state: instances.length > 0 ? 'loaded' : 'not-loaded',
    max_context_length: entry['max_context_length'],
    loaded_context_length: config['context_length'],
    parallel: config['parallel'],
    capabilities: able,
    meta: { size: entry['size_bytes'] },
    params: entry['params_string'],
    instances: instances.map((instance) => textOf(instance['id'])).filter((id) => id !== undefined),
  };
}
