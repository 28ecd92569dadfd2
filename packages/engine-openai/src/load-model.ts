import { EngineError, sleep } from '@pilotlight/contract';
import type { Clock, LaunchProfile, LoadedModel, LoadProgress } from '@pilotlight/contract';

import { followLoad } from './follow-load.ts';
import type { ModelCatalogue } from './model-catalogue.ts';
import type { OpenaiClient } from './openai-client.ts';
import type { KnownModel } from './to-model-description.ts';
import { unloadModel } from './unload-model.ts';

export interface LoadCall {
  readonly client: OpenaiClient;
  readonly clock: Clock;
  readonly catalogue: ModelCatalogue;
  readonly model: string;
  /** Where the server does not tell. */
  readonly slots: number;
  readonly profile: LaunchProfile;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

const POLL_LIMIT_MS = 5_000;
const FIRST_POLL_MS = 20;
const MAX_POLL_MS = 500;
const MAX_FAILED_POLLS = 5;

/**
 * Brings a model in where the server lets itself be told (llama-server's router), waits where it is on its way (llama-server with one model), and
 * resolves at once elsewhere: such a server has it in memory, or loads it with the first answer.
 */
export async function loadModel(call: LoadCall): Promise<LoadedModel> {
  const { catalogue, model, signal } = call;
  signal.throwIfAborted();
  let found = await catalogue.findAnew(model, { signal });
  if (catalogue.kind === 'llama-router') found = await loadByRouter(call, found);
  else if (catalogue.canBeDriven) found = await loadInLmStudio(call, found);
  else if (catalogue.kind === 'llama-server') await waitUntilUp(call);
  signal.throwIfAborted();
  const { contextLength } = found;
  return { ...(contextLength === undefined ? {} : { contextLength }), slots: found.slots ?? catalogue.told.slots ?? call.slots };
}

/** A llama-server that has just been started answers while it loads, and can only be waited for; one that sleeps is woken by any work, such as this. */
async function waitUntilUp({ client, catalogue, clock, model, signal }: LoadCall): Promise<void> {
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
    const doing = await catalogue.doing(signal);
    if (doing === 'up') return;
    if (doing === 'sleeping') return void (await client.ask({ path: '/tokenize', body: JSON.stringify({ content: 'hi' }), model, signal }));
    await sleep(clock, pauseMs, signal);
  }
}

/** LM Studio answers when the model is there. Of a load that was given up, what is there already is let go; what comes later is seen by the next look. */
async function loadInLmStudio(call: LoadCall, found: KnownModel): Promise<KnownModel> {
  const { client, catalogue, model, profile, signal } = call;
  if (found.state === 'loaded') return found;
  const { contextLength } = profile;
  const wish = contextLength === undefined ? {} : { context_length: contextLength };
  try {
    await client.ask({ path: '/api/v1/models/load', body: JSON.stringify({ model: found.id, ...wish }), model, signal });
    const now = await catalogue.findAnew(model, { signal });
    if (now.state === 'loaded') return now;
    throw new EngineError('failed', `${client.server} loaded ${model} and let it go at once: another model took its place.`);
  } catch (error) {
    if (signal.aborted) await giveUp(call);
    throw error;
  }
}

async function loadByRouter(call: LoadCall, found: KnownModel): Promise<KnownModel> {
  if (found.state === 'loaded' || found.state === 'sleeping') return found;
  const { client, signal, onProgress } = call;
  const following = new AbortController();
  const followed = followLoad({ client, id: found.id, signal: following.signal, onFraction: (fraction) => onProgress({ fraction }) });
  try {
    if (found.state !== 'loading') await requestLoad(call, found);
    return await waitUntilLoaded(call);
  } catch (error) {
    if (signal.aborted) await giveUp(call);
    throw error;
  } finally {
    following.abort();
    await followed;
  }
}

async function requestLoad({ client, model, signal }: LoadCall, { id }: KnownModel): Promise<void> {
  try {
    await client.ask({ path: '/models/load', body: JSON.stringify({ model: id }), model, signal });
  } catch (error) {
    // Somebody else was quicker: what they began is waited for.
    if (error instanceof EngineError && error.failure === 'invalid' && /already/i.test(error.message)) return;
    throw error;
  }
}

/** The router says `unloaded` again if the load failed. Silence in between is no failure until it lasts. */
async function waitUntilLoaded({ catalogue, clock, client, model, signal }: LoadCall): Promise<KnownModel> {
  let failedPolls = 0;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
    try {
      const { state, exitCode, ...rest } = await catalogue.findAnew(model, { signal, limitMs: POLL_LIMIT_MS });
      failedPolls = 0;
      if (state === 'loaded') return { state, exitCode, ...rest };
      if (exitCode !== undefined)
        throw new EngineError('bad_file', `${model} could not be loaded: the process for it ended with code ${exitCode}.`);
      if (state === 'unloaded')
        throw new EngineError('failed', `${model} was let go while it loaded: another model took its place on ${client.server}.`);
    } catch (error) {
      signal.throwIfAborted();
      failedPolls += 1;
      const isSilence = error instanceof EngineError && error.failure === 'unreachable';
      if (!isSilence || failedPolls >= MAX_FAILED_POLLS) throw error;
    }
    await sleep(clock, pauseMs, signal);
  }
}

/** Whoever gave the load up has gone; the router goes on until it is told. */
async function giveUp({ client, clock, catalogue, model }: LoadCall): Promise<void> {
  try {
    await unloadModel({ client, clock, catalogue, model, signal: undefined });
  } catch (error) {
    // What is left in memory is seen by the next look.
    if (!(error instanceof EngineError)) throw error;
  }
}
