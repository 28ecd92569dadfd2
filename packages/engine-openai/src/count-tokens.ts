import { EngineError } from '@pilotlight/contract';
import type { Message } from '@pilotlight/contract';
import { amountOf, listOf, textOf } from '@pilotlight/engine-http';

import type { ModelCatalogue } from './model-catalogue.ts';
import type { OpenaiClient } from './openai-client.ts';
import { toWireMessages } from './to-chat-body.ts';
import { withoutAutoload } from './without-autoload.ts';

export interface CountCall {
  readonly client: OpenaiClient;
  readonly catalogue: ModelCatalogue;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly signal: AbortSignal | undefined;
}

const LIMIT_MS = 5_000;

interface Counting extends CountCall {
  readonly id: string;
}

/** As newer versions count: they take the same body as an answer. */
async function countAtOnce({ client, catalogue, model, messages, signal, id }: Counting): Promise<number | undefined> {
  const path = withoutAutoload('/v1/chat/completions/input_tokens', catalogue.kind);
  const body = JSON.stringify({ model: id, messages: toWireMessages(messages) });
  return amountOf((await client.ask({ path, body, model, signal, limitMs: LIMIT_MS }))['input_tokens']);
}

/** As older versions can be made to: the template first, then its tokens. */
async function countByTemplate({ client, catalogue, model, messages, signal, id }: Counting): Promise<number | undefined> {
  const ask = (path: string, fields: object) =>
    client.ask({
      path: withoutAutoload(path, catalogue.kind),
      body: JSON.stringify({ model: id, ...fields }),
      model,
      signal,
      limitMs: LIMIT_MS,
    });
  const content = textOf((await ask('/apply-template', { messages: toWireMessages(messages) }))['prompt']);
  if (content === undefined) return undefined;
  const { tokens } = await ask('/tokenize', { content, add_special: true, parse_special: true });
  return Array.isArray(tokens) ? listOf(tokens).length : undefined;
}

/** The tokens of a prompt, template included: llama-server counts, the others do not. Undefined also where it cannot be asked just now. */
export async function countTokens(call: CountCall): Promise<number | undefined> {
  const { catalogue, model, signal } = call;
  signal?.throwIfAborted();
  if (catalogue.kind !== 'llama-server' && catalogue.kind !== 'llama-router') return undefined;
  for (const count of [countAtOnce, countByTemplate]) {
    try {
      const { id } = await catalogue.find(model, signal);
      const tokens = await count({ ...call, id });
      if (tokens !== undefined) return tokens;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof EngineError)) throw error;
    }
  }
  return undefined;
}
