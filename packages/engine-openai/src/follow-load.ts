import { EngineError, NetworkError } from '@pilotlight/contract';
import { amountOf, createLineReader, fieldsOf, listOf, parseFields } from '@pilotlight/engine-http';

import type { OpenaiClient } from './openai-client.ts';

export interface LoadFollowing {
  readonly client: OpenaiClient;
  /** As the server calls the model. */
  readonly id: string;
  readonly signal: AbortSignal;
  readonly onFraction: (fraction: number) => void;
}

const MAX_LINE_BYTES = 1_048_576;

/** How far a load is, over all its stages, by one line of the router's events; undefined if it speaks of something else. */
export function toLoadFraction(line: string, id: string): number | undefined {
  const event = parseFields(line.replace(/^data:\s*/, ''));
  if (event?.['event'] !== 'model_status' || event['model'] !== id) return undefined;
  const progress = fieldsOf(fieldsOf(event['data'])['progress']);
  const value = amountOf(progress['value']);
  if (value === undefined) return undefined;
  const stages = listOf(progress['stages']);
  const stage = Math.max(0, stages.indexOf(progress['current']));
  return Math.min(1, (stage + Math.min(1, value)) / Math.max(1, stages.length));
}

/** Follows the router's events until the signal ends it. It shows progress and decides nothing: where it fails, the load goes on without. */
export async function followLoad({ client, id, signal, onFraction }: LoadFollowing): Promise<void> {
  let best = 0;
  try {
    const response = await client.call({ path: '/models/sse', signal });
    const reader = createLineReader(MAX_LINE_BYTES, client.server);
    for await (const piece of response.body) {
      for (const line of reader.push(piece)) {
        const fraction = toLoadFraction(line, id);
        if (fraction === undefined || fraction < best) continue;
        best = fraction;
        onFraction(fraction);
      }
    }
  } catch (error) {
    if (signal.aborted || error instanceof EngineError || error instanceof NetworkError) return;
    throw error;
  }
}
