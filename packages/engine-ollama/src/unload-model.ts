import { EngineError, sleep } from '@pilotlight/contract';
import type { Clock, ResidentModel } from '@pilotlight/contract';

import type { OllamaClient } from './ollama-client.ts';

export interface UnloadCall {
  readonly client: OllamaClient;
  readonly clock: Clock;
  readonly model: string;
  readonly resident: (signal: AbortSignal | undefined) => Promise<readonly ResidentModel[]>;
  readonly signal: AbortSignal | undefined;
}

const REQUEST_LIMIT_MS = 10_000;
/** Other programs may be using the model: Ollama waits for them. */
const GONE_LIMIT_MS = 60_000;
const FIRST_POLL_MS = 5;
const MAX_POLL_MS = 250;
const MAX_FAILED_POLLS = 3;

/** Asks Ollama to let a model go; false if it has no model of that name on its disk. It answers at once, also for one that is not in memory. */
async function requestUnload({ client, model, signal }: UnloadCall): Promise<boolean> {
  try {
    await client.ask({ path: '/api/generate', body: JSON.stringify({ model, keep_alive: 0 }), model, signal, limitMs: REQUEST_LIMIT_MS });
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.failure === 'absent') return false;
    throw error;
  }
}

/** Resolves when the model is out of memory. Ollama only marks it when asked, and lets it go when nobody uses it any more. */
export async function unloadModel(call: UnloadCall): Promise<void> {
  const { clock, model, signal } = call;
  const wasFound = await requestUnload(call);
  const endMs = clock.monotonic() + GONE_LIMIT_MS;
  let failedPolls = 0;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
    try {
      const rows = await call.resident(signal);
      failedPolls = 0;
      if (!rows.some(({ name }) => name === model)) return;
    } catch (error) {
      failedPolls += 1;
      if (!(error instanceof EngineError) || failedPolls >= MAX_FAILED_POLLS) throw error;
    }
    if (!wasFound)
      throw new EngineError(
        'failed',
        `${model} was deleted while it was in memory: Ollama frees it when its keep_alive ends or it restarts.`,
      );
    if (clock.monotonic() >= endMs)
      throw new EngineError('failed', `${model} is still in memory after ${GONE_LIMIT_MS / 1_000} s: another program uses it.`);
    await sleep(clock, pauseMs, signal);
  }
}
