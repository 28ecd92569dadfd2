import { EngineError } from '@pilotlight/contract';
import type { LaunchProfile, LoadedModel, ModelDescription, ResidentModel } from '@pilotlight/contract';

import type { OllamaClient } from './ollama-client.ts';
import type { KeepAlive } from './to-chat-body.ts';
import { toKeepAlive, toRunnerOptions } from './to-chat-body.ts';

export interface LoadCall {
  readonly client: OllamaClient;
  readonly description: ModelDescription;
  readonly profile: LaunchProfile;
  readonly keepAlive: KeepAlive | undefined;
  /** How many answers Ollama was set up to write at once; it does not tell. */
  readonly slots: number;
  readonly resident: () => Promise<readonly ResidentModel[]>;
  readonly signal: AbortSignal;
}

/** A request without anything to answer loads the model, and answers when it is there. An embedding model takes only an embedding without text. */
function toLoadRequest({ description, profile, keepAlive }: LoadCall): { readonly path: string; readonly body: string } {
  const model = description.name;
  const common = { model, options: toRunnerOptions(profile), ...toKeepAlive(keepAlive) };
  const embedsOnly = description.capabilities.includes('embedding') && !description.capabilities.includes('completion');
  if (embedsOnly) return { path: '/api/embed', body: JSON.stringify({ ...common, input: '' }) };
  return { path: '/api/generate', body: JSON.stringify({ ...common, stream: false }) };
}

/**
 * Loads on a connection of its own: Ollama gives a load up when the one who asked for it leaves, so this connection is the load, and closing it (by the
 * signal) ends the load. Ollama tells nothing meanwhile.
 */
export async function loadModel(call: LoadCall): Promise<LoadedModel> {
  const { client, description, signal } = call;
  const model = description.name;
  const reply = await client.ask({ ...toLoadRequest(call), model, signal });
  if (reply['done'] !== true && !Array.isArray(reply['embeddings'])) {
    throw new EngineError('protocol', `Ollama did not say that ${model} is loaded.`);
  }
  const row = await findRow(call);
  return {
    ...(row?.contextLength === undefined ? {} : { contextLength: row.contextLength }),
    ...(row?.memoryBytes === undefined ? {} : { memoryBytes: row.memoryBytes }),
    ...(row?.gpuBytes === undefined ? {} : { gpuBytes: row.gpuBytes }),
    slots: call.slots,
  };
}

/** What Ollama shows of the loaded model. If it cannot be asked just now the load counts all the same: Ollama has said that it is done. */
async function findRow({ resident, description, signal }: LoadCall): Promise<ResidentModel | undefined> {
  let rows: readonly ResidentModel[];
  try {
    rows = await resident();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EngineError) return undefined;
    throw error;
  }
  const row = rows.find(({ name }) => name === description.name);
  if (row === undefined) {
    throw new EngineError(
      'failed',
      `Ollama loaded ${description.name} and let it go at once: its keep_alive is 0, or another model took its place.`,
    );
  }
  return row;
}
