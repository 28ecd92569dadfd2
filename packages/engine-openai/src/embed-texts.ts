import { EngineError } from '@pilotlight/contract';
import { amountOf, fieldsOf, isVector, listOf, toUnitLength } from '@pilotlight/engine-http';

import type { ModelCatalogue } from './model-catalogue.ts';
import type { OpenaiClient } from './openai-client.ts';
import { withoutAutoload } from './without-autoload.ts';

export interface EmbedCall {
  readonly client: OpenaiClient;
  readonly catalogue: ModelCatalogue;
  readonly model: string;
  readonly texts: readonly string[];
  readonly signal: AbortSignal;
}

/** The vectors of some texts, in their order. */
export async function embedTexts({ client, catalogue, model, texts, signal }: EmbedCall): Promise<readonly (readonly number[])[]> {
  signal.throwIfAborted();
  if (texts.length === 0) return [];
  if (texts.includes('')) throw new EngineError('invalid', 'An empty text has no embedding.');
  const { id } = await catalogue.find(model, signal);
  const path = withoutAutoload('/v1/embeddings', catalogue.kind);
  const reply = await client.ask({ path, body: JSON.stringify({ model: id, input: texts, encoding_format: 'float' }), model, signal });
  const entries = listOf(reply['data']).map(fieldsOf);
  const ordered = entries.toSorted((left, right) => (amountOf(left['index']) ?? 0) - (amountOf(right['index']) ?? 0));
  const vectors = ordered.map((entry) => entry['embedding']);
  if (vectors.length !== texts.length || !vectors.every(isVector)) {
    throw new EngineError(
      'protocol',
      `For ${texts.length} texts ${vectors.length} embeddings came from ${client.server}, or some that are no vectors.`,
    );
  }
  return vectors.map(toUnitLength);
}
