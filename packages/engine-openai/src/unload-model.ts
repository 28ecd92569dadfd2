import { EngineError, sleep } from '@pilotlight/contract';
import type { Clock } from '@pilotlight/contract';

import type { ModelCatalogue } from './model-catalogue.ts';
import type { OpenaiClient } from './openai-client.ts';

export interface UnloadCall {
  readonly client: OpenaiClient;
  readonly clock: Clock;
  readonly catalogue: ModelCatalogue;
  readonly model: string;
  readonly signal: AbortSignal | undefined;
}

const LIMIT_MS = 10_000;
const GONE_LIMIT_MS = 30_000;
const FIRST_POLL_MS = 10;
const MAX_POLL_MS = 250;
const IN_MEMORY = new Set(['loaded', 'loading', 'sleeping']);

/** False if it had left by itself in the meantime. */
async function requestUnload({ client, model, signal }: UnloadCall, id: string): Promise<boolean> {
  try {
    await client.ask({ path: '/models/unload', body: JSON.stringify({ model: id }), model, signal, limitMs: LIMIT_MS });
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.failure === 'invalid' && /not running/i.test(error.message)) return false;
    throw error;
  }
}

/** LM Studio has a model in memory as often as it was loaded. */
async function unloadInstances({ client, model, signal }: UnloadCall, instances: readonly string[]): Promise<void> {
  for (const instance of instances)
    await client.ask({ path: '/api/v1/models/unload', body: JSON.stringify({ instance_id: instance }), model, signal, limitMs: LIMIT_MS });
}

/**
 * Resolves when the model is out of memory. llama-server's router and LM Studio from 0.4 on can be told; the others keep their models by rules of their own.
 */
export async function unloadModel(call: UnloadCall): Promise<void> {
  const { client, clock, catalogue, model, signal } = call;
  const options = { signal, limitMs: LIMIT_MS };
  const { id, state, instances } = await catalogue.findAnew(model, options);
  if (!catalogue.canBeDriven) {
    if (catalogue.kind === 'lm-studio' && state !== 'loaded') return;
    throw new EngineError(
      'unsupported',
      `${model} stays in memory as long as ${client.server} keeps it there: it cannot be told to let it go.`,
    );
  }
  if (state === undefined || !IN_MEMORY.has(state)) return;
  if (catalogue.kind === 'lm-studio') await unloadInstances(call, instances);
  else if (!(await requestUnload(call, id))) return;
  const endMs = clock.monotonic() + GONE_LIMIT_MS;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
    const now = await catalogue.findAnew(model, options);
    if (now.state === undefined || !IN_MEMORY.has(now.state)) return;
    if (clock.monotonic() >= endMs) throw new EngineError('failed', `${model} is still in memory after ${GONE_LIMIT_MS / 1_000} s.`);
    await sleep(clock, pauseMs, signal);
  }
}
