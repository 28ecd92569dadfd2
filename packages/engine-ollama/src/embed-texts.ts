import { EngineError } from '@pilotlight/contract';
import type { LaunchProfile } from '@pilotlight/contract';
import { isVector, listOf, toUnitLength } from '@pilotlight/engine-http';

import type { OllamaClient } from './ollama-client.ts';

import type { KeepAlive } from './to-chat-body.ts';
import { toKeepAlive, toRunnerOptions } from './to-chat-body.ts';

export interface EmbedCall {
  readonly client: OllamaClient;
  readonly model: string;
  readonly texts: readonly string[];
  /** As it was loaded with: other options would load it again. */
  readonly profile: LaunchProfile;
  readonly keepAlive: KeepAlive | undefined;
  readonly signal: AbortSignal;
}

/** The vectors of some texts, in their order. */
export async function embedTexts(call: EmbedCall): Promise<readonly (readonly number[])[]> {
  const { client, model, texts, signal } = call;
  signal.throwIfAborted();
  if (texts.length === 0) return [];
  if (texts.includes('')) throw new EngineError('invalid', 'An empty text has no embedding.');
  const body = JSON.stringify({
    model,
    input: texts,
    truncate: false,
    options: toRunnerOptions(call.profile),
    ...toKeepAlive(call.keepAlive),
  });
  const reply = await client.ask({ path: '/api/embed', body, model, signal });
  const vectors = listOf(reply['embeddings']);
  if (vectors.length !== texts.length || !vectors.every(isVector)) {
    throw new EngineError('protocol', `Ollama sent ${vectors.length} embeddings for ${texts.length} texts, or some that are no vectors.`);
  }
  return vectors.map(toUnitLength);
}
