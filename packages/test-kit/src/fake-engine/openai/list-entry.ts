import { capabilitiesOf } from '../fake-engine-config.ts';
import type { FakeModel } from '../fake-engine-config.ts';
import type { FakeEngineState } from '../fake-engine-state.ts';
import { loadOf } from './router-loads.ts';

function toStatus(state: FakeEngineState, model: FakeModel): object {
  if (state.runners.get(model) !== undefined) return { value: 'loaded', args: ['llama-server'] };
  const load = loadOf(state, model.name);
  if (load === 'failed') return { value: 'unloaded', args: ['llama-server'], failed: true, exit_code: 1 };
  return { value: load === undefined ? 'unloaded' : 'loading' };
}

/** A model as `/v1/models` of each kind of server lists it. */
export function toListEntry(state: FakeEngineState, model: FakeModel): object {
  const { openai } = state.config();
  const entry = { id: model.name, object: 'model', created: 1_764_000_000 };
  const size = model.sizeBytes ?? 1_000_000;
  const meta = { n_ctx: state.config().contextLength, n_ctx_train: model.contextLength ?? 8_192, n_params: 7_000_000_000, size };
  const architecture = { input_modalities: ['text'], output_modalities: ['text'] };
  switch (openai) {
    case 'plain':
    case 'lm-studio':
      return { ...entry, owned_by: 'library' };
    case 'vllm':
      return { ...entry, owned_by: 'vllm', root: model.weights ?? model.name, parent: null, max_model_len: state.config().contextLength };
    case 'llama-server':
    case 'llama-router':
      return {
        ...entry,
        owned_by: 'llamacpp',
        ...(capabilitiesOf(model).includes('completion') ? { architecture } : {}),
        meta,
        ...(openai === 'llama-router' ? { status: toStatus(state, model) } : {}),
      };
  }
}
